//! Each function that changes something tells it once, in the transaction of the change. What is
//! refused tells nothing.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Uuid as SqlUuid};
use domain::actor::{Actor, Scope};
use domain::audit::Action;
use domain::id::WebhookId;
use serde_json::{Value, json};
use store::audit::Object;
use store::exports::{self, ResendRefusal};
use store::webhooks::{self, NewWebhook};
use store::{Conn, StoreError, organisations};
use uuid::Uuid;

use super::{Told, briefly, told};
use crate::actors::operator;
use crate::database::World;
use crate::people::{candidate, import, people, vacancy};
use crate::sending::{answer, lease, new_export, new_webhook, test_export, try_export, webhook};

/// Rows that a transaction wrote or locked, of what changes tell about.
fn rows_of(conn: &mut Conn, transaction: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let tables = ["organisations", "webhooks", "lanes", "vacancies", "candidates", "exports"];
    let each = tables.map(|table| format!("SELECT xmin, xmax FROM {table}")).join(" UNION ALL ");
    let query =
        format!("SELECT count(*) FROM ({each}) touched WHERE $1 IN (xmin::text, xmax::text)");
    let count = diesel::sql_query(query).bind::<Text, _>(transaction).get_result::<Count>(conn);
    count.expect("a count").count
}

/// What Northwind's were told to have done since the last look.
fn by(world: &mut World, actor: &Actor) -> Vec<(Action, Object, Value)> {
    let told = told(&mut world.conn);
    for Told { action, by, organisation, transaction, .. } in &told {
        assert_eq!(by.1, actor.id, "{action}");
        assert_eq!(*organisation, Some(world.northwind), "{action}");
        assert!(rows_of(&mut world.conn, transaction) > 0, "{action} was told apart");
    }
    briefly(&told)
}

fn register(world: &mut World, new: &NewWebhook) -> bool {
    webhooks::create(&mut world.conn, &world.admin, new).expect("Postgres").is_ok()
}

fn remove(world: &mut World, id: WebhookId, cancel_pending: bool) -> bool {
    webhooks::delete(&mut world.conn, &world.admin, id, cancel_pending).expect("Postgres").is_ok()
}

/// Who did something, as the audit remembers them.
#[derive(Debug, PartialEq, QueryableByName)]
struct Who {
    #[diesel(sql_type = Text)]
    actor_type: String,
    #[diesel(sql_type = Text)]
    actor_id: String,
    #[diesel(sql_type = Nullable<Text>)]
    actor_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    actor_email: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    actor_role: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    request_id: Option<Uuid>,
}

impl Who {
    fn of(actor: &Actor) -> Self {
        Self {
            actor_type: actor.kind.to_string(),
            actor_id: actor.id.clone(),
            actor_name: actor.name.clone(),
            actor_email: actor.email.clone(),
            actor_role: actor.role.map(|role| role.to_string()),
            request_id: actor.request_id,
        }
    }
}

#[test]
fn an_event_says_who_did_it_and_for_which_request() {
    let mut world = World::new();
    let id = webhook(&mut world.conn, &world.admin, 1);
    told(&mut world.conn);
    let request_id = Some(Uuid::from_u128(7));
    let admin = Actor { request_id, ..world.admin.clone() };
    let rosa = Actor { request_id, name: None, email: None, ..world.rosa.clone() };
    let export = test_export(&mut world.conn, &rosa, id);
    let jobs = lease(&mut world.conn, 1);
    answer(&mut world.conn, jobs, 413);
    exports::resend(&mut world.conn, &admin, export, None).expect("Postgres").expect("ended");
    exports::payload(&mut world.conn, &admin, export).expect("Postgres");
    exports::get(&mut world.conn, &world.support, export).expect("Postgres");
    let query = "SELECT * FROM audit_events WHERE created_at > now() - interval '1 minute'
                 ORDER BY id";
    let who: Vec<Who> = diesel::sql_query(query).load(&mut world.conn).expect("events");
    let worker = Actor::system("worker", Scope::All);
    assert_eq!(who, [&rosa, &worker, &admin, &admin, &world.support].map(Who::of));
}

#[test]
fn an_organisation_tells_that_it_was_added() {
    let mut world = World::new();
    let organisations = [world.northwind, world.contoso];
    let events = told(&mut world.conn);
    assert_eq!(events.len(), 2);
    for (event, organisation) in events.iter().zip(organisations) {
        assert_eq!(event.organisation, Some(organisation));
        assert_eq!(event.by, ("system".to_owned(), "command line".to_owned()));
        let added = (Action::OrganisationAdded, organisation.into(), json!({}));
        assert_eq!(briefly(std::slice::from_ref(event)), [added]);
        assert!(rows_of(&mut world.conn, &event.transaction) > 0);
    }
    let taken = organisations::add(&mut world.conn, &operator(), "Contoso").expect("Postgres");
    assert!(taken.is_err());
    assert_eq!(told(&mut world.conn), []);
}

#[test]
fn registering_replacing_and_deleting_a_webhook_is_told() {
    let mut world = World::new();
    told(&mut world.conn);
    let admin = world.admin.clone();
    let old = new_webhook(&mut world.conn, "Webhook 1", 1);
    assert!(register(&mut world, &old));
    let created = |id: WebhookId, replaces: Option<WebhookId>| {
        let details = json!({"include": old.include.names(), "replaces": replaces});
        (Action::WebhookCreated, id.into(), details)
    };
    assert_eq!(by(&mut world, &admin), [created(old.id, None)]);
    let mut heir = new_webhook(&mut world.conn, "Heir", 2);
    heir.replaces = Some(old.id);
    assert!(!register(&mut world, &old) && !register(&mut world, &heir), "same URL; it is live");
    test_export(&mut world.conn, &world.admin, old.id);
    told(&mut world.conn);
    assert!(!remove(&mut world, old.id, false), "an export waits");
    assert_eq!(by(&mut world, &admin), [], "a refusal changes nothing");
    assert!(remove(&mut world, old.id, true));
    let ended = json!({"cancelled": 1, "still_sending": 0});
    assert_eq!(by(&mut world, &admin), [(Action::WebhookDeleted, old.id.into(), ended)]);
    assert!(!remove(&mut world, old.id, true), "it is gone");
    assert!(register(&mut world, &heir));
    let replaced = (Action::WebhookReplaced, old.id.into(), json!({"by": heir.id}));
    assert_eq!(by(&mut world, &admin), [created(heir.id, Some(old.id)), replaced]);
}

#[test]
fn a_webhook_that_is_rotated_or_enabled_tells_it() {
    let mut world = World::new();
    let id = webhook(&mut world.conn, &world.admin, 1);
    told(&mut world.conn);
    let admin = world.admin.clone();
    let rotate = |world: &mut World| {
        let rotated = webhooks::rotate_secret(&mut world.conn, &admin, id, b"new");
        rotated.expect("Postgres").is_ok()
    };
    let end = |world: &mut World| {
        assert!(webhooks::end_rotation(&mut world.conn, &admin, id).expect("Postgres"));
    };
    let told_of = |new, ended| {
        let details = json!({"new_secret": new, "earlier_ended": ended});
        (Action::WebhookSecretRotated, Object::from(id), details)
    };
    for _ in 0..webhooks::EARLIER_SECRETS {
        assert!(rotate(&mut world));
        assert_eq!(by(&mut world, &admin), [told_of(true, 0)]);
    }
    assert!(!rotate(&mut world), "five sign along");
    assert_eq!(by(&mut world, &admin), []);
    end(&mut world);
    assert_eq!(by(&mut world, &admin), [told_of(false, 5)]);
    end(&mut world);
    assert_eq!(by(&mut world, &admin), [], "nothing was left to end");
    let enable = |world: &mut World| {
        webhooks::enable(&mut world.conn, &admin, id).expect("Postgres").is_ok()
    };
    assert!(!enable(&mut world), "it is enabled");
    assert_eq!(by(&mut world, &admin), []);
    world.sql("UPDATE lanes SET disabled_at = now(), disabled_reason = 'gone'");
    assert!(enable(&mut world));
    assert_eq!(by(&mut world, &admin), [(Action::WebhookEnabled, id.into(), json!({}))]);
}

#[test]
fn asking_for_an_export_is_told() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 2);
    told(&mut world.conn);
    let rosa = world.rosa.clone();
    let refused = try_export(&mut world.conn, &rosa, &new_export(webhook, vacancy, &[]));
    assert!(refused.is_err());
    assert_eq!(by(&mut world, &rosa), []);
    let new = new_export(webhook, vacancy, &picked);
    let export = try_export(&mut world.conn, &rosa, &new).expect("accepted").export;
    let details = |export: &exports::Export| {
        json!({
            "export_id": export.id, "webhook_id": webhook, "vacancy_id": export.vacancy_id,
            "candidates": 2, "payload_bytes": export.payload_bytes
        })
    };
    let requested = (Action::ExportRequested, export.id.into(), details(&export));
    assert_eq!(by(&mut world, &rosa), [requested]);
    let test = exports::create_test(&mut world.conn, &rosa, webhook, None);
    let test = test.expect("Postgres").expect("accepted").export;
    let tested = (Action::WebhookTested, webhook.into(), details(&test));
    assert_eq!(by(&mut world, &rosa), [tested]);
    world.sql("UPDATE lanes SET disabled_at = now(), disabled_reason = 'gone'");
    assert!(try_export(&mut world.conn, &rosa, &new).is_err());
    assert_eq!(by(&mut world, &rosa), []);
}

#[test]
fn cancelling_and_sending_again_is_told() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let waiting = test_export(&mut world.conn, &world.rosa, webhook);
    told(&mut world.conn);
    let (admin, stranger) = (world.admin.clone(), world.stranger.clone());
    let cancel = |world: &mut World, actor: &Actor, export| {
        exports::cancel(&mut world.conn, actor, export).expect("Postgres").is_ok()
    };
    let cancelled =
        |export| (Action::ExportCancelled, Object::from(export), json!({"on_the_wire": false}));
    assert!(!cancel(&mut world, &stranger, waiting), "another's");
    assert!(cancel(&mut world, &admin, waiting));
    assert!(!cancel(&mut world, &admin, waiting), "it has ended");
    assert_eq!(by(&mut world, &admin), [cancelled(waiting)]);
    let resend = |world: &mut World| {
        exports::resend(&mut world.conn, &admin, waiting, None).expect("Postgres")
    };
    assert!(resend(&mut world).is_ok());
    assert_eq!(resend(&mut world), Err(ResendRefusal::InProgress));
    assert_eq!(by(&mut world, &admin), [(Action::ExportResent, waiting.into(), json!({}))]);
    lease(&mut world.conn, 1);
    assert!(cancel(&mut world, &admin, waiting));
    let (action, object, _) = cancelled(waiting);
    assert_eq!(by(&mut world, &admin), [(action, object, json!({"on_the_wire": true}))]);
}

#[test]
fn an_import_is_told_with_its_counts() {
    let mut world = World::new();
    told(&mut world.conn);
    let admin = world.admin.clone();
    let lines = [vacancy("V-1", &["Applied"]), candidate(1), candidate(2)];
    import(&mut world.conn, &admin, &lines).expect("imported");
    let new = |created: u64| json!({"created": created, "updated": 0});
    let counts = json!({
        "vacancies": new(1), "candidates": new(2), "applications": new(0), "applications_merged": 0,
        "skipped_erased": 0
    });
    let imported = (Action::ImportCompleted, Object::from(world.northwind), counts);
    assert_eq!(by(&mut world, &admin), [imported]);
    import(&mut world.conn, &admin, &[json!({"kind": "person"})]).expect_err("no such line");
    assert_eq!(by(&mut world, &admin), []);
}

#[test]
fn what_is_rolled_back_is_not_told() {
    let mut world = World::new();
    let webhook_1 = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 1);
    told(&mut world.conn);
    let new = new_export(webhook_1, vacancy, &picked);
    let (conn, rosa) = (&mut world.conn, &world.rosa);
    conn.test_transaction::<_, StoreError, _>(|conn| {
        try_export(conn, rosa, &new).expect("accepted");
        assert_eq!(briefly(&told(conn)).len(), 1);
        try_export(conn, rosa, &new).expect("accepted");
        Ok(())
    });
    assert_eq!(told(conn), []);
    assert_eq!(crate::people::count(conn, "exports"), 0);
}

//! Who reads what was sent or answered is told, and whose things the support desk is shown.

use chrono::Utc;
use domain::actor::Actor;
use domain::audit::{Action, ObjectType};
use domain::id::{ExportId, OrganisationId, WebhookId};
use serde_json::json;
use store::Conn;
use store::attempts::{self, AttemptFilter};
use store::audit::Object;
use store::exports::{self, ExportFilter};
use store::webhooks::{self, WebhookFilter};

use super::{Told, briefly, told};
use crate::actors::{admin, recruiter};
use crate::database::World;
use crate::sending::{answer, lease, test_export, webhook};

/// A webhook of an organisation, and an export to it that was answered.
fn answered(conn: &mut Conn, organisation: OrganisationId) -> (WebhookId, ExportId) {
    let webhook = webhook(conn, &admin(organisation), 1);
    let export = test_export(conn, &recruiter(organisation, "auth0|rosa"), webhook);
    let jobs = lease(conn, 1);
    answer(conn, jobs, 413);
    (webhook, export)
}

/// One more export of Northwind that was answered.
fn answered_again(world: &mut World, webhook: WebhookId) {
    test_export(&mut world.conn, &world.rosa, webhook);
    let jobs = lease(&mut world.conn, 1);
    answer(&mut world.conn, jobs, 413);
}

/// Looks at everything that there is to see of an export and its webhook, but its payload.
fn look(conn: &mut Conn, actor: &Actor, webhook: WebhookId, export: ExportId) {
    webhooks::list(conn, actor, &WebhookFilter::default(), None, 10)
        .expect("Postgres")
        .expect("there");
    webhooks::get(conn, actor, webhook).expect("Postgres");
    exports::list(conn, actor, &ExportFilter::default(), None, 10)
        .expect("Postgres")
        .expect("there");
    exports::get(conn, actor, export).expect("Postgres");
    attempts::list(conn, actor, &AttemptFilter::default(), None, 10)
        .expect("Postgres")
        .expect("there");
    attempts::of_export(conn, actor, export, None, 10).expect("Postgres");
}

#[test]
fn reading_a_payload_is_told_while_there_is_one() {
    let mut world = World::new();
    let (_, export) = answered(&mut world.conn, world.northwind);
    told(&mut world.conn);
    let ben = recruiter(world.northwind, "auth0|ben");
    for actor in [&world.admin, &world.rosa, &world.stranger, &ben] {
        let read = exports::payload(&mut world.conn, actor, export).expect("Postgres").flatten();
        let events = told(&mut world.conn);
        let details = read.map(|bytes| json!({"payload_bytes": bytes.len()}));
        let expected = details.map(|details| (Action::ExportPayloadRead, export.into(), details));
        assert_eq!(briefly(&events), expected.into_iter().collect::<Vec<_>>());
        assert!(events.iter().all(|event| event.by.1 == actor.id));
    }
    world.sql("DELETE FROM export_payloads");
    let read = exports::payload(&mut world.conn, &world.admin, export).expect("Postgres");
    assert_eq!((read, told(&mut world.conn)), (Some(None), vec![]), "nothing was read");
}

#[test]
fn reading_what_receivers_answered_is_told() {
    let mut world = World::new();
    let (webhook, export) = answered(&mut world.conn, world.northwind);
    told(&mut world.conn);
    let read = |object: Object| (Action::AttemptResponsesRead, object, json!({"attempts": 1}));
    look(&mut world.conn, &world.admin, webhook, export);
    let events = told(&mut world.conn);
    assert_eq!(briefly(&events), [read(ObjectType::Attempt.into()), read(export.into())]);
    assert!(events.iter().all(|event| event.organisation == Some(world.northwind)));
    world.sql("UPDATE attempts SET response_body = NULL");
    look(&mut world.conn, &world.admin, webhook, export);
    assert_eq!(told(&mut world.conn), [], "no answer was read");
}

#[test]
fn a_members_own_look_is_not_told() {
    let mut world = World::new();
    let (webhook, export) = answered(&mut world.conn, world.northwind);
    told(&mut world.conn);
    for actor in [&world.rosa, &world.stranger] {
        look(&mut world.conn, actor, webhook, export);
        assert_eq!(told(&mut world.conn), []);
    }
}

#[test]
fn what_support_is_shown_is_told_to_each_organisation() {
    let mut world = World::new();
    let (webhook, export) = answered(&mut world.conn, world.northwind);
    answered_again(&mut world, webhook);
    answered(&mut world.conn, world.contoso);
    told(&mut world.conn);
    look(&mut world.conn, &world.support, webhook, export);
    let events = told(&mut world.conn);
    assert!(events.iter().all(|event| event.by == ("support".into(), "auth0|sam".into())));
    let about = |organisation| {
        let of_theirs = events.iter().filter(|event| event.organisation == Some(organisation));
        briefly(&of_theirs.cloned().collect::<Vec<_>>())
    };
    let shown =
        |object: Object, count: u32| (Action::SupportLooked, object, json!({"shown": count}));
    let [webhooks, exports, attempts] =
        [ObjectType::Webhook, ObjectType::Export, ObjectType::Attempt].map(Object::from);
    let ours = [
        shown(webhooks, 1),
        shown(webhook.into(), 1),
        shown(exports, 2),
        shown(export.into(), 1),
        shown(attempts, 2),
        shown(export.into(), 1),
    ];
    assert_eq!(about(world.northwind), ours);
    let theirs = [shown(webhooks, 1), shown(exports, 1), shown(attempts, 1)];
    assert_eq!(about(world.contoso), theirs, "they are not told of others'");
}

/// A live stream shows, too: where it goes on, and what it tells then.
#[test]
fn support_that_follows_exports_is_told() {
    let mut world = World::new();
    let before = Utc::now();
    answered(&mut world.conn, world.northwind);
    answered(&mut world.conn, world.contoso);
    told(&mut world.conn);
    let (support, admin) = (world.support.clone(), world.admin.clone());
    for actor in [&admin, &support] {
        let begins = exports::changed_since(&mut world.conn, actor, None, 9).expect("Postgres");
        assert!(begins.exports.is_empty());
    }
    assert_eq!(briefly(&told(&mut world.conn)), [], "nothing was shown");
    let mut since = |actor: &Actor| {
        exports::changed_since(&mut world.conn, actor, Some(before), 9).expect("Postgres").exports
    };
    let [ours, all] = [&admin, &support].map(&mut since);
    assert_eq!((ours.len(), all.len()), (1, 2));
    let organisations =
        |events: &[Told]| events.iter().map(|it| it.organisation).collect::<Vec<_>>();
    let both = [world.northwind, world.contoso];
    let mut seen = organisations(&told(&mut world.conn));
    seen.sort();
    let mut expected = both.map(Some);
    expected.sort();
    assert_eq!(seen, expected, "of the admin nothing");
    exports::followed(&mut world.conn, &support, &ours).expect("Postgres");
    exports::followed(&mut world.conn, &admin, &ours).expect("Postgres");
    let events = told(&mut world.conn);
    assert_eq!(organisations(&events), [Some(world.northwind)]);
    let exports: Object = ObjectType::Export.into();
    assert_eq!(briefly(&events), [(Action::SupportLooked, exports, json!({"shown": 1}))]);
}

#[test]
fn support_that_looks_into_one_organisation_is_told_there_whatever_it_finds() {
    let mut world = World::new();
    let (webhook, export) = answered(&mut world.conn, world.northwind);
    told(&mut world.conn);
    let into_contoso = world.support.within(world.contoso);
    look(&mut world.conn, &into_contoso, webhook, export);
    let events = told(&mut world.conn);
    assert!(events.iter().all(|event| event.organisation == Some(world.contoso)));
    let nothing = |object: Object| (Action::SupportLooked, object, json!({"shown": 0}));
    let expected = [
        nothing(ObjectType::Webhook.into()),
        nothing(webhook.into()),
        nothing(ObjectType::Export.into()),
        nothing(export.into()),
        nothing(ObjectType::Attempt.into()),
    ];
    assert_eq!(briefly(&events), expected);
    let nowhere = ExportId::from(uuid::Uuid::from_u128(9));
    assert_eq!(exports::get(&mut world.conn, &world.support, nowhere).expect("Postgres"), None);
    assert_eq!(told(&mut world.conn), [], "nobody's was looked for");
}

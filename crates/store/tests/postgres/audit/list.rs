//! The audit as it is read: whose events an actor sees, what finds them, and in which order.

use domain::actor::{Actor, Scope};
use domain::audit::{Action, ObjectType};
use store::audit::{AuditEvent, AuditFilter, list};
use store::filter::UnknownFilter;
use store::webhooks::{self, Deleted};
use uuid::Uuid;

use crate::actors::recruiter;
use crate::database::World;
use crate::sending::{test_export, webhook};

fn all() -> AuditFilter {
    AuditFilter::default()
}

fn read(world: &mut World, actor: &Actor, filter: &AuditFilter) -> Vec<AuditEvent> {
    list(&mut world.conn, actor, filter, None, 100).expect("Postgres").expect("there").items
}

fn actions(events: &[AuditEvent]) -> Vec<&str> {
    events.iter().map(|event| event.action.as_str()).collect()
}

#[test]
fn an_admin_reads_what_is_about_their_organisation_and_support_all() {
    let mut world = World::new();
    let (admin, stranger, support) =
        (world.admin.clone(), world.stranger.clone(), world.support.clone());
    let hook = webhook(&mut world.conn, &admin, 1);
    let other = webhook(&mut world.conn, &stranger, 2);
    let own = read(&mut world, &admin, &all());
    assert_eq!(actions(&own), ["webhook.created", "organisation.added"], "newest first");
    assert_eq!(own[0].object_id, Some(hook.into()));
    assert_eq!(own[0].names.values().collect::<Vec<_>>(), ["Webhook 1"]);
    assert!(own.iter().all(|event| event.organisation_id == Some(world.northwind)));

    let seen = read(&mut world, &support, &all());
    assert_eq!(seen.len(), 4);
    assert_eq!(seen[0].object_id, Some(other.into()));
    assert_eq!(seen[0].organisation_name.as_deref(), Some("Contoso"));
    // The look is told to both, and an admin sees it.
    let looked = read(&mut world, &admin, &all());
    assert_eq!(actions(&looked)[0], "support.looked");
    assert_eq!(looked[0].object_type, ObjectType::AuditEvent.as_str());
    let in_northwind = support.within(world.northwind);
    let within = read(&mut world, &in_northwind, &all());
    assert_eq!(within.len(), 3);
    let nowhere = support.within(Uuid::from_u128(7).into());
    let unknown = list(&mut world.conn, &nowhere, &all(), None, 10).expect("Postgres");
    assert_eq!(unknown.map(drop), Err(UnknownFilter::Organisation));
}

#[test]
fn each_filter_finds_its_events_from_both_sides() {
    let mut world = World::new();
    let (admin, support) = (world.admin.clone(), world.support.clone());
    let email = Some("Rosa@example.com".to_owned());
    let rosa = Actor { email, ..recruiter(world.northwind, "auth0|rosa") };
    let hook = webhook(&mut world.conn, &admin, 1);
    test_export(&mut world.conn, &rosa, hook);
    let deleted = webhooks::delete(&mut world.conn, &admin, hook, true).expect("Postgres");
    assert!(matches!(deleted, Ok(Deleted { .. })));
    let now = chrono::Utc::now();
    let day = chrono::TimeDelta::days(1);
    let of = |actions: &[Action]| AuditFilter { actions: actions.to_vec(), ..all() };
    let by = |actor: &str| AuditFilter { actor: Some(actor.to_owned()), ..all() };
    let email = rosa.email.clone().expect("she shares it").to_uppercase();
    let table = [
        (of(&[Action::WebhookDeleted]), vec!["webhook.deleted"]),
        (
            of(&[Action::WebhookCreated, Action::WebhookDeleted]),
            vec!["webhook.deleted", "webhook.created"],
        ),
        (of(&[Action::ExportRequested]), vec![]),
        (of(&[Action::ExportRequested, Action::WebhookTested]), vec!["webhook.tested"]),
        (by("auth0|rosa"), vec!["webhook.tested"]),
        (by(&email), vec!["webhook.tested"]),
        (by(&format!("\"Rosa\" <{email}>")), vec!["webhook.tested"]),
        (AuditFilter { actions: vec![Action::WebhookDeleted], ..by("auth0|rosa") }, vec![]),
        (
            AuditFilter { object: Some(hook.into()), ..all() },
            vec!["webhook.deleted", "webhook.tested", "webhook.created"],
        ),
        (
            AuditFilter {
                object: Some(hook.into()),
                object_type: Some(ObjectType::Export),
                ..all()
            },
            vec![],
        ),
        (
            AuditFilter {
                from: Some(now - day),
                to: Some(now + day),
                ..of(&[Action::WebhookDeleted])
            },
            vec!["webhook.deleted"],
        ),
        (AuditFilter { to: Some(now - day), ..all() }, vec![]),
        (AuditFilter { from: Some(now + day), ..all() }, vec![]),
    ];
    for (filter, expected) in table {
        assert_eq!(actions(&read(&mut world, &admin, &filter)), expected, "admin {filter:?}");
        let found = store::audit::page(&mut world.conn, &support, &filter, None, 100);
        let found = found.expect("Postgres").expect("there").items;
        assert_eq!(actions(&found), expected, "support {filter:?}");
        let stranger = world.stranger.clone();
        let theirs = list(&mut world.conn, &stranger, &filter, None, 100).expect("Postgres");
        let theirs = theirs.map_or(0, |page| page.items.len());
        assert_eq!(theirs, 0, "another organisation's: {filter:?}");
    }
    for nobody in ["auth0|nobody", "nobody@example.com", ""] {
        for actor in [&admin, &support, &world.stranger.clone()] {
            let unknown = list(&mut world.conn, actor, &by(nobody), None, 10).expect("Postgres");
            assert_eq!(unknown.map(drop), Err(UnknownFilter::Actor), "{nobody}");
        }
    }
}

#[test]
fn what_is_about_no_organisation_or_a_removed_one_is_there_for_support() {
    let mut world = World::new();
    let support = world.support.clone();
    let refused = store::audit::Refused {
        operation: "POST /v1/webhooks".to_owned(),
        forbidden: true,
        objects: vec![],
    };
    store::audit::refused(&mut world.conn, &support, &refused).expect("Postgres");
    let operator = Actor::system("command line", Scope::All);
    let removed =
        store::organisations::remove(&mut world.conn, &operator, world.contoso, "Contoso");
    removed.expect("Postgres").expect("removed");
    let by = |actor: &str| AuditFilter { actor: Some(actor.to_owned()), ..all() };
    let of = |action| AuditFilter { actions: vec![action], ..all() };
    let removals = read(&mut world, &support, &of(Action::OrganisationRemoved));
    assert_eq!(removals.len(), 1);
    assert_eq!(
        (removals[0].organisation_id, &removals[0].organisation_name),
        (Some(world.contoso), &None)
    );
    assert_eq!(read(&mut world, &support, &by("command line")).len(), 3);
    let refusals = read(&mut world, &support, &of(Action::AccessRefused));
    assert_eq!((refusals.len(), refusals[0].organisation_id), (1, None));
    let by_support = read(&mut world, &support, &by(&support.id));
    assert!(actions(&by_support).contains(&"access.refused"), "{by_support:?}");
    let admin = world.admin.clone();
    let own = read(&mut world, &admin, &all());
    assert!(!actions(&own).contains(&"access.refused"), "{own:?}");
}

/// Whoever is in the audit is found by their address, though they never asked for an export.
#[test]
fn support_finds_by_address_who_only_looked() {
    let mut world = World::new();
    let named = |actor: &Actor, id: &str| Actor {
        id: id.to_owned(),
        email: Some(format!("{id}@example.com")),
        ..actor.clone()
    };
    let refused = store::audit::Refused {
        operation: "POST /v1/webhooks".to_owned(),
        forbidden: true,
        objects: vec![],
    };
    let support = world.support.clone();
    let looked = [("carl", &world.admin), ("sue", &support), ("una", &world.stranger)]
        .map(|(id, actor)| named(actor, id));
    for actor in &looked {
        store::audit::refused(&mut world.conn, actor, &refused).expect("Postgres");
        store::members::note(&mut world.conn, actor).expect("Postgres");
    }
    let operator = Actor::system("command line", Scope::All);
    store::organisations::remove(&mut world.conn, &operator, world.contoso, "Contoso")
        .expect("Postgres")
        .expect("removed");
    for actor in &looked {
        let address = actor.email.clone().expect("they share it");
        for text in [address.to_uppercase(), format!("Somebody <{address}>")] {
            let by = AuditFilter { actor: Some(text), ..all() };
            assert_eq!(actions(&read(&mut world, &support, &by)), ["access.refused"], "{address}");
        }
    }
    let admin = world.admin.clone();
    for (address, there) in [("carl@example.com", true), ("una@example.com", false)] {
        let by = AuditFilter { actor: Some(address.to_owned()), ..all() };
        let found = list(&mut world.conn, &admin, &by, None, 10).expect("Postgres");
        assert_eq!(found.is_ok(), there, "others' stay unknown to an admin: {address}");
    }
}

#[test]
fn pages_go_on_where_they_ended_while_more_is_told() {
    let mut world = World::new();
    let admin = world.admin.clone();
    for url in 1..=5 {
        webhook(&mut world.conn, &admin, url);
    }
    let whole: Vec<_> =
        read(&mut world, &admin, &all()).into_iter().map(|event| event.id).collect();
    let (mut walked, mut after, mut url) = (Vec::new(), None, 10);
    loop {
        let page =
            list(&mut world.conn, &admin, &all(), after, 2).expect("Postgres").expect("there");
        walked.extend(page.items.into_iter().map(|event| event.id));
        webhook(&mut world.conn, &admin, url);
        url += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(walked, whole);
}

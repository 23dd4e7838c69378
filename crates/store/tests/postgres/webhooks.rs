//! Registration, lists, enabling and rotation.

use chrono::TimeDelta;
use diesel::prelude::*;
use domain::export::DisabledReason;
use domain::id::WebhookId;
use domain::include::Include;
use store::webhooks::{
    CreateRefusal, EnableRefusal, Health, LIVE_LIMIT, RotateRefusal, Rotation, WebhookName, create,
    delete, enable, get, list, rotate_secret,
};
use uuid::Uuid;

use crate::actors::admin;
use crate::database::World;
use crate::people::count;
use crate::sending::{answer, lease, new_webhook, test_export, webhook};

#[test]
fn a_webhook_reads_as_it_was_registered() {
    let mut world = World::new();
    let mut new = new_webhook(&mut world.conn, "Zapier", 7);
    new.purpose = Some("Onboarding".to_owned());
    new.include = Include::from_names(&["tags", "contact"]).expect("known groups");
    create(&mut world.conn, &world.admin, &new).expect("Postgres").expect("registered");
    let read = get(&mut world.conn, &world.admin, new.id).expect("Postgres").expect("there");
    assert_eq!((read.name.as_str(), read.host.as_str()), ("Zapier", "hooks.example.com"));
    assert_eq!((read.purpose.as_deref(), read.include), (Some("Onboarding"), new.include));
    assert_eq!((read.url_sealed, read.created_by), (vec![7], world.admin.requester()));
    assert_eq!((read.health, read.success_rate), (Health::Untested, None));
    for other in [world.contoso, Uuid::from_u128(5).into()] {
        let foreign = get(&mut world.conn, &admin(other), new.id);
        assert_eq!(foreign.expect("Postgres"), None);
    }
    assert!(get(&mut world.conn, &world.support, new.id).expect("Postgres").is_some());
}

#[test]
fn names_and_urls_are_unique_among_the_live_ones_of_an_organisation() {
    let mut world = World::new();
    let first = webhook(&mut world.conn, &world.admin, 1);
    let mut same_url = new_webhook(&mut world.conn, "Other", 9);
    same_url.url_hmacs.push([1; 32]);
    let same_name = new_webhook(&mut world.conn, "Webhook 1", 2);
    let mut unknown = new_webhook(&mut world.conn, "Heir", 3);
    unknown.replaces = Some(Uuid::from_u128(9).into());
    let mut live = new_webhook(&mut world.conn, "Heir", 3);
    live.replaces = Some(first);
    let refusals = [
        (same_url.clone(), CreateRefusal::UrlExists(first)),
        (same_name.clone(), CreateRefusal::NameTaken),
        (unknown, CreateRefusal::ReplacesUnknown(Uuid::from_u128(9).into())),
        (live.clone(), CreateRefusal::ReplacesLive),
    ];
    for (new, refusal) in refusals {
        let created = create(&mut world.conn, &world.admin, &new).expect("Postgres");
        assert_eq!(created, Err(refusal));
    }
    assert_eq!(count(&mut world.conn, "webhooks"), 1, "a refusal leaves nothing");
    for new in [&same_url, &same_name] {
        let elsewhere = create(&mut world.conn, &world.stranger, new).expect("Postgres");
        assert_eq!(elsewhere, Ok(()), "another organisation's do not matter");
    }
    let mut foreign = new_webhook(&mut world.conn, "Foreign heir", 4);
    foreign.replaces = Some(first);
    let foreign = create(&mut world.conn, &world.stranger, &foreign).expect("Postgres");
    assert_eq!(foreign, Err(CreateRefusal::ReplacesUnknown(first)));
    delete(&mut world.conn, &world.admin, first, false).expect("Postgres").expect("idle");
    live.url_hmacs = vec![[1; 32]];
    live.name = WebhookName::Asked("Webhook 1".to_owned());
    let heir = create(&mut world.conn, &world.admin, &live).expect("Postgres");
    assert_eq!(heir, Ok(()), "a deleted one makes room");
}

#[test]
fn a_default_name_that_is_taken_gets_a_number() {
    let mut world = World::new();
    let ids = [1, 2, 3].map(|url| {
        let mut new = new_webhook(&mut world.conn, "", url);
        new.name = WebhookName::Default("example.com".to_owned());
        create(&mut world.conn, &world.admin, &new).expect("Postgres").expect("registered");
        new.id
    });
    let names = ids.map(|id| get(&mut world.conn, &world.support, id).expect("Postgres"));
    let names = names.map(|webhook| webhook.expect("there").name);
    assert_eq!(names, ["example.com", "example.com (2)", "example.com (3)"]);
}

#[test]
fn an_organisation_has_fifty_live_webhooks_at_most_and_pages_through_them() {
    let mut world = World::new();
    let mut ids: Vec<WebhookId> =
        (1..=50).map(|url| webhook(&mut world.conn, &world.admin, url)).collect();
    let foreign = webhook(&mut world.conn, &world.stranger, 1);
    let one_more = new_webhook(&mut world.conn, "One more", 51);
    let refused = create(&mut world.conn, &world.admin, &one_more).expect("Postgres");
    assert_eq!(refused, Err(CreateRefusal::TooMany { limit: LIVE_LIMIT }));
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = list(&mut world.conn, &world.admin, after, 20).expect("Postgres");
        seen.extend(page.items.iter().map(|webhook| webhook.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    ids.reverse();
    assert_eq!(seen, ids, "newest first, each once");
    let all = list(&mut world.conn, &world.support, None, 100).expect("Postgres").items;
    assert_eq!((all.len(), all[0].id), (51, foreign));
}

#[test]
fn health_follows_the_attempts() {
    let mut world = World::new();
    let id = webhook(&mut world.conn, &world.admin, 1);
    let mut health = |answers: &[u16]| {
        for status in answers {
            test_export(&mut world.conn, &world.rosa, id);
            let jobs = lease(&mut world.conn, 1);
            answer(&mut world.conn, jobs, *status);
        }
        let read = get(&mut world.conn, &world.support, id).expect("Postgres").expect("there");
        assert!(read.last_attempt_at.is_some());
        (read.health, read.success_rate)
    };
    assert_eq!(health(&[200]), (Health::Healthy, Some(1.0)));
    let (failing, rate) = health(&[500]);
    assert!(matches!(failing, Health::Failing { .. }), "{failing:?}");
    assert_eq!(rate, Some(0.5));
    assert_eq!(health(&[200, 200]), (Health::Healthy, Some(0.75)));
    let (disabled, _) = health(&[410]);
    assert!(matches!(disabled, Health::Disabled { reason: DisabledReason::Gone, .. }));
}

#[test]
fn only_a_disabled_webhook_of_ones_own_is_enabled() {
    let mut world = World::new();
    let id = webhook(&mut world.conn, &world.admin, 1);
    let try_enable = |world: &mut World, organisation| {
        enable(&mut world.conn, &admin(organisation), id).expect("Postgres")
    };
    let (northwind, contoso) = (world.northwind, world.contoso);
    assert_eq!(try_enable(&mut world, northwind), Err(EnableRefusal::NotDisabled));
    test_export(&mut world.conn, &world.rosa, id);
    let jobs = lease(&mut world.conn, 1);
    answer(&mut world.conn, jobs, 410);
    assert_eq!(try_enable(&mut world, contoso), Err(EnableRefusal::Unknown));
    assert_eq!(try_enable(&mut world, northwind), Ok(()));
    let read = get(&mut world.conn, &world.support, id).expect("Postgres").expect("there");
    assert_eq!(read.health, Health::Untested, "its health starts anew");
    delete(&mut world.conn, &world.admin, id, false).expect("Postgres").expect("idle");
    assert_eq!(try_enable(&mut world, northwind), Err(EnableRefusal::Unknown));
}

#[test]
fn a_rotated_secret_signs_along_for_a_day() {
    let mut world = World::new();
    let (northwind, contoso) = (world.northwind, world.contoso);
    let id = webhook(&mut world.conn, &world.admin, 1);
    let rotate = |world: &mut World, organisation, secret: &[u8], revoke_old| {
        let actor = admin(organisation);
        rotate_secret(&mut world.conn, &actor, id, secret, revoke_old).expect("Postgres")
    };
    let secrets = |world: &mut World| {
        test_export(&mut world.conn, &world.rosa, id);
        let jobs = lease(&mut world.conn, 1);
        let secrets = jobs[0].target.secrets_sealed.clone();
        answer(&mut world.conn, jobs, 200);
        secrets
    };
    assert_eq!(rotate(&mut world, contoso, b"new", false), Err(RotateRefusal::Unknown));
    let rotated = rotate(&mut world, northwind, b"second", false).expect("rotated");
    let Rotation::New { old_signs_until: Some(until) } = rotated else { panic!("{rotated:?}") };
    assert_eq!(secrets(&mut world), [b"second".to_vec(), vec![1, 2, 3]]);
    let read = get(&mut world.conn, &world.support, id).expect("Postgres").expect("there");
    assert_eq!(read.rotation_ends_at, Some(until));
    assert!(until - read.created_at >= TimeDelta::hours(24));
    let again = rotate(&mut world, northwind, b"third", false);
    assert_eq!(again, Err(RotateRefusal::InProgress { until }));
    assert_eq!(rotate(&mut world, northwind, b"third", true), Ok(Rotation::OldRevoked));
    assert_eq!(secrets(&mut world), [b"second".to_vec()]);
    let at_once = rotate(&mut world, northwind, b"third", true);
    assert_eq!(at_once, Ok(Rotation::New { old_signs_until: None }));
    assert_eq!(secrets(&mut world), [b"third".to_vec()]);
}

#[test]
fn what_waits_too_long_for_a_lock_may_be_tried_again() {
    let mut world = World::new();
    let id = webhook(&mut world.conn, &world.admin, 1);
    world.sql("SET lock_timeout = '20ms'");
    let mut other = world.connect();
    let (actor, conn) = (&world.admin, &mut world.conn);
    let waited = other.test_transaction::<_, diesel::result::Error, _>(|other| {
        diesel::sql_query("SELECT FROM webhooks FOR UPDATE").execute(other)?;
        Ok(enable(conn, actor, id))
    });
    assert!(waited.expect_err("no lock in time").is_unavailable());
    assert!(enable(conn, actor, id).is_ok());
}

//! Registration, lists, enabling and rotation.

use chrono::TimeDelta;
use diesel::prelude::*;
use domain::export::DisabledReason;
use domain::id::WebhookId;
use domain::include::Include;
use store::maintenance::drop_secrets;
use store::webhooks::{
    CreateRefusal, EARLIER_SECRETS, EnableRefusal, Health, LIVE_LIMIT, RotateRefusal,
    WebhookFilter, WebhookName, create, delete, enable, end_rotation, get, list, rotate_secret,
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
        (same_url.clone(), CreateRefusal::UrlExists { id: first, name: "Webhook 1".to_owned() }),
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
fn names_are_unique_without_regard_to_case() {
    let mut world = World::new();
    let named = |world: &mut World, name: &str, url| {
        let new = new_webhook(&mut world.conn, name, url);
        create(&mut world.conn, &world.admin, &new).expect("Postgres")
    };
    assert_eq!(named(&mut world, "Straße CRM", 1), Ok(()));
    for same in ["straße crm", "STRASSE CRM", "Straße ＣＲＭ"] {
        assert_eq!(named(&mut world, same, 2), Err(CreateRefusal::NameTaken), "{same}");
    }
    assert_eq!(named(&mut world, "Strasse CRM 2", 2), Ok(()));
    // One that an earlier version registered has no key, and is told apart all the same.
    world.sql("UPDATE webhooks SET name_key = NULL");
    assert_eq!(named(&mut world, "STRASSE CRM", 3), Err(CreateRefusal::NameTaken));
    assert_eq!(named(&mut world, "Other", 3), Ok(()));
    let twice = "UPDATE webhooks SET name_key = 'other'";
    let refused = diesel::sql_query(twice).execute(&mut world.conn).expect_err("an index");
    assert!(refused.to_string().contains("webhooks_live_name_key_key"), "{refused}");
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
    let everything = WebhookFilter::default();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = list(&mut world.conn, &world.admin, &everything, after, 20).expect("Postgres");
        let page = page.expect("there");
        seen.extend(page.items.iter().map(|webhook| webhook.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    ids.reverse();
    assert_eq!(seen, ids, "newest first, each once");
    let all = list(&mut world.conn, &world.support, &everything, None, 100).expect("Postgres");
    let all = all.expect("there").items;
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
    assert_eq!(rate, Some(1.0), "it is tried again: its export has not ended");
    assert_eq!(health(&[413]).1, Some(0.5));
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
fn each_earlier_secret_signs_along_for_its_own_day() {
    let mut world = World::new();
    let (northwind, contoso) = (world.northwind, world.contoso);
    let id = webhook(&mut world.conn, &world.admin, 1);
    let rotate = |world: &mut World, organisation, secret: &str| {
        let actor = admin(organisation);
        rotate_secret(&mut world.conn, &actor, id, secret.as_bytes()).expect("Postgres")
    };
    let read = |world: &mut World| {
        get(&mut world.conn, &world.support, id).expect("Postgres").expect("there")
    };
    assert_eq!(rotate(&mut world, contoso, "new"), Err(RotateRefusal::Unknown));
    let first = rotate(&mut world, northwind, "s1").expect("rotated");
    assert_eq!(signing(&mut world, id), ["s1", "\u{1}\u{2}\u{3}"]);
    let webhook = read(&mut world);
    assert_eq!(webhook.rotation_ends_at, Some(first));
    assert!(first - webhook.created_at >= TimeDelta::hours(24));
    // The answer was lost: once more. What the receiver knows keeps its time.
    let second = rotate(&mut world, northwind, "s2").expect("rotated");
    assert_eq!(signing(&mut world, id), ["s2", "s1", "\u{1}\u{2}\u{3}"]);
    assert!(second > first);
    assert_eq!(read(&mut world).rotation_ends_at, Some(second));
    for secret in ["s3", "s4", "s5"] {
        rotate(&mut world, northwind, secret).expect("rotated");
    }
    let (limit, until) = (EARLIER_SECRETS, first);
    let refused = rotate(&mut world, northwind, "s6");
    assert_eq!(refused, Err(RotateRefusal::TooMany { limit, until }));
    let six = ["s5", "s4", "s3", "s2", "s1", "\u{1}\u{2}\u{3}"];
    assert_eq!(signing(&mut world, id), six);
    world.sql("UPDATE webhook_secrets SET signs_until = now() WHERE secret_sealed = '\\x010203'");
    assert_eq!(signing(&mut world, id), six[..5], "its day is over");
    assert_eq!(drop_secrets(&mut world.conn).expect("Postgres"), 1, "and it is destroyed");
    rotate(&mut world, northwind, "s6").expect("there is room again");
    assert_eq!(signing(&mut world, id), ["s6", "s5", "s4", "s3", "s2", "s1"]);
}

#[test]
fn the_end_of_a_rotation_changes_no_secret() {
    let mut world = World::new();
    let id = webhook(&mut world.conn, &world.admin, 1);
    let end = |world: &mut World, organisation| {
        end_rotation(&mut world.conn, &admin(organisation), id).expect("Postgres")
    };
    let (northwind, contoso) = (world.northwind, world.contoso);
    assert!(end(&mut world, northwind), "nothing overlaps, and nothing happens");
    assert_eq!(signing(&mut world, id), ["\u{1}\u{2}\u{3}"]);
    for secret in [b"s1", b"s2"] {
        rotate_secret(&mut world.conn, &world.admin, id, secret).expect("Postgres").expect("new");
    }
    assert!(!end(&mut world, contoso));
    assert_eq!(signing(&mut world, id).len(), 3);
    for _ in 0..2 {
        assert!(end(&mut world, northwind));
        assert_eq!(signing(&mut world, id), ["s2"]);
    }
    let read = get(&mut world.conn, &world.support, id).expect("Postgres").expect("there");
    assert_eq!((read.rotation_ends_at, count(&mut world.conn, "webhook_secrets")), (None, 1));
    delete(&mut world.conn, &world.admin, id, false).expect("Postgres").expect("idle");
    assert!(!end(&mut world, northwind), "it is gone");
}

/// What a request would be signed with, as it was sealed.
fn signing(world: &mut World, id: WebhookId) -> Vec<String> {
    test_export(&mut world.conn, &world.rosa, id);
    let jobs = lease(&mut world.conn, 1);
    let secrets = jobs[0].target.secrets_sealed.clone();
    answer(&mut world.conn, jobs, 200);
    secrets.into_iter().map(|secret| String::from_utf8(secret).expect("text")).collect()
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

//! What workers tell: exports that failed, by whatever end, and webhooks that do not take what is
//! sent.

use std::time::Duration;

use domain::audit::Action;
use domain::id::ExportId;
use serde_json::{Value, json};
use store::audit::Object;
use store::maintenance::PayloadRetention;
use store::queue::{self, record};

use super::{briefly, told};
use crate::actors::admin;
use crate::database::World;
use crate::sending::{answer, lease, policy, sent, test_export, webhook};

/// What the worker told of Northwind since the last look.
fn by_worker(world: &mut World) -> Vec<(Action, Object, Value)> {
    let told = told(&mut world.conn);
    for event in &told {
        assert_eq!(event.by, ("system".to_owned(), "worker".to_owned()));
        assert_eq!(event.organisation, Some(world.northwind));
    }
    briefly(&told)
}

fn failed(
    export: ExportId,
    ended_by: &str,
    outcome: &str,
    attempts: u32,
) -> (Action, Object, Value) {
    let details = json!({
        "ended_by": ended_by, "outcome": outcome, "attempts": attempts, "ambiguous": false
    });
    (Action::ExportFailed, export.into(), details)
}

#[test]
fn an_export_that_is_given_up_is_told_and_no_other_result() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let mut answered = |status| {
        let export = test_export(&mut world.conn, &world.rosa, webhook);
        told(&mut world.conn);
        let jobs = lease(&mut world.conn, 1);
        answer(&mut world.conn, jobs, status);
        (export, by_worker(&mut world))
    };
    for status in [200, 500, 200] {
        assert_eq!(answered(status).1, [], "{status} ends nothing as failed");
    }
    let (export, told) = answered(413);
    assert_eq!(told, [failed(export, "receiver", "payload_too_large", 1)]);
}

#[test]
fn the_failures_of_a_batch_are_told_to_their_own_organisations() {
    let mut world = World::new();
    let [ours, theirs] = [world.northwind, world.contoso].map(|organisation| {
        let id = webhook(&mut world.conn, &admin(organisation), 1);
        (organisation, test_export(&mut world.conn, &admin(organisation), id))
    });
    told(&mut world.conn);
    let jobs = lease(&mut world.conn, 2);
    assert_eq!(jobs.len(), 2);
    answer(&mut world.conn, jobs, 413);
    let told = told(&mut world.conn);
    let mut about: Vec<_> = told.iter().map(|told| (told.organisation, told.object)).collect();
    about.sort_by_key(|(organisation, _)| *organisation != Some(ours.0));
    let expected = [ours, theirs].map(|(organisation, id)| (Some(organisation), Object::from(id)));
    assert_eq!(about, expected);
}

#[test]
fn a_result_that_came_too_late_or_twice_tells_nothing() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    test_export(&mut world.conn, &world.rosa, webhook);
    told(&mut world.conn);
    let jobs = lease(&mut world.conn, 1);
    let results: Vec<_> = jobs.into_iter().map(|job| sent(job, 413)).collect();
    for expected in [1, 0] {
        record(&mut world.conn, &policy(), &results).expect("Postgres");
        assert_eq!(by_worker(&mut world).len(), expected);
    }
}

#[test]
fn what_waits_for_a_disabled_webhook_or_too_long_is_told_when_it_ends() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let tried = test_export(&mut world.conn, &world.rosa, webhook);
    let jobs = lease(&mut world.conn, 1);
    answer(&mut world.conn, jobs, 500);
    told(&mut world.conn);
    let kept = PayloadRetention::default();
    let hour = Duration::from_hours(1);
    assert_eq!(queue::end_of_disabled(&mut world.conn, kept).expect("Postgres"), 0);
    assert_eq!(queue::end_expired(&mut world.conn, hour, kept).expect("Postgres"), 0);
    assert_eq!(by_worker(&mut world), []);
    world.until_the_next_millisecond();
    assert_eq!(queue::end_expired(&mut world.conn, Duration::ZERO, kept).expect("Postgres"), 1);
    assert_eq!(by_worker(&mut world), [failed(tried, "gave_up", "expired", 1)]);
    let waiting = [(); 2].map(|()| test_export(&mut world.conn, &world.rosa, webhook));
    told(&mut world.conn);
    // Tests may go to a disabled webhook.
    world.sql("UPDATE exports SET type = 'candidates'");
    world.sql("UPDATE lanes SET disabled_at = now(), disabled_reason = 'gone'");
    assert_eq!(queue::end_of_disabled(&mut world.conn, kept).expect("Postgres"), 2);
    let mut told = by_worker(&mut world);
    told.sort_by_key(|(_, object, _)| object.id);
    let of = |id| failed(id, "webhook_disabled", "webhook_disabled", 0);
    assert_eq!(told, waiting.map(of));
}

#[test]
fn a_webhook_tells_when_it_begins_to_fail_when_it_recovers_and_when_it_is_switched_off() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let mut after = |status: u16| {
        world.sql("UPDATE lanes SET blocked_until = now()");
        test_export(&mut world.conn, &world.rosa, webhook);
        told(&mut world.conn);
        let jobs = lease(&mut world.conn, 1);
        assert_eq!(jobs.len(), 1);
        answer(&mut world.conn, jobs, status);
        let told = by_worker(&mut world).into_iter();
        told.filter(|(action, ..)| *action != Action::ExportFailed).collect::<Vec<_>>()
    };
    let told = |action, details| (action, Object::from(webhook), details);
    for _ in 1..5 {
        assert_eq!(after(500), []);
    }
    let failing = told(Action::WebhookFailing, json!({"failures_in_a_row": 5}));
    assert_eq!(after(500), [failing]);
    assert_eq!(after(500), [], "it is told once");
    assert_eq!(after(200), [told(Action::WebhookRecovered, json!({}))]);
    assert_eq!(after(410), [told(Action::WebhookDisabled, json!({"reason": "gone"}))]);
}

//! A disabled webhook: it can be tested, with one request that changes nothing about it.

use diesel::prelude::*;
use domain::export::{EndedBy, ExportStatus};
use domain::outcome::Outcome;
use store::exports::{Export, get};
use store::maintenance::PayloadRetention;
use store::queue;

use crate::database::World;
use crate::people::people;
use crate::sending::{answer, lease, new_export, test_export, try_export, webhook};

#[derive(QueryableByName, Debug, PartialEq)]
struct Lane {
    #[diesel(sql_type = diesel::sql_types::Text)]
    told: String,
}

/// What is known of the webhook, its turns aside.
fn lane(world: &mut World) -> Lane {
    let query = "SELECT (to_jsonb(l) - ARRAY['next_run_at', 'last_claimed_at', 'due_from'])::text
                 AS told FROM lanes l";
    diesel::sql_query(query).get_result(&mut world.conn).expect("a lane")
}

#[test]
fn it_is_tested_with_one_request_and_stays_as_it_is() {
    for (status, end, ended_by, outcome) in [
        (200, ExportStatus::Delivered, EndedBy::Receiver, Outcome::Delivered),
        (503, ExportStatus::Failed, EndedBy::WebhookDisabled, Outcome::Http5xx),
        (410, ExportStatus::Failed, EndedBy::Receiver, Outcome::Gone),
    ] {
        let mut world = World::new();
        let webhook = webhook(&mut world.conn, &world.admin, 1);
        world.sql(
            "UPDATE lanes SET disabled_at = now(), disabled_reason = 'failing', cap = 1,
                    failures_in_a_row = 20, failing_since = now() - interval '5 days',
                    blocked_until = now() + interval '5 minutes'",
        );
        let before = lane(&mut world);
        let test = test_export(&mut world.conn, &world.admin, webhook);
        let kept = PayloadRetention::default();
        assert_eq!(queue::end_of_disabled(&mut world.conn, kept).expect("Postgres"), 0);
        let jobs = lease(&mut world.conn, 9);
        assert_eq!(jobs.len(), 1, "its pause does not hold a test up");
        answer(&mut world.conn, jobs, status);
        let read = get(&mut world.conn, &world.admin, test).expect("Postgres").expect("there");
        let Export { status: stands, ended_by: by, outcome: came, .. } = read;
        assert_eq!((stands, by, came), (end, Some(ended_by), Some(outcome)));
        assert_eq!(lane(&mut world), before, "{status}");
        assert!(lease(&mut world.conn, 9).is_empty());
    }
}

/// Claims do not look for disabled lanes that were due long ago.
#[test]
fn a_test_that_waited_for_a_worker_is_woken() {
    for next_run_at in ["now() - interval '1 hour'", "'infinity'"] {
        let mut world = World::new();
        let webhook = webhook(&mut world.conn, &world.admin, 1);
        world.sql("UPDATE lanes SET disabled_at = now(), disabled_reason = 'gone'");
        test_export(&mut world.conn, &world.admin, webhook);
        world.sql(&format!("UPDATE lanes SET next_run_at = {next_run_at}"));
        assert_eq!(queue::wake_parked(&mut world.conn).expect("Postgres"), 1);
        assert_eq!(
            world.sql("UPDATE lanes SET cap = cap WHERE next_run_at > now() - interval '5 s'"),
            1
        );
        assert_eq!(lease(&mut world.conn, 9).len(), 1);
        assert_eq!(queue::wake_parked(&mut world.conn).expect("Postgres"), 0);
    }
}

#[test]
fn nothing_but_tests_goes_to_it() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 1);
    let new = new_export(webhook, vacancy, &picked);
    try_export(&mut world.conn, &world.rosa, &new).expect("accepted");
    world.sql("UPDATE lanes SET disabled_at = now(), disabled_reason = 'gone'");
    assert!(try_export(&mut world.conn, &world.rosa, &new).is_err());
    let test = test_export(&mut world.conn, &world.admin, webhook);
    let jobs = lease(&mut world.conn, 9);
    assert_eq!(jobs.iter().map(|job| job.lease.export).collect::<Vec<_>>(), [test]);
    let kept = PayloadRetention::default();
    assert_eq!(queue::end_of_disabled(&mut world.conn, kept).expect("Postgres"), 1);
    answer(&mut world.conn, jobs, 200);
}

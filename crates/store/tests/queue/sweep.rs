//! Parked lanes, and jobs that can no longer be sent.

use std::time::Duration;

use store::maintenance::PayloadRetention;
use store::queue::{end_expired, end_of_disabled, find_stranded, look, wake_parked};

use crate::database::Database;

#[test]
fn a_parked_lane_with_work_is_woken() {
    let mut db = Database::with_webhooks(2);
    db.enqueue(0, 1, 3);
    db.sql("UPDATE lanes SET next_run_at = 'infinity'");
    assert_eq!(db.claim(1).len(), 0);
    assert_eq!(wake_parked(&mut db.conn).expect("woken"), 1);
    assert_eq!(db.claim(1).len(), 1);
}

#[test]
fn an_empty_visit_parks_the_lane_until_its_next_job() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 3);
    db.sql("UPDATE export_jobs SET run_at = now() + interval '1 hour'");
    assert_eq!(db.claim(1).len(), 0);
    assert_eq!(db.count("SELECT count(*) FROM lanes l JOIN export_jobs j USING (webhook_id) WHERE l.next_run_at = j.run_at"), 1);
}

#[test]
fn what_waits_for_a_disabled_webhook_fails_and_what_is_on_the_wire_does_not() {
    let mut db = Database::with_webhooks(2);
    db.enqueue(0, 3, 3);
    db.enqueue(1, 1, 3);
    let jobs = db.claim(1);
    db.sql("UPDATE lanes SET disabled_at = now(), disabled_reason = 'failing' WHERE in_flight = 1");
    let ended: usize = std::iter::from_fn(|| {
        Some(end_of_disabled(&mut db.conn, PayloadRetention::default()).expect("ended"))
    })
    .take_while(|ended| *ended > 0)
    .sum();
    let of_lane = db.count(&format!(
        "SELECT count(*) FROM exports WHERE webhook_id = '{}'",
        jobs[0].lease.webhook
    ));
    assert_eq!(i64::try_from(ended).expect("small"), of_lane - 1);
    assert_eq!(db.count("SELECT count(*) FROM exports WHERE end_state = 'failed' AND outcome = 'webhook_disabled' AND ended_by = 'webhook_disabled' AND payload_kept_until > now() + interval '6 days'"), of_lane - 1);
    db.assert_lanes_count();
}

#[test]
fn an_export_past_its_deadline_expires_unless_it_was_just_resent() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 2, 3);
    db.sql("UPDATE exports SET id = uuid_v7_floor(now() - interval '4 days') WHERE false");
    db.sql("CREATE TEMP TABLE old AS SELECT organisation_id, id, uuid_v7(now() - interval '4 days') AS old_id FROM exports;
              DELETE FROM export_jobs; DELETE FROM export_payloads;
              UPDATE exports e SET id = old_id FROM old WHERE e.id = old.id;
              INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, enqueued_at, payload_bytes)
              SELECT organisation_id, id, webhook_id, now() + interval '1 hour',
                     CASE WHEN row_number() OVER () = 1 THEN now() ELSE now() - interval '4 days' END, 3 FROM exports");
    let ended = end_expired(&mut db.conn, Duration::from_hours(72), PayloadRetention::default());
    assert_eq!(ended.expect("ended"), 1);
    assert_eq!(db.count("SELECT count(*) FROM exports WHERE end_state = 'failed' AND outcome = 'expired' AND ended_by = 'gave_up'"), 1);
    assert_eq!(db.count("SELECT count(*) FROM export_jobs"), 1);
}

#[test]
fn disabled_webhooks_are_swept_by_turns_and_then_left_alone() {
    let mut db = Database::with_webhooks(2);
    db.enqueue(0, 600, 1);
    db.enqueue(1, 10, 1);
    db.sql("UPDATE lanes SET disabled_at = now(), disabled_reason = 'failing'");
    assert!(look(&mut db.conn).expect("looked").disabled);
    let mut ended = || end_of_disabled(&mut db.conn, PayloadRetention::default()).expect("ended");
    assert_eq!([ended(), ended(), ended()], [500, 110, 0]);
    assert_eq!(db.count("SELECT count(*) FROM lanes WHERE next_run_at = 'infinity'"), 2);
    assert!(!look(&mut db.conn).expect("looked").disabled);
    // What slipped by the disabling, and nobody was told.
    db.enqueue(1, 1, 1);
    db.sql("UPDATE lanes SET next_run_at = 'infinity'");
    assert!(look(&mut db.conn).expect("looked").parked);
    assert_eq!(wake_parked(&mut db.conn).expect("woken"), 1);
    assert_eq!(end_of_disabled(&mut db.conn, PayloadRetention::default()).expect("ended"), 1);
}

#[test]
fn a_job_that_nobody_was_told_of_for_long_is_found() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 1);
    db.sql("UPDATE export_jobs SET run_at = now() - interval '1 hour', enqueued_at = now() - interval '1 hour'");
    db.sql("UPDATE lanes SET next_run_at = 'infinity'");
    assert!(!look(&mut db.conn).expect("looked").parked);
    assert_eq!(find_stranded(&mut db.conn).expect("found"), 1);
    assert_eq!(db.claim(1).len(), 1);
}

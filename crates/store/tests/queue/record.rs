//! What results do, and what they must not.

use std::thread;

use diesel::connection::SimpleConnection;
use domain::attempt::Attempt;
use domain::export::{DisabledReason, EndState};
use domain::outcome::Outcome;
use store::queue::{claim, record, rescue};

use crate::database::{Database, answered, finished, limits, policy, webhook};

#[test]
fn a_delivery_ends_the_export_and_fills_the_log() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 3);
    let job = db.claim(1).remove(0);
    let recorded =
        record(&mut db.conn, &policy(), &[finished(&job, answered(204))]).expect("recorded");
    assert_eq!(
        (recorded.recorded, recorded.late.len(), recorded.ended[0].0),
        (1, 0, EndState::Delivered)
    );
    assert_eq!(db.count("SELECT count(*) FROM export_jobs"), 0);
    assert_eq!(db.count("SELECT count(*) FROM exports WHERE end_state = 'delivered' AND ended_by = 'receiver'
        AND outcome = 'delivered' AND attempt_count = 1 AND payload_kept_until > now() + interval '71 hours'"), 1);
    assert_eq!(db.count("SELECT count(*) FROM attempts WHERE http_status = 204 AND attempt_number = 1
        AND response_body = '\\x610062ff' AND response_headers = '{\"server\": \"test\"}' AND requested_by_id = 'rosa'"), 1);
    assert_eq!(db.count("SELECT count(*) FROM lanes WHERE last_delivered_at IS NOT NULL"), 1);
    db.assert_lanes_count();
}

#[test]
fn a_failure_is_tried_again_after_the_schedule() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 3);
    let job = db.claim(1).remove(0);
    record(&mut db.conn, &policy(), &[finished(&job, answered(500))]).expect("recorded");
    assert_eq!(db.count("SELECT count(*) FROM export_jobs j JOIN attempts a USING (export_id)
        WHERE j.attempt_id IS NULL AND j.schedule_position = 1 AND j.attempt_number = 1 AND j.run_at = a.next_attempt_at
        AND j.run_at = a.started_at + interval '5.02 seconds'"), 1);
    assert_eq!(db.claim(1).len(), 0, "not due yet");
    db.sql("UPDATE export_jobs SET run_at = now(); UPDATE lanes SET next_run_at = now()");
    let again = db.claim(1).remove(0);
    assert_eq!((again.lease.attempt_number, again.lease.tries.counted), (2, 1));
    assert_ne!(again.lease.attempt, job.lease.attempt);
}

#[test]
fn recording_twice_changes_nothing() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 3);
    let job = db.claim(1).remove(0);
    let result = [finished(&job, answered(200))];
    record(&mut db.conn, &policy(), &result).expect("recorded");
    let again = record(&mut db.conn, &policy(), &result).expect("recorded");
    assert_eq!((again.recorded, again.late.len()), (0, 0));
    assert_eq!(db.count("SELECT count(*) FROM attempts WHERE late_outcome IS NULL"), 1);
    db.assert_lanes_count();
}

#[test]
fn a_cancelled_export_ends_with_its_attempt() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 2, 3);
    let jobs = db.claim(2);
    db.sql("UPDATE export_jobs SET stop_after_attempt = 'member'");
    let results = [finished(&jobs[0], answered(500)), finished(&jobs[1], answered(200))];
    record(&mut db.conn, &policy(), &results).expect("recorded");
    assert_eq!(db.count("SELECT count(*) FROM exports WHERE end_state = 'cancelled' AND ended_by = 'member' AND outcome = 'http_5xx'"), 1);
    assert_eq!(db.count("SELECT count(*) FROM exports WHERE end_state = 'delivered'"), 1);
}

#[test]
fn gone_disables_the_webhook() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 3);
    let job = db.claim(1).remove(0);
    let recorded =
        record(&mut db.conn, &policy(), &[finished(&job, answered(410))]).expect("recorded");
    assert_eq!(recorded.disabled, [(webhook(0), DisabledReason::Gone)]);
    assert_eq!(
        db.count(
            "SELECT count(*) FROM lanes WHERE disabled_at IS NOT NULL AND disabled_reason = 'gone'"
        ),
        1
    );
    assert_eq!(
        db.text("SELECT end_state || ' ' || ended_by FROM exports").as_deref(),
        Some("failed receiver")
    );
}

#[test]
fn an_ambiguous_end_is_marked() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 3);
    for _ in 0..3 {
        db.sql("UPDATE export_jobs SET run_at = now(); UPDATE lanes SET next_run_at = now()");
        let job = db.claim(1).remove(0);
        let hung =
            Attempt { ambiguous: true, ..Attempt::without_request(Outcome::ResponseTimeout) };
        record(&mut db.conn, &policy(), &[finished(&job, hung)]).expect("recorded");
    }
    assert_eq!(db.count("SELECT count(*) FROM exports WHERE end_state = 'failed' AND ended_by = 'gave_up' AND ambiguous AND attempt_count = 3"), 1);
}

#[test]
fn a_month_without_a_partition_gets_one() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 3);
    let job = db.claim(1).remove(0);
    db.sql("DO $$ BEGIN EXECUTE 'DROP TABLE attempts_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM'); END $$");
    record(&mut db.conn, &policy(), &[finished(&job, answered(200))]).expect("recorded");
    assert_eq!(db.count("SELECT count(*) FROM attempts"), 1);
}

#[test]
fn workers_that_finish_over_the_same_lanes_do_not_deadlock() {
    let mut db = Database::with_webhooks(40);
    for number in 0..40 {
        db.enqueue(number, 40, 1);
    }
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let mut conn = db.another();
            thread::spawn(move || {
                let mut recorded = 0;
                while recorded < 400 {
                    let mut jobs = claim(&mut conn, &limits(60)).expect("claimed");
                    jobs.reverse();
                    let results: Vec<_> =
                        jobs.iter().map(|job| finished(job, answered(200))).collect();
                    recorded += record(&mut conn, &policy(), &results).expect("recorded").recorded;
                    if jobs.is_empty() {
                        break;
                    }
                }
                recorded
            })
        })
        .collect();
    let recorded: usize = workers.into_iter().map(|worker| worker.join().expect("no panic")).sum();
    let left = db.count("SELECT count(*) FROM export_jobs");
    assert_eq!(i64::try_from(recorded).expect("small") + left, 1_600);
    assert_eq!(
        db.count("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"),
        0
    );
    db.assert_lanes_count();
}

/// Makes the database refuse the log rows of one export.
fn refuse(db: &mut Database, job: &store::queue::Job, bare_too: bool) {
    let unless_bare = if bare_too { "" } else { "outcome = 'internal_error' OR " };
    db.sql(&format!(
        "ALTER TABLE attempts ADD CONSTRAINT refused CHECK ({unless_bare} export_id <> '{}')",
        job.lease.export
    ));
}

#[test]
fn a_refused_result_does_not_take_its_neighbours_along() {
    let mut db = Database::with_webhooks(2);
    db.enqueue(0, 3, 3);
    db.enqueue(1, 2, 3);
    let jobs = db.claim(10);
    refuse(&mut db, &jobs[2], false);
    let results: Vec<_> = jobs.iter().map(|job| finished(job, answered(200))).collect();
    let recorded = record(&mut db.conn, &policy(), &results).expect("recorded");
    assert_eq!((recorded.recorded, recorded.refused[0].0), (5, jobs[2].lease.export));
    assert_eq!(db.count("SELECT count(*) FROM exports WHERE end_state = 'delivered'"), 4);
    assert_eq!(db.count("SELECT count(*) FROM attempts WHERE outcome = 'internal_error' AND next_attempt_at IS NOT NULL"), 1);
    db.assert_lanes_count();
}

#[test]
fn a_refused_rescue_does_not_stop_the_others() {
    let mut db = Database::with_webhooks(2);
    db.enqueue(0, 3, 3);
    db.enqueue(1, 3, 3);
    let jobs = db.claim(10);
    refuse(&mut db, &jobs[0], true);
    db.sql("UPDATE export_jobs SET lease_until = now() - interval '1 second'");
    let rescued = rescue(&mut db.conn, &policy()).expect("rescued");
    assert_eq!((rescued.recorded, rescued.refused.len()), (5, 1));
    assert_eq!(db.count("SELECT count(*) FROM export_jobs WHERE attempt_id IS NOT NULL"), 1);
    db.assert_lanes_count();
}

#[test]
fn a_lock_that_is_held_too_long_loses_no_result() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 3);
    let job = db.claim(1).remove(0);
    let mut holder = db.another();
    holder.batch_execute("BEGIN; SELECT FROM lanes FOR UPDATE").expect("held");
    let result = [finished(&job, answered(200))];
    let recorded = record(&mut db.conn, &policy(), &result).expect("passed by");
    assert_eq!((recorded.recorded, recorded.late.len(), recorded.left.len()), (0, 0, 1));
    holder.batch_execute("COMMIT").expect("let go");
    assert_eq!(record(&mut db.conn, &policy(), &result).expect("recorded").recorded, 1);
    assert_eq!(db.count("SELECT count(*) FROM attempts WHERE outcome = 'delivered'"), 1);
}

#[test]
fn a_lane_that_somebody_holds_does_not_hold_up_the_others() {
    let mut db = Database::with_webhooks(2);
    db.enqueue(0, 1, 1);
    db.enqueue(1, 1, 1);
    let jobs = db.claim(2);
    let results: Vec<_> = jobs.iter().map(|job| finished(job, answered(200))).collect();
    let mut holder = db.another();
    let held = jobs[0].lease.webhook;
    let lock = format!("BEGIN; SELECT FROM lanes WHERE webhook_id = '{held}' FOR UPDATE");
    holder.batch_execute(&lock).expect("locked");
    let recorded = record(&mut db.conn, &policy(), &results).expect("recorded");
    assert_eq!((recorded.recorded, recorded.late.len()), (1, 0));
    assert_eq!(recorded.left, [jobs[0].lease.attempt].into());
    assert_eq!(db.count("SELECT count(*) FROM export_jobs"), 1);
    holder.batch_execute("COMMIT").expect("released");
    let recorded = record(&mut db.conn, &policy(), &results[..1]).expect("recorded");
    assert_eq!((recorded.recorded, recorded.left.len()), (1, 0));
    db.assert_lanes_count();
}

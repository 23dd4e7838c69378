//! A receiver accepted while we had given its attempt up for lost: the export is accepted.

use domain::attempt::Attempt;
use domain::export::EndState;
use domain::outcome::Outcome;
use store::queue::{Job, record, rescue};

use crate::database::{Database, answered, finished, policy};

/// One job whose lease ran out while its request was on the wire.
fn lost(db: &mut Database) -> Job {
    db.enqueue(0, 1, 3);
    let job = db.claim(1).remove(0);
    db.sql("UPDATE export_jobs SET lease_until = now() - interval '1 second'");
    assert_eq!(rescue(&mut db.conn, &policy()).expect("rescued").recorded, 1);
    job
}

fn claim_again(db: &mut Database) -> Job {
    db.sql("UPDATE export_jobs SET run_at = now(); UPDATE lanes SET next_run_at = now()");
    db.claim(1).remove(0)
}

fn told(db: &mut Database) -> Option<String> {
    db.text(
        "SELECT concat_ws(' ', end_state, ended_by, outcome, ambiguous::text, attempt_count::text,
                (first_accepted_at IS NOT NULL)::text)
         FROM exports",
    )
}

const ACCEPTED: Option<&str> = Some("delivered receiver delivered false 1 true");

#[test]
fn a_lost_attempt_may_have_arrived_and_waits() {
    let mut db = Database::with_webhooks(1);
    lost(&mut db);
    assert_eq!(
        db.count(
            "SELECT count(*) FROM attempts a JOIN export_jobs j USING (export_id)
             WHERE a.outcome = 'worker_lost' AND a.ambiguous AND j.ambiguous_count = 1
               AND j.run_at >= now() + interval '4 minutes 50 seconds'"
        ),
        1
    );
}

#[test]
fn what_waits_is_accepted_at_once() {
    let mut db = Database::with_webhooks(1);
    let job = lost(&mut db);
    let recorded = record(&mut db.conn, &policy(), &[finished(&job, answered(200))]);
    let recorded = recorded.expect("recorded");
    assert_eq!((recorded.recorded, recorded.late.len()), (0, 1));
    assert_eq!(recorded.ended[0].0, EndState::Delivered);
    assert_eq!(told(&mut db).as_deref(), ACCEPTED);
    assert_eq!(db.count("SELECT count(*) FROM export_jobs"), 0);
    assert_eq!(db.count("SELECT count(*) FROM attempts WHERE late_outcome = 'delivered'"), 1);
    let again = record(&mut db.conn, &policy(), &[finished(&job, answered(200))]);
    assert_eq!(again.expect("recorded").ended, [], "once more changes nothing");
    db.assert_lanes_count();
}

#[test]
fn what_is_tried_again_ends_as_accepted_whatever_comes_of_that() {
    for status in [200, 500, 410] {
        let mut db = Database::with_webhooks(1);
        let first = lost(&mut db);
        let second = claim_again(&mut db);
        record(&mut db.conn, &policy(), &[finished(&first, answered(200))]).expect("recorded");
        assert_eq!(db.count("SELECT count(*) FROM exports WHERE end_state IS NOT NULL"), 0);
        record(&mut db.conn, &policy(), &[finished(&second, answered(status))]).expect("recorded");
        let accepted = ACCEPTED.map(|told| told.replace(" 1 ", " 2 "));
        assert_eq!(told(&mut db), accepted, "{status}");
        assert_eq!(db.count("SELECT count(*) FROM export_jobs"), 0);
        db.assert_lanes_count();
    }
}

#[test]
fn what_had_failed_is_accepted_after_all() {
    let mut db = Database::with_webhooks(1);
    let first = lost(&mut db);
    let second = claim_again(&mut db);
    record(&mut db.conn, &policy(), &[finished(&second, answered(410))]).expect("recorded");
    assert_eq!(told(&mut db).as_deref(), Some("failed receiver gone true 2 false"));
    record(&mut db.conn, &policy(), &[finished(&first, answered(200))]).expect("recorded");
    let accepted = ACCEPTED.map(|told| told.replace(" 1 ", " 2 "));
    assert_eq!(told(&mut db), accepted);
}

#[test]
fn what_was_refused_late_changes_nothing_but_the_log() {
    let mut db = Database::with_webhooks(1);
    let job = lost(&mut db);
    record(&mut db.conn, &policy(), &[finished(&job, answered(500))]).expect("recorded");
    assert_eq!(db.count("SELECT count(*) FROM attempts WHERE late_http_status = 500"), 1);
    assert_eq!(db.count("SELECT count(*) FROM export_jobs WHERE attempt_id IS NULL"), 1);
}

#[test]
fn what_was_accepted_stays_accepted() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 3);
    let job = db.claim(1).remove(0);
    record(&mut db.conn, &policy(), &[finished(&job, answered(200))]).expect("recorded");
    assert_eq!(told(&mut db).as_deref(), ACCEPTED);
    // As a resend does.
    db.sql(
        "UPDATE exports SET end_state = NULL, ended_by = NULL, outcome = NULL, finished_at = NULL;
         INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, attempt_number, payload_bytes)
         SELECT organisation_id, id, webhook_id, now(), attempt_count, payload_bytes FROM exports",
    );
    let again = claim_again(&mut db);
    let hung = Attempt { ambiguous: true, ..Attempt::without_request(Outcome::ResponseTimeout) };
    record(&mut db.conn, &policy(), &[finished(&again, hung)]).expect("recorded");
    let again = claim_again(&mut db);
    record(&mut db.conn, &policy(), &[finished(&again, answered(413))]).expect("recorded");
    let expected = "delivered receiver payload_too_large false 3 true";
    assert_eq!(told(&mut db).as_deref(), Some(expected), "the last send is told beside it");
}

//! Leases that ran out.

use std::time::Duration;

use store::queue::{record, renew, rescue};

use crate::database::{Database, answered, finished, policy};

const EXPIRE: &str = "UPDATE export_jobs SET lease_until = now() - interval '1 second'";

#[test]
fn an_expired_lease_becomes_worker_lost_and_a_late_refusal_changes_nothing() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 3);
    let job = db.claim(1).remove(0);
    assert_eq!(rescue(&mut db.conn, &policy()).expect("rescued").recorded, 0, "it is held");
    db.sql(EXPIRE);
    assert_eq!(rescue(&mut db.conn, &policy()).expect("rescued").recorded, 1);
    assert_eq!(db.count("SELECT count(*) FROM attempts WHERE outcome = 'worker_lost' AND next_attempt_at > now()"), 1);
    assert_eq!(
        db.count(
            "SELECT count(*) FROM export_jobs WHERE attempt_id IS NULL AND schedule_position = 1"
        ),
        1
    );
    db.assert_lanes_count();

    let late = record(&mut db.conn, &policy(), &[finished(&job, answered(500))]).expect("recorded");
    assert_eq!((late.recorded, late.late.len()), (0, 1));
    assert_eq!(db.count("SELECT count(*) FROM attempts WHERE outcome = 'worker_lost' AND late_outcome = 'http_5xx' AND late_http_status = 500"), 1);
    assert_eq!(db.count("SELECT count(*) FROM exports WHERE end_state IS NULL"), 1);
    db.assert_lanes_count();
}

#[test]
fn a_lane_that_somebody_holds_keeps_no_other_lane_waiting() {
    let mut db = Database::with_webhooks(2);
    db.enqueue(0, 1, 3);
    db.enqueue(1, 1, 3);
    db.claim(2);
    db.sql(EXPIRE);
    let mut frozen = db.another();
    let sql = "BEGIN; SELECT FROM lanes ORDER BY webhook_id LIMIT 1 FOR NO KEY UPDATE";
    diesel::connection::SimpleConnection::batch_execute(&mut frozen, sql).expect("held");
    db.sql("SET lock_timeout = '50ms'");
    assert_eq!(rescue(&mut db.conn, &policy()).expect("rescued").recorded, 1);
    diesel::connection::SimpleConnection::batch_execute(&mut frozen, "COMMIT").expect("let go");
    assert_eq!(rescue(&mut db.conn, &policy()).expect("rescued").recorded, 1);
    db.assert_lanes_count();
}

#[test]
fn a_renewed_lease_is_left_alone() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 2, 3);
    let jobs = db.claim(2);
    db.sql(EXPIRE);
    let held = [jobs[0].lease.key()];
    assert_eq!(renew(&mut db.conn, &held, Duration::from_secs(30)).expect("renewed"), 1);
    assert_eq!(rescue(&mut db.conn, &policy()).expect("rescued").recorded, 1);
    assert_eq!(
        db.text("SELECT export_id FROM export_jobs WHERE attempt_id IS NOT NULL"),
        Some(jobs[0].lease.export.to_string())
    );
    assert_eq!(
        renew(&mut db.conn, &[jobs[1].lease.key()], Duration::from_secs(30)).expect("none"),
        0
    );
}

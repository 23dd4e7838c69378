//! Maintenance: what goes, and what stays.

use std::time::Duration;

use store::maintenance::{self, PayloadRetention};
use store::queue::record;

use crate::database::{Database, answered, finished, policy};

/// The time of what has ended is over, and nothing was swept yet.
const OVER: &str = "UPDATE exports SET payload_kept_until = now() WHERE end_state IS NOT NULL;
                    UPDATE payload_ends SET kept_until = now()";

fn with_a_delivery() -> Database {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 2, 3);
    let job = db.claim(1).remove(0);
    record(&mut db.conn, &policy(), &[finished(&job, answered(200))]).expect("recorded");
    db
}

#[test]
fn payloads_go_with_the_response_bodies_and_the_log_stays() {
    let mut db = with_a_delivery();
    assert_eq!(maintenance::drop_payloads(&mut db.conn).expect("dropped"), 0, "it is kept for now");
    db.sql(OVER);
    assert_eq!(maintenance::drop_payloads(&mut db.conn).expect("dropped"), 1);
    assert_eq!(db.count("SELECT count(*) FROM export_payloads"), 1, "the unfinished one's stays");
    assert_eq!(
        db.count("SELECT count(*) FROM attempts WHERE response_body IS NULL AND http_status = 200"),
        1
    );
    assert_eq!(db.count("SELECT count(*) FROM exports WHERE payload_sha256 IS NOT NULL"), 2);
}

#[test]
fn old_exports_go_once_they_have_ended() {
    let mut db = with_a_delivery();
    db.sql(OVER);
    maintenance::drop_payloads(&mut db.conn).expect("dropped");
    assert_eq!(
        maintenance::drop_exports(&mut db.conn, Duration::from_secs(60)).expect("dropped"),
        0
    );
    db.sql("UPDATE exports SET finished_at = now() - interval '1 day' WHERE end_state IS NOT NULL");
    db.sql("SELECT pg_sleep(0.002)");
    assert_eq!(
        maintenance::drop_exports(&mut db.conn, Duration::from_millis(1)).expect("dropped"),
        1
    );
    assert_eq!(db.count("SELECT count(*) FROM exports"), 1);
}

#[test]
fn months_of_the_log_are_made_ahead_and_dropped_behind() {
    let mut db = with_a_delivery();
    let partitions = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'attempts'::regclass";
    assert_eq!(db.count(partitions), 4);
    maintenance::make_partitions(&mut db.conn).expect("nothing to do");
    assert_eq!(db.count(partitions), 4);
    db.sql("CREATE TABLE attempts_2020_01 PARTITION OF attempts FOR VALUES FROM (uuid_v7_floor('2020-01-01Z')) TO (uuid_v7_floor('2020-02-01Z'))");
    db.sql("CREATE TABLE attempts_2019_12 (LIKE attempts)");
    let dropped = maintenance::drop_partitions(&mut db.conn, Duration::ZERO).expect("dropped");
    assert_eq!(dropped, ["attempts_2019_12", "attempts_2020_01"], "and what hung on nothing");
    assert_eq!(db.count(partitions), 4, "this month stays, however short the retention");
    assert_eq!(db.count("SELECT count(*) FROM attempts"), 1);
}

#[test]
fn a_deleted_webhook_loses_what_is_sealed_once_nothing_waits() {
    let mut db = with_a_delivery();
    assert_eq!(db.claim(1).len(), 1);
    db.sql("UPDATE webhooks SET deleted_at = now()");
    assert_eq!(
        maintenance::destroy_sealed(&mut db.conn).expect("none"),
        0,
        "an export is on the wire"
    );
    db.sql("DELETE FROM export_jobs");
    assert_eq!(maintenance::destroy_sealed(&mut db.conn).expect("one"), 1);
    assert_eq!(db.count("SELECT count(*) FROM webhooks WHERE url_sealed IS NULL AND url_hmac IS NULL AND host = 'hooks.example.com'"), 1);
    assert_eq!(
        db.count("SELECT (SELECT count(*) FROM lanes) + (SELECT count(*) FROM webhook_secrets)"),
        0
    );
}

#[test]
fn payloads_go_in_batches_and_not_before_a_resend_has_come_to_its_end() {
    let mut db = with_a_delivery();
    db.sql(
        "INSERT INTO payload_ends (organisation_id, export_id, kept_until)
         SELECT organisation_id, uuid_v7(), now() - interval '1 day'
         FROM exports, generate_series(1, 600)",
    );
    db.sql(OVER);
    db.sql("UPDATE exports SET payload_kept_until = NULL");
    let mut dropped = || maintenance::drop_payloads(&mut db.conn).expect("dropped");
    assert_eq!([dropped(), dropped(), dropped()], [1_000, 201, 0]);
    assert_eq!(db.count("SELECT count(*) FROM export_payloads"), 2, "both may go out again");
}

#[test]
fn what_an_earlier_version_ended_is_noted() {
    let mut db = with_a_delivery();
    db.sql(
        "DELETE FROM payload_ends;
         UPDATE exports SET payload_kept_until = now() - interval '2 hours' WHERE end_state IS NOT NULL",
    );
    assert_eq!(maintenance::drop_payloads(&mut db.conn).expect("dropped"), 0);
    let at_once = PayloadRetention { failed: Duration::ZERO, delivered: Duration::ZERO };
    assert_eq!(maintenance::note_payloads(&mut db.conn, at_once).expect("noted"), 1);
    assert_eq!(maintenance::drop_payloads(&mut db.conn).expect("dropped"), 1);
    assert_eq!(db.count("SELECT count(*) FROM export_payloads"), 1);
}

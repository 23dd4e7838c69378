//! Retention: what goes, and what stays.

use std::time::Duration;

use store::queue::record;
use store::retention::{self, PayloadRetention};

use crate::shop::{Shop, answered, finished, policy};

/// The shortest retention there is; what counts below is `payload_kept_until`.
const AT_ONCE: PayloadRetention =
    PayloadRetention { failed: Duration::ZERO, delivered: Duration::ZERO };

fn with_a_delivery() -> Shop {
    let mut shop = Shop::with_webhooks(1);
    shop.enqueue(0, 2, 3);
    let job = shop.claim(1).remove(0);
    record(&mut shop.conn, &policy(), &[finished(&job, answered(200))]).expect("recorded");
    shop
}

#[test]
fn payloads_go_with_the_response_bodies_and_the_log_stays() {
    let mut shop = with_a_delivery();
    assert_eq!(
        retention::drop_payloads(&mut shop.conn, AT_ONCE).expect("dropped"),
        0,
        "it is kept for now"
    );
    shop.sql("UPDATE exports SET payload_kept_until = now() WHERE end_state IS NOT NULL");
    assert_eq!(retention::drop_payloads(&mut shop.conn, AT_ONCE).expect("dropped"), 1);
    assert_eq!(shop.count("SELECT count(*) FROM export_payloads"), 1, "the unfinished one's stays");
    assert_eq!(
        shop.count(
            "SELECT count(*) FROM attempts WHERE response_body IS NULL AND http_status = 200"
        ),
        1
    );
    assert_eq!(shop.count("SELECT count(*) FROM exports WHERE payload_sha256 IS NOT NULL"), 2);
}

#[test]
fn old_exports_go_once_they_have_ended() {
    let mut shop = with_a_delivery();
    shop.sql("UPDATE exports SET payload_kept_until = now() WHERE end_state IS NOT NULL");
    retention::drop_payloads(&mut shop.conn, AT_ONCE).expect("dropped");
    assert_eq!(
        retention::drop_exports(&mut shop.conn, Duration::from_secs(60)).expect("dropped"),
        0
    );
    shop.sql(
        "UPDATE exports SET finished_at = now() - interval '1 day' WHERE end_state IS NOT NULL",
    );
    shop.sql("SELECT pg_sleep(0.002)");
    assert_eq!(
        retention::drop_exports(&mut shop.conn, Duration::from_millis(1)).expect("dropped"),
        1
    );
    assert_eq!(shop.count("SELECT count(*) FROM exports"), 1);
}

#[test]
fn months_of_the_log_are_made_ahead_and_dropped_behind() {
    let mut shop = with_a_delivery();
    let partitions = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'attempts'::regclass";
    assert_eq!(shop.count(partitions), 4);
    retention::make_partitions(&mut shop.conn).expect("nothing to do");
    assert_eq!(shop.count(partitions), 4);
    shop.sql("CREATE TABLE attempts_2020_01 PARTITION OF attempts FOR VALUES FROM (uuid_v7_floor('2020-01-01Z')) TO (uuid_v7_floor('2020-02-01Z'))");
    shop.sql("CREATE TABLE attempts_2019_12 (LIKE attempts)");
    let dropped = retention::drop_partitions(&mut shop.conn, Duration::ZERO).expect("dropped");
    assert_eq!(dropped, ["attempts_2019_12", "attempts_2020_01"], "and what hung on nothing");
    assert_eq!(shop.count(partitions), 4, "this month stays, however short the retention");
    assert_eq!(shop.count("SELECT count(*) FROM attempts"), 1);
}

#[test]
fn a_deleted_webhook_loses_what_is_sealed_once_nothing_waits() {
    let mut shop = with_a_delivery();
    shop.sql("UPDATE webhooks SET deleted_at = now()");
    assert_eq!(
        retention::destroy_sealed(&mut shop.conn).expect("none"),
        0,
        "an export still waits"
    );
    shop.sql("DELETE FROM export_jobs");
    assert_eq!(retention::destroy_sealed(&mut shop.conn).expect("one"), 1);
    assert_eq!(shop.count("SELECT count(*) FROM webhooks WHERE url_sealed IS NULL AND url_hmac IS NULL AND host = 'hooks.example.com'"), 1);
    assert_eq!(
        shop.count("SELECT (SELECT count(*) FROM lanes) + (SELECT count(*) FROM webhook_secrets)"),
        0
    );
}

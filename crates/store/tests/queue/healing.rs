//! Lost leases, parked lanes, and jobs that can no longer be sent.

use std::time::Duration;

use store::queue::{end_expired, end_of_disabled, record, renew, rescue, wake_parked};
use store::retention::PayloadRetention;

use crate::shop::{Shop, answered, finished, policy};

const EXPIRE: &str = "UPDATE export_jobs SET lease_until = now() - interval '1 second'";

#[test]
fn an_expired_lease_becomes_worker_lost_and_the_late_result_changes_nothing() {
    let mut shop = Shop::with_webhooks(1);
    shop.enqueue(0, 1, 3);
    let job = shop.claim(1).remove(0);
    assert_eq!(rescue(&mut shop.conn, &policy()).expect("rescued").recorded, 0, "it is held");
    shop.sql(EXPIRE);
    assert_eq!(rescue(&mut shop.conn, &policy()).expect("rescued").recorded, 1);
    assert_eq!(shop.count("SELECT count(*) FROM attempts WHERE outcome = 'worker_lost' AND next_attempt_at > now()"), 1);
    assert_eq!(
        shop.count(
            "SELECT count(*) FROM export_jobs WHERE attempt_id IS NULL AND schedule_position = 1"
        ),
        1
    );
    shop.assert_lanes_count();

    let late =
        record(&mut shop.conn, &policy(), &[finished(&job, answered(200))]).expect("recorded");
    assert_eq!((late.recorded, late.late), (0, 1));
    assert_eq!(shop.count("SELECT count(*) FROM attempts WHERE outcome = 'worker_lost' AND late_outcome = 'delivered' AND late_http_status = 200"), 1);
    assert_eq!(shop.count("SELECT count(*) FROM exports WHERE end_state IS NULL"), 1);
    shop.assert_lanes_count();
}

#[test]
fn a_lane_that_somebody_holds_keeps_no_other_lane_waiting() {
    let mut shop = Shop::with_webhooks(2);
    shop.enqueue(0, 1, 3);
    shop.enqueue(1, 1, 3);
    shop.claim(2);
    shop.sql(EXPIRE);
    let mut frozen = shop.another();
    let sql = "BEGIN; SELECT FROM lanes ORDER BY webhook_id LIMIT 1 FOR NO KEY UPDATE";
    diesel::connection::SimpleConnection::batch_execute(&mut frozen, sql).expect("held");
    shop.sql("SET lock_timeout = '50ms'");
    assert_eq!(rescue(&mut shop.conn, &policy()).expect("rescued").recorded, 1);
    diesel::connection::SimpleConnection::batch_execute(&mut frozen, "COMMIT").expect("let go");
    assert_eq!(rescue(&mut shop.conn, &policy()).expect("rescued").recorded, 1);
    shop.assert_lanes_count();
}

#[test]
fn a_renewed_lease_is_left_alone() {
    let mut shop = Shop::with_webhooks(1);
    shop.enqueue(0, 2, 3);
    let jobs = shop.claim(2);
    shop.sql(EXPIRE);
    let held = [(jobs[0].organisation, jobs[0].export, jobs[0].attempt)];
    assert_eq!(renew(&mut shop.conn, &held, Duration::from_secs(30)).expect("renewed"), 1);
    assert_eq!(rescue(&mut shop.conn, &policy()).expect("rescued").recorded, 1);
    assert_eq!(
        shop.text("SELECT export_id FROM export_jobs WHERE attempt_id IS NOT NULL"),
        Some(jobs[0].export.to_string())
    );
    assert_eq!(
        renew(
            &mut shop.conn,
            &[(jobs[1].organisation, jobs[1].export, jobs[1].attempt)],
            Duration::from_secs(30)
        )
        .expect("none"),
        0
    );
}

#[test]
fn a_parked_lane_with_work_is_woken() {
    let mut shop = Shop::with_webhooks(2);
    shop.enqueue(0, 1, 3);
    shop.sql("UPDATE lanes SET next_run_at = 'infinity'");
    assert_eq!(shop.claim(1).len(), 0);
    assert_eq!(wake_parked(&mut shop.conn).expect("woken"), 1);
    assert_eq!(shop.claim(1).len(), 1);
}

#[test]
fn an_empty_visit_parks_the_lane_until_its_next_job() {
    let mut shop = Shop::with_webhooks(1);
    shop.enqueue(0, 1, 3);
    shop.sql("UPDATE export_jobs SET run_at = now() + interval '1 hour'");
    assert_eq!(shop.claim(1).len(), 0);
    assert_eq!(shop.count("SELECT count(*) FROM lanes l JOIN export_jobs j USING (webhook_id) WHERE l.next_run_at = j.run_at"), 1);
}

#[test]
fn what_waits_for_a_disabled_webhook_fails_and_what_is_on_the_wire_does_not() {
    let mut shop = Shop::with_webhooks(2);
    shop.enqueue(0, 3, 3);
    shop.enqueue(1, 1, 3);
    let jobs = shop.claim(1);
    shop.sql(
        "UPDATE lanes SET disabled_at = now(), disabled_reason = 'failing' WHERE in_flight = 1",
    );
    let ended: usize = std::iter::from_fn(|| {
        Some(end_of_disabled(&mut shop.conn, PayloadRetention::default()).expect("ended"))
    })
    .take_while(|ended| *ended > 0)
    .sum();
    let of_lane = shop
        .count(&format!("SELECT count(*) FROM exports WHERE webhook_id = '{}'", jobs[0].webhook));
    assert_eq!(i64::try_from(ended).expect("small"), of_lane - 1);
    assert_eq!(shop.count("SELECT count(*) FROM exports WHERE end_state = 'failed' AND outcome = 'webhook_disabled' AND ended_by = 'webhook_disabled' AND payload_kept_until > now() + interval '6 days'"), of_lane - 1);
    shop.assert_lanes_count();
}

#[test]
fn an_export_past_its_deadline_expires_unless_it_was_just_resent() {
    let mut shop = Shop::with_webhooks(1);
    shop.enqueue(0, 2, 3);
    shop.sql("UPDATE exports SET id = uuid_v7_floor(now() - interval '4 days') WHERE false");
    shop.sql("CREATE TEMP TABLE old AS SELECT organisation_id, id, uuid_v7(now() - interval '4 days') AS old_id FROM exports;
              DELETE FROM export_jobs; DELETE FROM export_payloads;
              UPDATE exports e SET id = old_id FROM old WHERE e.id = old.id;
              INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, enqueued_at, payload_bytes)
              SELECT organisation_id, id, webhook_id, now() + interval '1 hour',
                     CASE WHEN row_number() OVER () = 1 THEN now() ELSE now() - interval '4 days' END, 3 FROM exports");
    let ended = end_expired(&mut shop.conn, Duration::from_hours(72), PayloadRetention::default());
    assert_eq!(ended.expect("ended"), 1);
    assert_eq!(shop.count("SELECT count(*) FROM exports WHERE end_state = 'failed' AND outcome = 'expired' AND ended_by = 'gave_up'"), 1);
    assert_eq!(shop.count("SELECT count(*) FROM export_jobs"), 1);
}

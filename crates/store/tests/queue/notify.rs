//! Lanes are parked and become due again without losing a job, and workers are notified.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use store::queue::{
    Channel, ClaimLimits, Listener, Sent, claim, find_stranded, notify, oldest_due, record,
    wake_parked,
};

use crate::database::{Database, answered, finished, limits, organisation, policy, webhook};

/// Generous: the machine may be busy with other tests.
const DEADLINE: Duration = Duration::from_secs(45);

#[test]
fn a_lane_is_parked_as_soon_as_nothing_due_is_left() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 3, 1);
    assert_eq!(db.claim(2).len(), 2);
    assert_eq!(db.count("SELECT count(*) FROM lanes WHERE next_run_at <= now()"), 1);
    assert_eq!(db.claim(2).len(), 1);
    assert_eq!(db.count("SELECT count(*) FROM lanes WHERE next_run_at = 'infinity'"), 1);
    db.enqueue(0, 1, 1);
    assert_eq!(db.claim(2).len(), 1);
}

#[test]
fn a_delivery_wakes_no_lane() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 1);
    let jobs = db.claim(1);
    record(&mut db.conn, &policy(), &[finished(&jobs[0], answered(200))]).expect("recorded");
    assert_eq!(db.count("SELECT count(*) FROM lanes WHERE next_run_at = 'infinity'"), 1);
}

#[test]
fn a_parked_lane_is_due_with_its_next_try() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 2, 1);
    db.sql(
        "UPDATE export_jobs SET run_at = now() + interval '1 hour'
              WHERE export_id = (SELECT max(export_id::text)::uuid FROM export_jobs)",
    );
    assert_eq!(db.claim(5).len(), 1);
    let parked = "SELECT count(*) FROM lanes
                  WHERE next_run_at = (SELECT run_at FROM export_jobs WHERE attempt_id IS NULL)";
    assert_eq!(db.count(parked), 1);
}

#[test]
fn no_job_is_stranded_while_lanes_are_parked_and_woken() {
    const EACH: u32 = 300;
    let db = Database::with_webhooks(2);
    let left = Arc::new(AtomicU32::new(2 * EACH));
    std::thread::scope(|scope| {
        for number in 0..2 {
            let mut enqueuer = Database { conn: db.another(), url: db.url.clone() };
            scope.spawn(move || (0..EACH).for_each(|_| enqueuer.enqueue(number, 1, 1)));
            let (mut conn, left) = (db.another(), Arc::clone(&left));
            scope.spawn(move || {
                let begun = Instant::now();
                while left.load(Ordering::Relaxed) > 0 {
                    assert!(begun.elapsed() < DEADLINE, "a job is stranded");
                    let jobs = claim(&mut conn, &limits(3)).expect("claimed");
                    let results: Vec<_> =
                        jobs.iter().map(|job| finished(job, answered(200))).collect();
                    while !record(&mut conn, &policy(), &results).expect("recorded").left.is_empty()
                    {
                    }
                    left.fetch_sub(u32::try_from(jobs.len()).expect("few"), Ordering::Relaxed);
                }
            });
        }
    });
}

#[test]
fn a_blocked_lane_is_woken_for_when_it_may_go_on() {
    let mut db = Database::with_webhooks(1);
    db.sql("UPDATE lanes SET blocked_until = now() + interval '1 hour'");
    db.enqueue(0, 1, 1);
    assert_eq!(db.count("SELECT count(*) FROM lanes WHERE next_run_at = blocked_until"), 1);
    assert_eq!(wake_parked(&mut db.conn).expect("swept"), 0);
}

#[test]
fn a_listener_receives_a_notification() {
    let mut db = Database::with_webhooks(1);
    let mut listener = Listener::connect(&db.url, Channel::Jobs).expect("listening");
    assert!(!listener.received().expect("a link"), "nothing has happened yet");
    notify(&mut db.conn, &[(organisation(), webhook(0))]).expect("notified");
    let begun = Instant::now();
    while !listener.received().expect("a link") {
        assert!(begun.elapsed() < DEADLINE, "nothing was received");
        std::thread::yield_now();
    }
}

#[test]
fn a_listener_learns_that_the_link_is_lost() {
    let mut db = Database::with_webhooks(1);
    let mut listener = Listener::connect(&db.url, Channel::Jobs).expect("listening");
    db.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE query LIKE 'LISTEN%' AND datname = current_database()",
    );
    let begun = Instant::now();
    while listener.received().is_ok() {
        assert!(begun.elapsed() < DEADLINE, "the loss was not noticed");
        std::thread::yield_now();
    }
}

#[test]
fn a_stranded_lane_is_found_again() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 1);
    db.sql("UPDATE lanes SET due_from = now() + interval '1 second'");
    assert_eq!(db.claim(5).len(), 0);
    assert_eq!(wake_parked(&mut db.conn).expect("swept"), 0);
    assert_eq!(find_stranded(&mut db.conn).expect("found"), 1);
    assert_eq!(db.claim(5).len(), 1);
    assert_eq!(find_stranded(&mut db.conn).expect("found"), 0);
}

#[test]
fn a_result_that_comes_late_lowers_the_bound() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 1);
    let jobs = db.claim(1);
    db.sql("UPDATE lanes SET due_from = now() + interval '1 hour'");
    let aborted = domain::attempt::Attempt::without_request(domain::outcome::Outcome::Aborted);
    let at_once = Sent { elapsed: Duration::ZERO, ..finished(&jobs[0], aborted) };
    record(&mut db.conn, &policy(), &[at_once]).expect("recorded");
    assert_eq!(db.claim(1).len(), 1, "an aborted try is due at once");
}

#[test]
fn claims_need_not_look_before_the_oldest_due_lane() {
    let mut db = Database::with_webhooks(2);
    db.enqueue(0, 1, 1);
    db.sql("UPDATE lanes SET next_run_at = now() - interval '1 minute' WHERE next_run_at <= now()");
    let due_since = oldest_due(&mut db.conn).expect("Postgres").expect("a lane is due");
    let later = ClaimLimits { due_since: due_since + chrono::TimeDelta::seconds(6), ..limits(5) };
    assert_eq!(claim(&mut db.conn, &later).expect("claimed").len(), 0);
    let now = ClaimLimits { due_since, ..limits(5) };
    assert_eq!(claim(&mut db.conn, &now).expect("claimed").len(), 1);
}

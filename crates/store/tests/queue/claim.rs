//! Who gets which job.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use store::queue::{ClaimLimits, claim, read_body};

use crate::database::{Database, limits, webhook};

#[test]
fn a_claim_carries_all_that_is_needed_to_send() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 3);
    let jobs = db.claim(10);
    let [job] = jobs.as_slice() else { panic!("one job, not {}", jobs.len()) };
    assert_eq!((job.lease.webhook, job.lease.attempt_number), (webhook(0), 1));
    assert_eq!(job.body.as_deref(), Some(&b"xxx"[..]));
    assert_eq!(job.target.url_sealed, b"url");
    assert_eq!(job.target.secrets_sealed, [b"secret"]);
    assert_eq!(job.target.host, "hooks.example.com");
    db.assert_lanes_count();
}

#[test]
fn two_secrets_sign_while_a_rotation_overlaps() {
    let mut db = Database::with_webhooks(1);
    db.sql("UPDATE webhook_secrets SET signs_until = now() + interval '1 day';
              INSERT INTO webhook_secrets (organisation_id, webhook_id, secret_sealed) SELECT organisation_id, webhook_id, 'new' FROM webhook_secrets;
              INSERT INTO webhook_secrets (organisation_id, webhook_id, secret_sealed, signs_until) SELECT organisation_id, webhook_id, 'over', now() FROM webhook_secrets LIMIT 1");
    db.enqueue(0, 1, 3);
    assert_eq!(db.claim(1)[0].target.secrets_sealed, [b"new".to_vec(), b"secret".to_vec()]);
}

#[test]
fn large_bodies_are_read_one_by_one() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 65_537);
    let job = db.claim(1).remove(0);
    assert_eq!(job.body, None);
    let body = read_body(&mut db.conn, job.lease.organisation, job.lease.export).expect("read");
    assert_eq!(body.map(|body| body.len()), Some(65_537));
}

#[test]
fn a_lane_never_gets_above_its_cap() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 20, 1);
    assert_eq!(db.claim(100).len(), 8);
    assert_eq!(db.claim(100).len(), 0);
    db.sql("UPDATE lanes SET cap = 10");
    assert_eq!(db.claim(100).len(), 0, "a probe's cap never exceeds the worker's");
    db.assert_lanes_count();
}

#[test]
fn lanes_take_turns() {
    let mut db = Database::with_webhooks(4);
    for number in 0..4 {
        db.enqueue(number, 8, 1);
    }
    let first: HashSet<_> = db.claim(2).iter().map(|job| job.lease.webhook).collect();
    let second: HashSet<_> = db.claim(2).iter().map(|job| job.lease.webhook).collect();
    assert_eq!((first.len(), second.len()), (2, 2));
    assert!(first.is_disjoint(&second), "those that were served wait for the others");
}

#[test]
fn large_payloads_stay_within_the_budget_and_a_giant_goes_alone() {
    let mut db = Database::with_webhooks(2);
    db.enqueue(0, 4, 100_000);
    db.enqueue(1, 4, 100_000);
    let tight = ClaimLimits { payload_bytes: 250_000, oversized: false, ..limits(10) };
    let claimed = claim(&mut db.conn, &tight).expect("claimed");
    let lanes: HashSet<_> = claimed.iter().map(|job| job.lease.webhook).collect();
    assert_eq!((claimed.len(), lanes.len()), (2, 2), "one round over the lanes at a time");
    let tiny = ClaimLimits { payload_bytes: 10, oversized: false, ..limits(10) };
    assert_eq!(claim(&mut db.conn, &tiny).expect("claimed").len(), 0);
    let alone = ClaimLimits { payload_bytes: 10, oversized: true, ..limits(10) };
    assert_eq!(claim(&mut db.conn, &alone).expect("claimed").len(), 1);
    db.assert_lanes_count();
}

#[test]
fn small_payloads_pass_by_a_large_one_that_waits_for_the_budget() {
    let mut db = Database::with_webhooks(2);
    db.enqueue(0, 1, 100_000);
    db.enqueue(1, 5, 10);
    let full = ClaimLimits { payload_bytes: 0, oversized: false, ..limits(10) };
    assert_eq!(claim(&mut db.conn, &full).expect("claimed").len(), 5);
    db.assert_lanes_count();
}

#[test]
fn blocked_and_disabled_lanes_wait() {
    let mut db = Database::with_webhooks(2);
    db.enqueue(0, 1, 1);
    db.enqueue(1, 1, 1);
    db.sql(&format!(
        "UPDATE lanes SET blocked_until = now() + interval '1 minute' WHERE webhook_id = '{}'",
        webhook(0)
    ));
    db.sql(&format!(
        "UPDATE lanes SET disabled_at = now(), disabled_reason = 'gone' WHERE webhook_id = '{}'",
        webhook(1)
    ));
    assert_eq!(db.claim(10).len(), 0);
}

#[test]
fn four_workers_share_without_overlap() {
    let mut db = Database::with_webhooks(50);
    for number in 0..50 {
        db.enqueue(number, 8, 1);
    }
    let left = Arc::new(AtomicUsize::new(400));
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let (mut conn, left) = (db.another(), Arc::clone(&left));
            std::thread::spawn(move || {
                let mut mine = Vec::new();
                // An empty claim may only mean that the others hold the lanes.
                while left.load(Ordering::Relaxed) > 0 {
                    let claimed = claim(&mut conn, &limits(7)).expect("claimed");
                    left.fetch_sub(claimed.len(), Ordering::Relaxed);
                    mine.extend(claimed);
                }
                mine
            })
        })
        .collect();
    let jobs: Vec<_> =
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect();
    let distinct: HashSet<_> = jobs.iter().map(|job| job.lease.export).collect();
    assert_eq!((jobs.len(), distinct.len()), (400, 400));
    db.assert_lanes_count();
}

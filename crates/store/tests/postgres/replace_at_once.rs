//! Replacing a webhook while others replace, accept, claim and sweep, and where much waits for it.

use std::thread;

use store::Conn;
use store::idempotency_keys::IdempotencyKey;
use store::queue::carry_over;
use store::webhooks::{ReplaceRefusal, replace};

use crate::people::count;
use crate::replace::{ALL, replacement, story};
use crate::sending::{answer, lease, new_export, try_export};

/// More than one transaction ends.
const WAITING: i64 = 700;

/// The replacement notes all of it, ends no more than a batch, and leaves the rest to sweeps.
#[test]
fn where_much_waits_it_is_as_short() {
    let mut story = story();
    let export = story.export();
    story.world.sql(&format!(
        "WITH made AS (
             INSERT INTO exports (organisation_id, id, type, webhook_id, webhook_name, host,
                 requested_by_type, requested_by_id, requested_by_name, requested_by_email,
                 candidate_count, payload_bytes, payload_sha256)
             SELECT organisation_id, uuid_v7(), type, webhook_id, webhook_name, host,
                 requested_by_type, requested_by_id, requested_by_name, requested_by_email,
                 candidate_count, payload_bytes, payload_sha256
             FROM exports, generate_series(2, {WAITING}) RETURNING *),
         kept AS (
             INSERT INTO export_payloads
             SELECT organisation_id, made.id, (SELECT body FROM export_payloads) FROM made),
         people AS (
             INSERT INTO export_applications
             SELECT made.organisation_id, made.id, sequence, application_id, candidate_id
             FROM made CROSS JOIN export_applications)
         INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, payload_bytes)
         SELECT organisation_id, id, webhook_id, now(), payload_bytes FROM made"
    ));
    let new = replacement(&mut story.world.conn, 2, ALL);
    let (admin, old) = (story.world.admin.clone(), story.old);
    let replaced = replace(&mut story.world.conn, &admin, old, &new, None).expect("Postgres");
    assert_eq!(replaced.map(|replaced| replaced.written), Ok(500));
    assert_eq!(count(&mut story.world.conn, "carry_overs"), WAITING);
    assert_eq!(count(&mut story.world.conn, "export_jobs"), WAITING - 500);
    story.sweep();
    let carried = format!("exports WHERE webhook_id = '{}'", new.id);
    assert_eq!(count(&mut story.world.conn, &carried), WAITING);
    assert_eq!(count(&mut story.world.conn, "carry_overs"), 0);
    assert!(story.read(export).continued_as.is_some());
}

/// Of two at once one replaces, and the other one finds it gone; each export goes on once.
#[test]
fn two_replacements_at_once() {
    for _ in 0..8 {
        let mut story = story();
        story.export();
        let both = [2, 3].map(|url| replacement(&mut story.world.conn, url, ALL));
        let mut links = [story.world.connect(), story.world.connect()];
        let (admin, old) = (story.world.admin.clone(), story.old);
        let done: Vec<_> = thread::scope(|scope| {
            let pairs = links.iter_mut().zip(&both);
            let running: Vec<_> = pairs
                .map(|(link, new)| scope.spawn(|| replace(link, &admin, old, new, None)))
                .collect();
            let joined = running.into_iter().map(|one| one.join().expect("no panic"));
            joined.map(|one| one.expect("Postgres").map(|_| ())).collect()
        });
        assert_eq!(done.iter().filter(|one| one.is_ok()).count(), 1, "{done:?}");
        assert!(done.contains(&Err(ReplaceRefusal::Unknown)), "{done:?}");
        story.sweep();
        assert_eq!(count(&mut story.world.conn, "export_jobs"), 1);
        assert_eq!(count(&mut story.world.conn, "webhooks WHERE deleted_at IS NULL"), 1);
    }
}

#[test]
fn one_key_at_once_replaces_once() {
    let mut story = story();
    story.export();
    let news: Vec<_> = (0..6).map(|_| replacement(&mut story.world.conn, 2, ALL)).collect();
    let mut links: Vec<_> = news.iter().map(|_| story.world.connect()).collect();
    let (admin, old) = (story.world.admin.clone(), story.old);
    let key = IdempotencyKey {
        caller: "ada".to_owned(),
        operation: "replace_webhook".to_owned(),
        key: "k".to_owned(),
        request_sha256: [1; 32],
    };
    let done: Vec<_> = thread::scope(|scope| {
        let pairs = links.iter_mut().zip(&news);
        let running: Vec<_> = pairs
            .map(|(link, new)| scope.spawn(|| replace(link, &admin, old, new, Some(&key))))
            .collect();
        let joined = running.into_iter().map(|one| one.join().expect("no panic"));
        joined.map(|one| one.expect("Postgres").expect("replaced")).collect()
    });
    assert_eq!(done.iter().filter(|one| !one.replayed).count(), 1, "{done:?}");
    assert!(done.iter().all(|one| one.webhook == done[0].webhook), "{done:?}");
    assert_eq!(count(&mut story.world.conn, "webhooks"), 2);
}

/// An export that is accepted at the same time goes on, or is refused; it is never lost. Sweeps of two
/// workers carry each over once.
#[test]
fn a_replacement_an_acceptance_a_claim_and_two_sweeps_at_once() {
    for _ in 0..8 {
        let mut story = story();
        (0..5).for_each(|_| {
            story.export();
        });
        story.wake(story.old);
        let new = replacement(&mut story.world.conn, 2, ALL);
        let asked = new_export(story.old, story.vacancy, &story.picked);
        let mut links: Vec<_> = (0..5).map(|_| story.world.connect()).collect();
        let (admin, rosa, old) = (story.world.admin.clone(), story.world.rosa.clone(), story.old);
        let (accepted, jobs) = thread::scope(|scope| {
            let mut links = links.iter_mut();
            let mut link = || links.next().expect("five");
            let (one, two, three, four, five) = (link(), link(), link(), link(), link());
            let replaced = scope.spawn(|| replace(one, &admin, old, &new, None));
            let accepted = scope.spawn(|| try_export(two, &rosa, &asked).is_ok());
            let jobs = scope.spawn(|| lease(three, 2));
            let sweep = |link: &mut Conn| {
                for _ in 0..20 {
                    assert!(carry_over(link).expect("Postgres").failed.is_empty());
                }
            };
            let sweeps = [scope.spawn(move || sweep(four)), scope.spawn(move || sweep(five))];
            replaced.join().expect("no panic").expect("Postgres").expect("replaced");
            sweeps.into_iter().for_each(|sweep| sweep.join().expect("no panic"));
            (accepted.join().expect("no panic"), jobs.join().expect("no panic"))
        });
        answer(&mut story.world.conn, jobs, 503);
        story.sweep();
        let expected = 5 + i64::from(accepted);
        let successor = format!("exports WHERE webhook_id = '{}'", new.id);
        assert_eq!(count(&mut story.world.conn, &successor), expected);
        assert_eq!(count(&mut story.world.conn, "export_jobs"), expected);
    }
}

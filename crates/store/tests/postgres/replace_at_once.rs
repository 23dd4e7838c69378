//! Replacing a webhook while others replace, accept, claim and sweep.

use std::thread;

use store::Conn;
use store::queue::carry_over;
use store::webhooks::{ReplaceRefusal, replace};

use crate::people::count;
use crate::replace::{ALL, replacement, story};
use crate::sending::{answer, lease, new_export, try_export};

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

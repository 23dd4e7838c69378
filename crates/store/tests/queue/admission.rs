//! How claims share the room: who is saturated is left out, and who may hang is limited.

use store::queue::{ClaimLimits, Saturated, UnresponsiveLimit, claim, held_by_others};

use crate::database::{Database, limits, organisation, webhook};

#[test]
fn saturated_organisations_and_hosts_are_left_out() {
    let mut db = Database::with_webhooks(2);
    db.sql(&format!("UPDATE webhooks SET host = 'full.example.com' WHERE id = '{}'", webhook(0)));
    db.enqueue(0, 4, 1);
    db.enqueue(1, 4, 1);
    let without = |organisations: &[_], hosts: &[&str]| {
        let hosts = hosts.iter().map(|host| (organisation(), (*host).to_owned())).collect();
        let saturated = Saturated { organisations: organisations.to_vec(), hosts };
        ClaimLimits { saturated, ..limits(10) }
    };
    let none = claim(&mut db.conn, &without(&[organisation()], &[])).expect("claimed");
    assert_eq!(none.len(), 0);
    let others = claim(&mut db.conn, &without(&[], &["full.example.com"])).expect("claimed");
    assert!(others.len() == 4 && others.iter().all(|job| job.lease.webhook == webhook(1)));
    assert_eq!(db.claim(10).len(), 4, "who was left out was not parked");
    db.assert_lanes_count();
}

#[test]
fn webhooks_that_are_not_known_to_be_responsive_get_what_is_left_for_them() {
    let mut db = Database::with_webhooks(3);
    for number in 0..3 {
        db.enqueue(number, 9, 1);
    }
    let unresponsive = |cap, jobs| ClaimLimits {
        unresponsive: Some(UnresponsiveLimit { cap, jobs, responsive: vec![webhook(0)] }),
        ..limits(30)
    };
    let mut claimed = |cap, jobs| {
        let jobs = claim(&mut db.conn, &unresponsive(cap, jobs)).expect("claimed");
        let responsive = jobs.iter().filter(|job| job.lease.webhook == webhook(0)).count();
        (responsive, jobs.len() - responsive)
    };
    assert_eq!(claimed(1, 30), (8, 2));
    assert_eq!(claimed(1, 30), (0, 0), "each of them has one in flight");
    assert_eq!(claimed(u32::MAX, 3), (0, 3), "together they take what is left for them");
    assert_eq!(claimed(u32::MAX, 0), (0, 0));
    db.assert_lanes_count();
}

#[test]
fn what_others_hold_is_counted_by_organisation_and_host() {
    let mut db = Database::with_webhooks(2);
    db.enqueue(0, 3, 1);
    db.enqueue(1, 2, 1);
    assert_eq!(db.claim(10).len(), 5);
    assert_eq!(held_by_others(&mut db.conn, "test").expect("counted"), []);
    let seen = held_by_others(&mut db.conn, "another").expect("counted");
    let [seen] = seen.as_slice() else { panic!("one row, not {seen:?}") };
    assert_eq!((seen.organisation, seen.jobs), (organisation(), 5));
    assert_eq!(seen.host, "hooks.example.com");
}

//! How claims share the room: who has enough in flight is left out, and who may hang is held back.

use store::queue::{ClaimLimits, Crowded, Unproven, claim, leased_elsewhere};

use crate::shop::{Shop, limits, organisation, webhook};

#[test]
fn crowded_organisations_and_hosts_are_left_out() {
    let mut shop = Shop::with_webhooks(2);
    shop.sql(&format!("UPDATE webhooks SET host = 'full.example.com' WHERE id = '{}'", webhook(0)));
    shop.enqueue(0, 4, 1);
    shop.enqueue(1, 4, 1);
    let without = |organisations: &[_], hosts: &[&str]| {
        let hosts = hosts.iter().map(|host| (organisation(), (*host).to_owned())).collect();
        let crowded = Crowded { organisations: organisations.to_vec(), hosts };
        ClaimLimits { crowded, ..limits(10) }
    };
    let none = claim(&mut shop.conn, &without(&[organisation()], &[])).expect("claimed");
    assert_eq!(none.len(), 0);
    let others = claim(&mut shop.conn, &without(&[], &["full.example.com"])).expect("claimed");
    assert!(others.len() == 4 && others.iter().all(|job| job.webhook == webhook(1)));
    assert_eq!(shop.claim(10).len(), 4, "who was left out was not parked");
    shop.assert_lanes_count();
}

#[test]
fn webhooks_that_did_not_prove_quick_get_what_is_left_for_them() {
    let mut shop = Shop::with_webhooks(3);
    for number in 0..3 {
        shop.enqueue(number, 9, 1);
    }
    let unproven = |cap, jobs| ClaimLimits {
        unproven: Some(Unproven { cap, jobs, quick: vec![webhook(0)] }),
        ..limits(30)
    };
    let mut claimed = |cap, jobs| {
        let jobs = claim(&mut shop.conn, &unproven(cap, jobs)).expect("claimed");
        let quick = jobs.iter().filter(|job| job.webhook == webhook(0)).count();
        (quick, jobs.len() - quick)
    };
    assert_eq!(claimed(1, 30), (8, 2));
    assert_eq!(claimed(1, 30), (0, 0), "each of them has one in flight");
    assert_eq!(claimed(u32::MAX, 3), (0, 3), "together they take what is left for them");
    assert_eq!(claimed(u32::MAX, 0), (0, 0));
    shop.assert_lanes_count();
}

#[test]
fn what_others_hold_is_counted_by_organisation_and_host() {
    let mut shop = Shop::with_webhooks(2);
    shop.enqueue(0, 3, 1);
    shop.enqueue(1, 2, 1);
    assert_eq!(shop.claim(10).len(), 5);
    assert_eq!(leased_elsewhere(&mut shop.conn, "test").expect("counted"), []);
    let seen = leased_elsewhere(&mut shop.conn, "another").expect("counted");
    let [seen] = seen.as_slice() else { panic!("one row, not {seen:?}") };
    assert_eq!((seen.organisation, seen.jobs), (organisation(), 5));
    assert_eq!(seen.host, "hooks.example.com");
}

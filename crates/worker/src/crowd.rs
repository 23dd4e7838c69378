//! How the room of a worker is shared: organisations and hosts that have enough in flight are left
//! out, and receivers that may hang leave room for those that answer.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use domain::id::{OrganisationId, WebhookId};
use domain::webhook_url::serves_many;
use lru::LruCache;
use store::queue::{OtherLeases, Saturated, UnresponsiveLimit};
use tokio::time::Instant;

use crate::flight::Flight;

/// For how long that counts.
const PROVEN: Duration = Duration::from_mins(1);

/// How many times as much a host may have in flight behind which unrelated customers live.
const MANY: u32 = 8;

/// The caps of a worker. They are soft: a claim may go beyond them by its own size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caps {
    /// Most requests of this worker.
    pub(crate) concurrency: u32,
    /// Most requests per organisation, over all workers.
    pub(crate) organisation: u32,
    /// Most requests per host, over all workers.
    pub(crate) host: u32,
    /// A request that took no longer proves its webhook quick.
    pub(crate) quick_within: Duration,
}

/// Who has enough in flight, by what flies here and was last seen elsewhere.
pub(crate) fn crowded(caps: &Caps, flying: &[&Flight], elsewhere: &[OtherLeases]) -> Saturated {
    let mut organisations: HashMap<OrganisationId, i64> = HashMap::new();
    let mut hosts: HashMap<&str, (i64, HashSet<OrganisationId>)> = HashMap::new();
    let here = flying.iter().map(|flight| (flight.organisation, flight.target.host.as_str(), 1));
    let there = elsewhere.iter().map(|seen| (seen.organisation, seen.host.as_str(), seen.jobs));
    for (organisation, host, jobs) in here.chain(there) {
        *organisations.entry(organisation).or_default() += jobs;
        let (together, who) = hosts.entry(host).or_default();
        *together += jobs;
        who.insert(organisation);
    }
    let cap_of = |host: &str| caps.host.saturating_mul(if serves_many(host) { MANY } else { 1 });
    let full = |jobs: i64, cap: u32| jobs >= i64::from(cap);
    Saturated {
        organisations: organisations
            .into_iter()
            .filter_map(|(id, jobs)| full(jobs, caps.organisation).then_some(id))
            .collect(),
        hosts: hosts
            .into_iter()
            .filter(|(host, (jobs, _))| full(*jobs, cap_of(host)))
            .flat_map(|(host, (_, who))| who.into_iter().map(|id| (id, host.to_owned())))
            .collect(),
    }
}

/// The limit for webhooks that did not prove quick. Together they may hold three quarters of all
/// requests, which leaves the last one to the quick; from a quarter on, each of them has one only.
/// None while a claim of `jobs` cannot touch either.
pub(crate) fn unproven(
    concurrency: u32,
    jobs: u32,
    flying: &[&Flight],
    quick: &LruCache<WebhookId, Instant>,
    now: Instant,
    quick_within: Duration,
) -> Option<UnresponsiveLimit> {
    let proven = |webhook: &WebhookId| {
        quick.peek(webhook).is_some_and(|at| now.saturating_duration_since(*at) < PROVEN)
    };
    let slow: HashSet<WebhookId> = flying
        .iter()
        .filter(|flight| now.saturating_duration_since(flight.claimed_at) > quick_within)
        .map(|flight| flight.webhook)
        .collect();
    let held = flying
        .iter()
        .filter(|flight| !proven(&flight.webhook) || slow.contains(&flight.webhook))
        .count();
    let held = u32::try_from(held).unwrap_or(u32::MAX);
    let left = concurrency.saturating_mul(3).div_ceil(4).saturating_sub(held);
    let one_each = held >= (concurrency / 4).max(1);
    if !one_each && left >= jobs {
        return None;
    }
    let quick = quick.iter().map(|(webhook, _)| *webhook);
    let quick = quick.filter(|webhook| proven(webhook) && !slow.contains(webhook)).collect();
    Some(UnresponsiveLimit {
        cap: if one_each { 1 } else { u32::MAX },
        jobs: left,
        responsive: quick,
    })
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::Arc;

    use chrono::DateTime;
    use domain::retry::Tries;
    use store::queue::{Job, Lease, Target};
    use uuid::Uuid;

    use super::*;

    const QUICK: Duration = Duration::from_secs(5);
    const CAPS: Caps = Caps { concurrency: 40, organisation: 4, host: 2, quick_within: QUICK };

    fn flight(organisation: u128, webhook: u128, host: &str, claimed_at: Instant) -> Flight {
        let lease = Lease {
            organisation: Uuid::from_u128(organisation).into(),
            export: Uuid::nil().into(),
            webhook: Uuid::from_u128(webhook).into(),
            attempt: Uuid::nil().into(),
            attempt_number: 1,
            tries: Tries::default(),
            worker: "worker".into(),
            enqueued_at: DateTime::UNIX_EPOCH,
            started_at: DateTime::UNIX_EPOCH,
            payload_bytes: 0,
        };
        let target = Arc::new(Target { host: host.to_owned(), ..Target::default() });
        let job = Job { lease, target, body: None };
        Flight::of(&job, claimed_at)
    }

    fn webhooks(number: u128, flights: u128, at: Instant) -> Vec<Flight> {
        (0..flights).map(|_| flight(1, number, "hooks.example.com", at)).collect()
    }

    /// The cap of each, what they may take together, and how many are quick.
    fn limit(flights: &[Flight], quick: &[u128], now: Instant) -> Option<(u32, u32, usize)> {
        let mut proven = LruCache::new(NonZeroUsize::new(10).expect("not zero"));
        for number in quick {
            proven.put(Uuid::from_u128(*number).into(), now);
        }
        let flying: Vec<_> = flights.iter().collect();
        let unproven = unproven(CAPS.concurrency, 8, &flying, &proven, now, QUICK)?;
        Some((unproven.cap, unproven.jobs, unproven.responsive.len()))
    }

    #[test]
    fn organisations_and_hosts_are_full_at_their_cap_over_all_workers() {
        let now = Instant::now();
        let here = [flight(1, 1, "a.example.com", now), flight(2, 2, "hooks.zapier.com", now)];
        let elsewhere = |organisation, host: &str, jobs| OtherLeases {
            organisation: Uuid::from_u128(organisation).into(),
            host: host.to_owned(),
            jobs,
        };
        let seen = [
            elsewhere(1, "a.example.com", 1),
            elsewhere(1, "b.example.com", 1),
            elsewhere(2, "hooks.zapier.com", 3),
        ];
        let crowded = crowded(&CAPS, &here.iter().collect::<Vec<_>>(), &seen);
        assert_eq!(crowded.organisations, [Uuid::from_u128(2).into()]);
        assert_eq!(crowded.hosts, [(Uuid::from_u128(1).into(), "a.example.com".to_owned())]);
    }

    #[test]
    fn who_may_hang_leaves_room_for_the_quick() {
        let now = Instant::now();
        assert_eq!(limit(&webhooks(1, 9, now), &[2], now), None);
        assert_eq!(limit(&webhooks(1, 10, now), &[2], now), Some((1, 20, 1)));
        assert_eq!(limit(&webhooks(1, 30, now), &[2], now), Some((1, 0, 1)));
        assert_eq!(limit(&webhooks(1, 30, now), &[1], now), None, "it answers in good time");
    }

    #[test]
    fn one_claim_alone_cannot_take_what_is_left_to_the_quick() {
        let none = LruCache::new(NonZeroUsize::new(1).expect("not zero"));
        let unproven = unproven(8, 8, &[], &none, Instant::now(), QUICK).expect("a limit");
        assert_eq!((unproven.cap, unproven.jobs), (u32::MAX, 6));
    }

    #[test]
    fn a_quick_webhook_that_hangs_now_is_no_longer_quick() {
        let begun = Instant::now();
        let now = begun + QUICK * 2;
        assert_eq!(limit(&webhooks(1, 10, begun), &[1, 2], now), Some((1, 20, 1)));
    }

    #[test]
    fn a_worker_of_one_request_still_works() {
        let now = Instant::now();
        let none = LruCache::new(NonZeroUsize::new(1).expect("not zero"));
        assert_eq!(unproven(1, 1, &[], &none, now, QUICK), None);
    }
}

//! Which webhooks answered in good time lately, and what the others may have in flight.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::time::Duration;

use domain::id::WebhookId;
use lru::LruCache;
use store::queue::UnresponsiveLimit;
use tokio::time::Instant;

use super::Request;

/// For how long an answer in good time counts.
const VALID: Duration = Duration::from_mins(1);

/// Webhooks that are remembered.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(4_096).expect("not zero");

/// When webhooks last answered in good time; those that did not are taken out.
pub(super) struct Responsiveness {
    within: Duration,
    answered_at: LruCache<WebhookId, Instant>,
}

impl Responsiveness {
    pub(super) fn new(within: Duration) -> Self {
        Self { within, answered_at: LruCache::new(REMEMBERED) }
    }

    /// A request has ended; `answered_after` is none where no answer came.
    pub(super) fn learn(
        &mut self,
        webhook: WebhookId,
        answered_after: Option<Duration>,
        now: Instant,
    ) {
        if answered_after.is_some_and(|elapsed| elapsed < self.within) {
            self.answered_at.put(webhook, now);
        } else {
            self.answered_at.pop(&webhook);
        }
    }

    /// The limit for webhooks that are not known to be responsive. Together they may have three
    /// quarters of all requests, so that the last quarter is left to the responsive ones; once they
    /// have a quarter, each of them gets one at a time. None while a claim of `jobs` cannot reach
    /// either.
    pub(super) fn limit(
        &self,
        concurrency: u32,
        jobs: u32,
        requests: &[Request],
        now: Instant,
    ) -> Option<UnresponsiveLimit> {
        let slow: HashSet<WebhookId> = requests
            .iter()
            .filter(|request| now.saturating_duration_since(request.claimed_at) > self.within)
            .map(|request| request.webhook)
            .collect();
        let responsive =
            |webhook: &WebhookId| self.answered_lately(webhook, now) && !slow.contains(webhook);
        let held = requests.iter().filter(|request| !responsive(&request.webhook)).count();
        let held = u32::try_from(held).unwrap_or(u32::MAX);
        let left = concurrency.saturating_mul(3).div_ceil(4).saturating_sub(held);
        let one_each = held >= (concurrency / 4).max(1);
        if !one_each && left >= jobs {
            return None;
        }
        let webhooks = self.answered_at.iter().map(|(webhook, _)| *webhook);
        Some(UnresponsiveLimit {
            cap: if one_each { 1 } else { u32::MAX },
            jobs: left,
            responsive: webhooks.filter(responsive).collect(),
        })
    }

    fn answered_lately(&self, webhook: &WebhookId, now: Instant) -> bool {
        let answered_at = self.answered_at.peek(webhook);
        answered_at.is_some_and(|at| now.saturating_duration_since(*at) < VALID)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::request;
    use super::*;

    const WITHIN: Duration = Duration::from_secs(5);
    const CONCURRENCY: u32 = 40;

    fn requests(webhook: u128, requests: u128, at: Instant) -> Vec<Request> {
        (0..requests).map(|_| request(1, webhook, "hooks.example.com", at)).collect()
    }

    fn known(responsive: &[u128], now: Instant) -> Responsiveness {
        let mut known = Responsiveness::new(WITHIN);
        for number in responsive {
            known.learn(Uuid::from_u128(*number).into(), Some(Duration::ZERO), now);
        }
        known
    }

    /// The cap of each, what they may take together, and how many are responsive.
    fn limit(requests: &[Request], responsive: &[u128], now: Instant) -> Option<(u32, u32, usize)> {
        let limit = known(responsive, now).limit(CONCURRENCY, 8, requests, now)?;
        Some((limit.cap, limit.jobs, limit.responsive.len()))
    }

    #[test]
    fn who_may_hang_leaves_room_for_the_responsive() {
        let now = Instant::now();
        assert_eq!(limit(&requests(1, 9, now), &[2], now), None);
        assert_eq!(limit(&requests(1, 10, now), &[2], now), Some((1, 20, 1)));
        assert_eq!(limit(&requests(1, 30, now), &[2], now), Some((1, 0, 1)));
        assert_eq!(limit(&requests(1, 30, now), &[1], now), None, "it answers in good time");
    }

    #[test]
    fn one_claim_alone_cannot_take_what_is_left_to_the_responsive() {
        let now = Instant::now();
        let limit = known(&[], now).limit(8, 8, &[], now).expect("a limit");
        assert_eq!((limit.cap, limit.jobs), (u32::MAX, 6));
    }

    #[test]
    fn a_responsive_webhook_that_hangs_now_is_no_longer_responsive() {
        let begun = Instant::now();
        let now = begun + WITHIN * 2;
        assert_eq!(limit(&requests(1, 10, begun), &[1, 2], now), Some((1, 20, 1)));
    }

    #[test]
    fn a_worker_of_one_request_still_works() {
        let now = Instant::now();
        assert_eq!(known(&[], now).limit(1, 1, &[], now), None);
    }

    #[test]
    fn a_webhook_that_did_not_answer_in_good_time_is_forgotten() {
        let (now, webhook) = (Instant::now(), Uuid::from_u128(1).into());
        for answered_after in [None, Some(WITHIN)] {
            let mut known = known(&[1], now);
            assert!(known.answered_lately(&webhook, now));
            assert!(!known.answered_lately(&webhook, now + VALID), "an old answer proves nothing");
            known.learn(webhook, answered_after, now);
            assert!(!known.answered_lately(&webhook, now));
        }
    }
}

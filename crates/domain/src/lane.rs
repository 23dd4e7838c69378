//! The health of a webhook as delivery sees it: probing a failing receiver, and switching it
//! off when it stays dead.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::attempt::Attempt;
use crate::export::DisabledReason;
use crate::outcome::Outcome;
use crate::retry::asked_to_wait;

/// Failures in a row from which a receiver is probed instead of flooded.
const PROBED_FROM: u32 = 5;
/// First pause between probes; it doubles with each.
const PROBE_PAUSE: Duration = Duration::from_secs(5);
/// Longest pause between probes.
const PROBE_PAUSE_LIMIT: Duration = Duration::from_mins(5);
/// Longest time for which one answer may block a whole webhook.
const BLOCK_LIMIT: Duration = Duration::from_hours(1);
/// A webhook that failed for so long without a break is disabled, ...
const DISABLED_AFTER: TimeDelta = TimeDelta::days(5);
/// ... provided that it was tried this often.
const DISABLED_AFTER_FAILURES: u32 = 10;

/// What delivery knows of a webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LaneHealth {
    /// Most jobs in flight while the receiver is probed; none: the full cap.
    pub cap: Option<u32>,
    /// Nothing is claimed before.
    pub blocked_until: Option<DateTime<Utc>>,
    /// Until when the receiver asked us to wait; `blocked_until` is not earlier while that holds.
    pub asked_until: Option<DateTime<Utc>>,
    /// Failures by the receiver's doing since its last success. Those of requests that were
    /// already out when a probe's pause began do not count: they tell nothing new.
    pub failures_in_a_row: u32,
    /// When the first of them ended.
    pub failing_since: Option<DateTime<Utc>>,
    /// When the receiver last accepted an export.
    pub last_delivered_at: Option<DateTime<Utc>>,
    /// When and why delivery was switched off.
    pub disabled: Option<(DateTime<Utc>, DisabledReason)>,
}

impl LaneHealth {
    /// The health after one more attempt that ended at `now` (database's clock). `full_cap` is
    /// the cap of a healthy webhook. Tests of a disabled one change nothing: it is enabled by people.
    #[must_use]
    pub fn after(mut self, attempt: &Attempt, now: DateTime<Utc>, full_cap: u32) -> Self {
        if self.disabled.is_some() {
            return self;
        }
        if attempt.outcome == Outcome::Delivered {
            return self.after_success(now, full_cap);
        }
        let pause = asked_to_wait(attempt).filter(|pause| !pause.is_zero());
        if pause.is_none() && attempt.outcome.is_receivers_failure() && !self.is_blocked(now) {
            self = self.after_failure(now);
        }
        // Who says when to come again does all right.
        if let Some(pause) = pause {
            self.block(now, pause.min(BLOCK_LIMIT));
            self.asked_until = self.asked_until.max(Some(now + pause.min(BLOCK_LIMIT)));
        }
        self.disabled = self.reason_to_disable(attempt.outcome, now).map(|reason| (now, reason));
        self
    }

    fn after_success(self, now: DateTime<Utc>, full_cap: u32) -> Self {
        let cap = self.cap.map(|cap| cap.saturating_mul(2)).filter(|cap| *cap < full_cap);
        // A pause that the receiver asked for holds, although requests that were out already
        // succeed; the pause between probes ends with the first success.
        let asked_until = self.asked_until.filter(|until| *until > now);
        let (blocked_until, last_delivered_at) = (asked_until, Some(now));
        Self { cap, blocked_until, asked_until, last_delivered_at, ..Self::default() }
    }

    fn after_failure(mut self, now: DateTime<Utc>) -> Self {
        self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
        self.failing_since = self.failing_since.or(Some(now));
        if let Some(probes) = self.failures_in_a_row.checked_sub(PROBED_FROM) {
            self.cap = Some(1);
            let pause = PROBE_PAUSE.saturating_mul(1 << probes.min(16));
            self.block(now, pause.min(PROBE_PAUSE_LIMIT));
        }
        self
    }

    /// Whether it failed so often in a row that people must know; from then on it is probed.
    pub fn is_failing(&self) -> bool {
        self.failures_in_a_row >= PROBED_FROM
    }

    fn is_blocked(&self, now: DateTime<Utc>) -> bool {
        self.blocked_until.is_some_and(|until| until > now)
    }

    fn block(&mut self, now: DateTime<Utc>, pause: Duration) {
        self.blocked_until = self.blocked_until.max(Some(now + pause));
    }

    fn reason_to_disable(&self, outcome: Outcome, now: DateTime<Utc>) -> Option<DisabledReason> {
        let failing_for = self.failing_since.map_or(TimeDelta::zero(), |since| now - since);
        if outcome == Outcome::Gone {
            Some(DisabledReason::Gone)
        } else if failing_for >= DISABLED_AFTER && self.failures_in_a_row >= DISABLED_AFTER_FAILURES
        {
            Some(DisabledReason::Failing)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attempt::Response;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + seconds, 0).expect("a valid instant")
    }

    fn failure() -> Attempt {
        Attempt::without_request(Outcome::ConnectRefused)
    }

    fn success() -> Attempt {
        Attempt::without_request(Outcome::Delivered)
    }

    fn answered(status: u16, retry_after_s: u32) -> Attempt {
        let response =
            Response { status, headers: vec![], body: vec![], truncated: false, too_large: false };
        Attempt {
            response: Some(response),
            retry_after_s: Some(retry_after_s),
            ..Attempt::without_request(Outcome::of_status(status))
        }
    }

    fn failed(times: u32) -> LaneHealth {
        (0..times).fold(LaneHealth::default(), |lane, _| lane.after(&failure(), at(0), 8))
    }

    #[test]
    fn the_fifth_failure_starts_probing_and_each_probe_waits_longer() {
        assert_eq!(failed(4).cap, None);
        let mut lane = failed(5);
        assert_eq!((lane.cap, lane.blocked_until), (Some(1), Some(at(5))));
        lane = lane.after(&failure(), at(5), 8);
        assert_eq!(lane.blocked_until, Some(at(15)));
        for _ in 0..10 {
            let probe = lane.blocked_until.expect("blocked");
            lane = lane.after(&failure(), probe, 8);
            assert!(lane.blocked_until <= Some(probe + TimeDelta::minutes(5)));
        }
    }

    #[test]
    fn requests_that_were_out_when_the_pause_began_do_not_lengthen_it() {
        let lane = failed(5);
        assert_eq!(lane.clone().after(&failure(), at(1), 8), lane);
    }

    #[test]
    fn each_success_doubles_the_cap() {
        let mut lane = failed(5);
        let caps: Vec<_> = (0..4)
            .map(|_| {
                lane = std::mem::take(&mut lane).after(&success(), at(9), 8);
                lane.cap
            })
            .collect();
        assert_eq!(caps, [Some(2), Some(4), None, None]);
        assert_eq!((lane.failures_in_a_row, lane.failing_since), (0, None));
    }

    #[test]
    fn retry_after_blocks_the_lane_for_an_hour_at_most() {
        let lane = LaneHealth::default().after(&answered(429, 86_400), at(0), 8);
        assert_eq!(lane.blocked_until, Some(at(3_600)));
        let lane = LaneHealth::default().after(&answered(502, 60), at(0), 8);
        assert_eq!(lane.blocked_until, None, "a gateway's answer speaks for one request");
    }

    #[test]
    fn who_asks_us_to_wait_does_not_fail() {
        let lane = (0..9).fold(LaneHealth::default(), |lane, turn| {
            lane.after(&answered(503, 60), at(turn * 60), 8)
        });
        assert_eq!((lane.failures_in_a_row, lane.cap), (0, None));
        let lane = LaneHealth::default().after(&answered(429, 0), at(0), 8);
        assert_eq!((lane.failures_in_a_row, lane.blocked_until), (1, None), "no time was named");
    }

    #[test]
    fn a_pause_that_was_asked_for_outlasts_a_success() {
        let lane = LaneHealth::default().after(&answered(429, 60), at(0), 8);
        let lane = lane.after(&success(), at(1), 8);
        assert_eq!((lane.blocked_until, lane.failures_in_a_row), (Some(at(60)), 0));
        let probed = failed(5).after(&answered(503, 60), at(6), 8).after(&success(), at(7), 8);
        assert_eq!(
            (probed.blocked_until, probed.cap),
            (Some(at(66)), Some(2)),
            "of a probed one, too"
        );
        assert_eq!(failed(5).after(&success(), at(1), 8).blocked_until, None);
    }

    #[test]
    fn gone_disables_at_once_and_five_days_of_failure_too() {
        let gone = LaneHealth::default().after(&answered(410, 0), at(0), 8);
        assert_eq!(gone.disabled, Some((at(0), DisabledReason::Gone)));
        let mut lane = failed(5);
        for probe in 1..=5 {
            lane = lane.after(&failure(), at(probe * 86_400), 8);
        }
        assert_eq!(lane.disabled, Some((at(5 * 86_400), DisabledReason::Failing)));
    }

    #[test]
    fn what_a_disabled_webhook_answers_changes_nothing() {
        let gone = LaneHealth::default().after(&answered(410, 0), at(0), 8);
        for attempt in [success(), failure(), answered(429, 60)] {
            assert_eq!(gone.clone().after(&attempt, at(9), 8), gone);
        }
    }

    #[test]
    fn our_own_failures_are_not_the_receivers() {
        for outcome in [
            Outcome::Aborted,
            Outcome::WorkerLost,
            Outcome::InternalError,
            Outcome::PayloadTooLarge,
        ] {
            let lane = LaneHealth::default().after(&Attempt::without_request(outcome), at(0), 8);
            assert_eq!(lane, LaneHealth::default(), "{outcome}");
        }
    }
}

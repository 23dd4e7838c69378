//! When to try again, and when to give up: one pure decision per finished attempt.

mod duration;
mod retry_after;
#[cfg(test)]
mod tests;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::attempt::Attempt;
use crate::outcome::Outcome;
pub use duration::{parse_duration, parse_schedule};
use retry_after::honoured_retry_after;
pub use retry_after::{asked_to_wait, parse_retry_after};

/// A 4xx rarely heals: a mistyped URL must not say "trying again" for a day.
const CLIENT_ERROR_TRIES: u32 = 5;

/// A slow receiver that never confirms would otherwise create each person once per try.
const AMBIGUOUS_TRIES: u32 = 3;

/// How long a receiver gets to finish what it may have taken, before it is sent again.
const AMBIGUOUS_DELAY: Duration = Duration::from_mins(5);

/// Shortest pause after a try that is not counted: nothing else would slow such tries down.
const UNCOUNTED_PAUSE: Duration = Duration::from_secs(1);

/// Longest pause after a try that failed by our own fault.
const OWN_FAULT_PAUSE_LIMIT: Duration = Duration::from_mins(5);

/// Share by which a delay is stretched or shrunk at most, so that herds spread out.
const JITTER: f64 = 0.2;

/// The retry schedule of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Delay before each try; as many tries as entries.
    pub schedule: Vec<Duration>,
    /// Shortest pause after a try that may have arrived.
    pub ambiguous_delay: Duration,
}

impl Default for RetryPolicy {
    /// At once, 5 s, 1 min, 5 min, 30 min, 2 h, 6 h, 15 h: 8 tries over about 24 h.
    fn default() -> Self {
        let seconds = [0, 5, 60, 300, 1_800, 7_200, 21_600, 54_000];
        let schedule = seconds.map(Duration::from_secs).to_vec();
        Self { schedule, ambiguous_delay: AMBIGUOUS_DELAY }
    }
}

/// The tries of an export since it was last asked for, before the one that just finished.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tries {
    /// Those that count on the schedule.
    pub counted: u32,
    /// Those after which the receiver may have got the data.
    pub ambiguous: u32,
}

impl Tries {
    /// The tries including this attempt.
    pub fn and(self, attempt: &Attempt) -> Self {
        Self {
            counted: self.counted + u32::from(counts(attempt)),
            ambiguous: self.ambiguous + u32::from(attempt.ambiguous),
        }
    }
}

/// Whether an attempt spends a try. Not what we broke off or failed at before the body was out, and
/// not where the receiver said when to come again.
fn counts(attempt: &Attempt) -> bool {
    let ours = matches!(attempt.outcome, Outcome::Aborted | Outcome::InternalError);
    attempt.ambiguous || !(ours || asked_to_wait(attempt).is_some())
}

/// One finished attempt, as the decision about the next one sees it.
#[derive(Debug, Clone, Copy)]
pub struct Tried<'a> {
    /// What came of it.
    pub attempt: &'a Attempt,
    /// The tries up to and including this one.
    pub tries: Tries,
    /// When the export was last asked for.
    pub asked_at: DateTime<Utc>,
    /// When the attempt ended, by the database's clock.
    pub ended_at: DateTime<Utc>,
    /// A number in -1..=1 that spreads the next try.
    pub jitter: f64,
}

/// What happens to an export after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The receiver accepted it.
    Delivered,
    /// Another try, not before this instant.
    RetryAt(DateTime<Utc>),
    /// The receiver refused it for good.
    Refused,
    /// No try is left.
    GiveUp,
}

impl RetryPolicy {
    /// Decides what follows an attempt.
    pub fn next(&self, tried: &Tried<'_>) -> Next {
        let Tried { attempt, tries, ended_at, .. } = *tried;
        let outcome = attempt.outcome;
        if outcome == Outcome::Delivered {
            return Next::Delivered;
        }
        if outcome.is_final() {
            return Next::Refused;
        }
        if !counts(attempt) {
            return Next::RetryAt(ended_at + delta(self.uncounted_delay(tried)));
        }
        let exhausted = outcome == Outcome::Http4xx && tries.counted >= CLIENT_ERROR_TRIES
            || attempt.ambiguous && tries.ambiguous >= AMBIGUOUS_TRIES;
        match self.schedule.get(tries.counted as usize) {
            Some(scheduled) if !exhausted => {
                Next::RetryAt(ended_at + delta(self.delay(*scheduled, tried)))
            }
            _ => Next::GiveUp,
        }
    }

    fn delay(&self, scheduled: Duration, tried: &Tried<'_>) -> Duration {
        let Tried { attempt, jitter, .. } = *tried;
        let mut delay = scheduled.mul_f64(1.0 + JITTER * jitter.clamp(-1.0, 1.0));
        if attempt.ambiguous {
            // Only longer: what a lost worker held is spread, and nothing comes too early.
            let stretched = 1.0 + JITTER * jitter.abs().min(1.0);
            delay = delay.max(self.ambiguous_delay.mul_f64(stretched));
        }
        if let Some(retry_after) = honoured_retry_after(attempt) {
            delay = delay.max(retry_after);
        }
        delay
    }

    /// As if the try had been counted, though the schedule does not go on; what we broke off is due
    /// at once, and what we fail at comes more rarely the longer it lasts.
    fn uncounted_delay(&self, tried: &Tried<'_>) -> Duration {
        let Tried { attempt, tries, asked_at, ended_at, .. } = *tried;
        if attempt.outcome == Outcome::Aborted {
            return Duration::ZERO;
        }
        let next = self.schedule.get(tries.counted as usize + 1).or(self.schedule.last());
        let delay = self.delay(next.copied().unwrap_or_default(), tried).max(UNCOUNTED_PAUSE);
        if asked_to_wait(attempt).is_some() {
            return delay;
        }
        let waited = (ended_at - asked_at).to_std().unwrap_or_default();
        delay.min(OWN_FAULT_PAUSE_LIMIT).max((waited / 4).min(OWN_FAULT_PAUSE_LIMIT))
    }
}

fn delta(delay: Duration) -> TimeDelta {
    TimeDelta::from_std(delay).unwrap_or(TimeDelta::MAX)
}

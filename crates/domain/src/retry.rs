//! When to try again, and when to give up: one pure decision per finished attempt.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::attempt::Attempt;
use crate::list::parse_list;
use crate::outcome::Outcome;

/// A 4xx rarely heals: a mistyped URL must not say "trying again" for a day.
const CLIENT_ERROR_TRIES: u32 = 5;

/// A slow receiver that never confirms would otherwise create each person once per try.
const AMBIGUOUS_TRIES: u32 = 3;

/// How long a receiver gets to finish what it may have taken, before it is sent again.
const AMBIGUOUS_DELAY: Duration = Duration::from_mins(5);

/// Longest `Retry-After` that is honoured.
const RETRY_AFTER_LIMIT: Duration = Duration::from_hours(24);

/// Share by which a delay is stretched or shrunk at most, so that herds spread out.
const JITTER: f64 = 0.2;

/// The retry schedule of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Delay before each try; as many tries as entries.
    pub schedule: Vec<Duration>,
}

impl Default for RetryPolicy {
    /// At once, 5 s, 1 min, 5 min, 30 min, 2 h, 6 h, 15 h: 8 tries over about 24 h.
    fn default() -> Self {
        let seconds = [0, 5, 60, 300, 1_800, 7_200, 21_600, 54_000];
        Self { schedule: seconds.map(Duration::from_secs).to_vec() }
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
    /// The tries including this attempt. A try that we broke off ourselves does not count on
    /// the schedule.
    pub fn and(self, attempt: &Attempt) -> Self {
        Self {
            counted: self.counted + u32::from(attempt.outcome != Outcome::Aborted),
            ambiguous: self.ambiguous + u32::from(attempt.ambiguous),
        }
    }
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
    /// Decides what follows an attempt. `tries` are those up to and including this one, `now`
    /// is the database's clock at the end of the attempt, `jitter` a number in -1..=1.
    pub fn next(&self, attempt: &Attempt, tries: Tries, now: DateTime<Utc>, jitter: f64) -> Next {
        let outcome = attempt.outcome;
        if outcome == Outcome::Delivered {
            return Next::Delivered;
        }
        if outcome == Outcome::Aborted {
            return Next::RetryAt(now);
        }
        if outcome.is_final() {
            return Next::Refused;
        }
        let exhausted = outcome == Outcome::Http4xx && tries.counted >= CLIENT_ERROR_TRIES
            || attempt.ambiguous && tries.ambiguous >= AMBIGUOUS_TRIES;
        match self.schedule.get(tries.counted as usize) {
            Some(delay) if !exhausted => Next::RetryAt(now + self.delay(*delay, attempt, jitter)),
            _ => Next::GiveUp,
        }
    }

    fn delay(&self, scheduled: Duration, attempt: &Attempt, jitter: f64) -> TimeDelta {
        let mut delay = scheduled.mul_f64(1.0 + JITTER * jitter.clamp(-1.0, 1.0));
        if attempt.ambiguous {
            delay = delay.max(AMBIGUOUS_DELAY);
        }
        if let Some(retry_after) = honoured_retry_after(attempt) {
            delay = delay.max(retry_after.min(RETRY_AFTER_LIMIT));
        }
        TimeDelta::from_std(delay).unwrap_or(TimeDelta::MAX)
    }
}

/// `Retry-After` of an attempt, where its status gives that header a meaning for us.
pub fn honoured_retry_after(attempt: &Attempt) -> Option<Duration> {
    let status = attempt.response.as_ref()?.status;
    let seconds = attempt.retry_after_s?;
    matches!(status, 429 | 502..=504).then(|| Duration::from_secs(u64::from(seconds)))
}

/// Reads a `Retry-After` header (RFC 9110, section 10.2.3): whole seconds or an IMF-fixdate,
/// nothing else. Answers whole seconds from `now`, capped at 24 h; a date in the past is 0.
pub fn parse_retry_after(header: &str, now: DateTime<Utc>) -> Option<u32> {
    let limit = RETRY_AFTER_LIMIT.as_secs();
    let header = header.trim_matches([' ', '\t']);
    let seconds = if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        header.parse::<u64>().unwrap_or(limit)
    } else {
        let date = imf_fixdate(header)?;
        u64::try_from((date - now).num_seconds()).unwrap_or(0)
    };
    u32::try_from(seconds.min(limit)).ok()
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`; the obsolete forms of a date are not read.
fn imf_fixdate(text: &str) -> Option<DateTime<Utc>> {
    if text.len() != 29 || !text.ends_with(" GMT") {
        return None;
    }
    httpdate::parse_http_date(text).ok().map(DateTime::<Utc>::from)
}

/// Reads a schedule such as `0s,5s,1m,5m,2h`.
///
/// # Errors
/// Says which entry is not a number with a unit (`ms`, `s`, `m`, `h`), or that there is none.
pub fn parse_schedule(text: &str) -> Result<RetryPolicy, String> {
    let schedule = parse_list(text, parse_duration)?;
    if schedule.is_empty() {
        return Err("write one delay for each try, for example 0s,5s,1m".to_owned());
    }
    Ok(RetryPolicy { schedule })
}

/// Reads a duration such as `250ms`, `30s`, `5m`, `72h` or `13d`.
///
/// # Errors
/// Says what was expected.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit_ms: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => 0,
    };
    let milliseconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit_ms));
    match milliseconds {
        Some(milliseconds) if unit_ms > 0 => Ok(Duration::from_millis(milliseconds)),
        _ => Err(format!(
            "`{text}` is not a duration: write a whole number and a unit (ms, s, m, h, d), for example 30s"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attempt::Response;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).expect("a valid instant")
    }

    fn attempt(outcome: Outcome) -> Attempt {
        Attempt::without_request(outcome)
    }

    fn answered(status: u16, retry_after_s: Option<u32>) -> Attempt {
        let response =
            Response { status, headers: vec![], body: vec![], truncated: false, too_large: false };
        Attempt { response: Some(response), retry_after_s, ..attempt(Outcome::of_status(status)) }
    }

    fn delay_after(attempt: &Attempt, counted: u32) -> Option<i64> {
        let tries = Tries { counted, ambiguous: u32::from(attempt.ambiguous) };
        match RetryPolicy::default().next(attempt, tries, now(), 0.0) {
            Next::RetryAt(at) => Some((at - now()).num_seconds()),
            _ => None,
        }
    }

    #[test]
    fn the_default_schedule_ends_after_eight_tries() {
        let delays: Vec<_> =
            (1..=8).map(|tries| delay_after(&attempt(Outcome::Http5xx), tries)).collect();
        let expected = [5, 60, 300, 1_800, 7_200, 21_600, 54_000].map(Some);
        assert_eq!(delays[..7], expected);
        assert_eq!(delays[7], None);
    }

    #[test]
    fn a_client_error_ends_after_five_tries() {
        assert_eq!(delay_after(&answered(404, None), 4), Some(1_800));
        assert_eq!(delay_after(&answered(404, None), 5), None);
    }

    #[test]
    fn an_ambiguous_attempt_waits_and_ends_after_three() {
        let hung = Attempt { ambiguous: true, ..attempt(Outcome::ResponseTimeout) };
        assert_eq!(delay_after(&hung, 1), Some(300));
        let tries = Tries { counted: 3, ambiguous: 3 };
        assert_eq!(RetryPolicy::default().next(&hung, tries, now(), 0.0), Next::GiveUp);
    }

    #[test]
    fn final_outcomes_and_aborts() {
        for outcome in Outcome::ALL.iter().copied().filter(|outcome| outcome.is_final()) {
            let next = RetryPolicy::default().next(
                &attempt(outcome),
                Tries { counted: 1, ambiguous: 0 },
                now(),
                0.0,
            );
            assert_eq!(next, Next::Refused, "{outcome}");
        }
        assert_eq!(delay_after(&attempt(Outcome::Aborted), 99), Some(0));
        let tries = Tries { counted: 2, ambiguous: 0 };
        assert_eq!(tries.and(&attempt(Outcome::Aborted)).counted, 2);
        assert_eq!(tries.and(&attempt(Outcome::WorkerLost)).counted, 3);
    }

    #[test]
    fn retry_after_is_clamped_to_the_schedule_and_a_day() {
        assert_eq!(delay_after(&answered(429, Some(1)), 2), Some(60));
        assert_eq!(delay_after(&answered(429, Some(90)), 1), Some(90));
        assert_eq!(delay_after(&answered(503, Some(86_400)), 1), Some(86_400));
        assert_eq!(delay_after(&answered(500, Some(90)), 1), Some(5), "no meaning on a 500");
    }

    #[test]
    fn retry_after_is_seconds_or_an_imf_fixdate() {
        let cases = [
            ("120", Some(120)),
            (" 7\t", Some(7)),
            ("99999999999999999999999", Some(86_400)),
            ("0", Some(0)),
            ("-5", None),
            ("+5", None),
            ("1e300", None),
            ("NaN", None),
            ("1.5", None),
            ("", None),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(86_400)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None),
            ("tomorrow", None),
        ];
        for (header, expected) in cases {
            assert_eq!(parse_retry_after(header, now()), expected, "{header:?}");
        }
    }

    #[test]
    fn jitter_stays_within_a_fifth() {
        let tries = Tries { counted: 2, ambiguous: 0 };
        let at =
            |jitter| RetryPolicy::default().next(&attempt(Outcome::Http5xx), tries, now(), jitter);
        assert_eq!(at(-1.0), Next::RetryAt(now() + TimeDelta::seconds(48)));
        assert_eq!(at(1.0), Next::RetryAt(now() + TimeDelta::seconds(72)));
    }

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(parse_duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse_duration("72h"), Ok(Duration::from_hours(72)));
        for wrong in
            ["", "5", "s", "5 s", "-1s", "1.5s", "99999999999999999999s", "18446744073709551615d"]
        {
            assert!(parse_duration(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(parse_schedule("0s,5s,1m").map(|policy| policy.schedule.len()), Ok(3));
        assert_eq!(parse_schedule(" 0s, 5s ,1m,"), parse_schedule("0s,5s,1m"));
        for wrong in ["", ",", "0s;5s", "0s 5s"] {
            assert!(parse_schedule(wrong).is_err(), "{wrong:?}");
        }
    }
}

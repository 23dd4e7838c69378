//! What a receiver says about when to come again.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::attempt::Attempt;

/// Longest `Retry-After` that is honoured.
const RETRY_AFTER_LIMIT: Duration = Duration::from_hours(24);

/// How long the receiver asked us to leave it in peace: a 429 or 503 with a `Retry-After`.
pub fn asked_to_wait(attempt: &Attempt) -> Option<Duration> {
    let speaks_for_all = matches!(attempt.response.as_ref()?.status, 429 | 503);
    honoured_retry_after(attempt).filter(|_| speaks_for_all)
}

/// `Retry-After` of an attempt, where its status gives that header a meaning for us.
pub(super) fn honoured_retry_after(attempt: &Attempt) -> Option<Duration> {
    let status = attempt.response.as_ref()?.status;
    let seconds = attempt.retry_after_s?;
    matches!(status, 429 | 502..=504)
        .then(|| Duration::from_secs(seconds.into()).min(RETRY_AFTER_LIMIT))
}

/// Reads a `Retry-After` header (RFC 9110, section 10.2.3): whole seconds or an IMF-fixdate,
/// nothing else. Answers whole seconds from `now`, rounded up so that a date is never undercut, capped
/// at 24 h; a date in the past is 0.
pub fn parse_retry_after(header: &str, now: DateTime<Utc>) -> Option<u32> {
    let limit = RETRY_AFTER_LIMIT.as_secs();
    let header = header.trim_matches([' ', '\t']);
    let seconds = if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        header.parse::<u64>().unwrap_or(limit)
    } else {
        let date = imf_fixdate(header)?;
        let ahead = date - now;
        let started = i64::from(ahead.subsec_nanos() > 0);
        u64::try_from(ahead.num_seconds() + started).unwrap_or(0)
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).expect("a valid instant")
    }

    #[test]
    fn a_date_is_never_undercut() {
        let ten_ahead =
            (now() + TimeDelta::seconds(10)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let cases = [(0, 10), (1, 10), (500_000_000, 10), (999_999_999, 10), (1_000_000_000, 9)];
        for (nanos, expected) in cases {
            let asked_at = now() + TimeDelta::nanoseconds(nanos);
            assert_eq!(parse_retry_after(&ten_ahead, asked_at), Some(expected), "{nanos} ns later");
        }
        let just_over = now() + TimeDelta::seconds(10) + TimeDelta::nanoseconds(1);
        assert_eq!(parse_retry_after(&ten_ahead, just_over), Some(0));
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
}

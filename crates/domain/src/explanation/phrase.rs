//! Times, counts and sizes as people read them.

use chrono::{DateTime, Datelike, TimeDelta, Utc};

/// `14:05 UTC, 23 Nov`; `14:05 UTC, 23 Nov 2025` in another year than `now`.
pub(crate) fn time(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let year = if at.year() == now.year() { "" } else { " %Y" };
    at.format(&format!("%H:%M UTC, %-d %b{year}")).to_string()
}

/// A time to come: `in 4 s` within a minute, else `at 14:05 UTC, 23 Nov`; so also what is past.
pub(super) fn moment(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    match seconds_ahead(at, now) {
        Some(seconds) => format!("in {seconds} s"),
        None => format!("at {}", time(at, now)),
    }
}

/// Whole seconds until then, where that is within a minute. A second that has begun counts: it is never
/// earlier than they say.
pub(super) fn seconds_ahead(at: DateTime<Utc>, now: DateTime<Utc>) -> Option<i64> {
    let ahead = at - now;
    let seconds = (ahead.num_milliseconds() + 999) / 1_000;
    (ahead > TimeDelta::zero() && seconds < 60).then_some(seconds)
}

/// A time within a minute or so, to the second: `14:05:42 UTC (in 12 s)`. It is never later: who acts before
/// then is in time.
pub(super) fn clock(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    format!("{} (in {} s)", at.format("%H:%M:%S UTC"), (at - now).num_seconds())
}

/// `the candidates`, of one `the candidate`.
pub(super) fn the_candidates(count: u32) -> &'static str {
    if count == 1 { "the candidate" } else { "the candidates" }
}

/// `try 1`, `tries 1 and 3`, `tries 1, 2 and 4`.
pub(super) fn tries(numbers: &[u32]) -> String {
    match numbers {
        [] => String::new(),
        [only] => format!("try {only}"),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(u32::to_string).collect();
            format!("tries {} and {last}", first.join(", "))
        }
    }
}

/// `23 Nov 2026`.
pub(super) fn date(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y").to_string()
}

/// `1 candidate`, `10,000 candidates`; `the candidates` where the log outlived their number.
pub(crate) fn candidates(count: u32) -> String {
    match count {
        0 => "the candidates".to_owned(),
        1 => "1 candidate".to_owned(),
        _ => format!("{} candidates", grouped(count)),
    }
}

/// `all 25 candidates`; two are "both", and a single one is not "all".
pub(crate) fn all_candidates(count: u32) -> String {
    match count {
        0 | 1 => candidates(count),
        2 => "both candidates".to_owned(),
        _ => format!("all {}", candidates(count)),
    }
}

/// The same text with its first letter, if it is one of ASCII, in upper case.
pub(crate) fn sentence(text: &str) -> String {
    let mut sentence = text.to_owned();
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence
}

/// `800 bytes`, `48 KB`, `1.2 MB`; powers of ten.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..999_500 => format!("{} KB", (bytes + 500) / 1_000),
        _ => {
            let tenths = (bytes + 50_000) / 100_000;
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

/// `10,000`.
pub(crate) fn grouped(count: u32) -> String {
    if count < 1_000 {
        return count.to_string();
    }
    format!("{},{:03}", grouped(count / 1_000), count % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_counts_and_sizes() {
        let at = DateTime::from_timestamp(1_795_442_700, 0).expect("a valid instant");
        assert_eq!(time(at, at), "14:05 UTC, 23 Nov");
        assert_eq!(time(at, at + TimeDelta::days(60)), "14:05 UTC, 23 Nov 2026");
        assert_eq!(date(at), "23 Nov 2026");
        let moments = [
            (-60_000, "at 14:04 UTC, 23 Nov"),
            (0, "at 14:05 UTC, 23 Nov"),
            (1, "in 1 s"),
            (3_100, "in 4 s"),
            (59_000, "in 59 s"),
            (59_001, "at 14:05 UTC, 23 Nov"),
            (3_600_000, "at 15:05 UTC, 23 Nov"),
        ];
        for (ahead_ms, expected) in moments {
            assert_eq!(moment(at + TimeDelta::milliseconds(ahead_ms), at), expected);
        }
        assert_eq!(
            [&[1][..], &[1, 3], &[1, 2, 4]].map(tries),
            ["try 1", "tries 1 and 3", "tries 1, 2 and 4"]
        );
        let ahead = |ms| clock(at + TimeDelta::milliseconds(ms), at);
        assert_eq!(ahead(60_000), "14:06:00 UTC (in 60 s)");
        assert_eq!(ahead(1_999), "14:05:01 UTC (in 1 s)");
        let counts =
            [(1, "1 candidate"), (25, "25 candidates"), (1_010_000, "1,010,000 candidates")];
        for (count, expected) in counts {
            assert_eq!(candidates(count), expected);
        }
        assert_eq!(all_candidates(0), "the candidates");
        assert_eq!(all_candidates(1), "1 candidate");
        assert_eq!(all_candidates(2), "both candidates");
        assert_eq!(all_candidates(3), "all 3 candidates");
        let sizes = [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1 KB"),
            (48_213, "48 KB"),
            (999_499, "999 KB"),
            (999_500, "1.0 MB"),
            (33_554_432, "33.6 MB"),
        ];
        for (bytes, expected) in sizes {
            assert_eq!(size(bytes), expected);
        }
    }
}

//! `Retry-After` (RFC 9110, section 10.2.3), whatever a receiver writes into it.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use domain::retry::parse_retry_after;
use proptest::prelude::*;
use proptest::sample::Index;

/// Seconds of a day: no more is honoured.
const LIMIT: i64 = 86_400;

const FIXDATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// Instants of the years 1970 to 9999, whole seconds.
fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    (0..253_402_300_800_i64).prop_map(|at| DateTime::from_timestamp(at, 0).expect("an instant"))
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 500_000_000).expect("an instant")
}

/// Texts that are nearly numbers or dates.
fn header() -> impl Strategy<Value = String> {
    let mutated = (instant(), any::<Index>(), any::<char>()).prop_map(|(at, place, char)| {
        let mut text: Vec<char> = at.format(FIXDATE).to_string().chars().collect();
        let place = place.index(text.len());
        text[place] = char;
        text.into_iter().collect()
    });
    prop_oneof![any::<String>(), "[-+0-9.eE]{0,12}", "[ \t]*[0-9]{1,30}[ \t]*", mutated]
}

proptest! {
    #[test]
    fn only_whole_seconds_and_fixdates_are_read(header in header()) {
        let Some(seconds) = parse_retry_after(&header, now()) else { return Ok(()) };
        prop_assert!(i64::from(seconds) <= LIMIT);
        let text = header.trim_matches([' ', '\t']);
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        prop_assert!(digits || NaiveDateTime::parse_from_str(text, FIXDATE).is_ok(), "{:?}", header);
    }

    #[test]
    fn seconds_are_taken_as_written_up_to_a_day(seconds in any::<u64>(), zeros in 0..40_usize) {
        for seconds in [seconds, seconds % 100_000] {
            let header = format!(" {}{seconds}\t", "0".repeat(zeros));
            let expected = seconds.min(LIMIT as u64) as u32;
            prop_assert_eq!(parse_retry_after(&header, now()), Some(expected), "{}", header);
        }
    }

    #[test]
    fn a_date_is_counted_from_now(
        at in instant(),
        ahead in -LIMIT..2 * LIMIT,
        now in instant(),
        nanos in 0..1_000_000_000_i64,
    ) {
        let started = now + TimeDelta::nanoseconds(nanos);
        for at in [at, now + TimeDelta::seconds(ahead)] {
            let Ok(header) = u32::try_from(at.timestamp()).map(|_| at.format(FIXDATE).to_string()) else { continue };
            let seconds = parse_retry_after(&header, started).map(i64::from);
            // The first whole second at which the date has come, unless a day is not enough.
            let comes = |seconds| started + TimeDelta::seconds(seconds) >= at;
            let right = |s: i64| (comes(s) || s == LIMIT) && (s == 0 || !comes(s - 1));
            prop_assert!(seconds.is_some_and(right), "{} from {}: {:?}", header, started, seconds);
        }
    }
}

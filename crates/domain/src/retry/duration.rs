//! Durations as operators write them.

use std::time::Duration;

use super::RetryPolicy;
use crate::list::parse_list;

/// Reads a schedule such as `0s,5s,1m,5m,2h`.
///
/// # Errors
/// Says which entry is not a number with a unit (`ms`, `s`, `m`, `h`), or that there is none.
pub fn parse_schedule(text: &str) -> Result<RetryPolicy, String> {
    let schedule = parse_list(text, parse_duration)?;
    if schedule.is_empty() {
        return Err("write one delay for each try, for example 0s,5s,1m".to_owned());
    }
    Ok(RetryPolicy { schedule, ..RetryPolicy::default() })
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

//! Instants that clients send. In cursors: RFC 3339. In query strings, where people write them too:
//! a date is a whole UTC day, a `+` may have become a blank, and seconds may be left out.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use domain::import::parse_instant;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

const FORM: &str = "no instant, expected an instant of RFC 3339 such as 2026-11-23T10:14:59Z, \
                    or a date such as 2026-11-23 for the whole UTC day";
const NO_DAY: &str = "no day, expected a date that is in the calendar";
const NO_TIME: &str = "no time, expected a time of day from 00:00 to 23:59:59";
const NO_OFFSET: &str = "no offset, expected an offset after the time: Z, or one such as %2B01:00 \
                         (a + in a query is written %2B)";

/// What a parameter says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    At(DateTime<Utc>),
    Day(NaiveDate),
}

/// An inclusive start, for `#[serde(default, deserialize_with = "instant::from")]`: a day from its
/// first instant on.
pub(crate) fn from<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    let start = |day: NaiveDate| Some(midnight(day));
    optional(deserializer, start)
}

/// An exclusive end, for `#[serde(default, deserialize_with = "instant::to")]`: a day is inside, as
/// a whole.
pub(crate) fn to<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    optional(deserializer, next_midnight)
}

/// An exclusive start, for `#[serde(default, deserialize_with = "instant::after")]`: after a day is
/// after the whole of it.
pub(crate) fn after<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    // What the database keeps of an instant ends with microseconds.
    optional(deserializer, |day| next_midnight(day).map(|end| end - TimeDelta::microseconds(1)))
}

/// An inclusive start that must be given, for `#[serde(deserialize_with = "instant::start")]`.
pub(crate) fn start<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    from(deserializer)?.ok_or_else(|| D::Error::custom(FORM))
}

/// For `#[serde(deserialize_with = "instant::required")]` in cursors.
pub(crate) fn required<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<DateTime<Utc>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_instant(&text).ok_or_else(|| D::Error::custom(FORM))
}

fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
    of_day: impl FnOnce(NaiveDate) -> Option<DateTime<Utc>>,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    match read(&text).map_err(D::Error::custom)? {
        When::At(instant) => Ok(Some(instant)),
        When::Day(day) => of_day(day).map(Some).ok_or_else(|| D::Error::custom(NO_DAY)),
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}

fn next_midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    day.checked_add_days(Days::new(1)).map(midnight)
}

fn read(text: &str) -> Result<When, &'static str> {
    let text = text.trim();
    let (date, rest) = text.split_at_checked(10).ok_or(FORM)?;
    if !has_form(date, "0000-00-00") {
        return Err(FORM);
    }
    let day = date.parse::<NaiveDate>().ok().filter(|day| day.year() > 0).ok_or(NO_DAY)?;
    if rest.is_empty() {
        return Ok(When::Day(day));
    }
    let rest = rest.strip_prefix(['T', 't', ' ']).ok_or(FORM)?.trim_start();
    let end = rest.find(|char: char| !matches!(char, '0'..='9' | ':' | '.' | ','));
    let (time, offset) = rest.split_at(end.unwrap_or(rest.len()));
    let time = time_of_day(time)?;
    let offset = offset_of(offset)?;
    parse_instant(&format!("{date}T{time}{offset}")).map(When::At).ok_or(NO_TIME)
}

/// `10:14`, `10:14:59`, with a fraction after a point or a comma; nine digits of it count.
fn time_of_day(text: &str) -> Result<String, &'static str> {
    if has_form(text, "00:00") {
        return Ok(format!("{text}:00"));
    }
    let (seconds, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !has_form(seconds, "00:00:00") || !digits {
        return Err(FORM);
    }
    Ok(format!("{seconds}.{}", &fraction[..fraction.len().min(9)]))
}

/// `Z`, `+01:00`, `+0100` or `+01`. In a query a `+` means a blank: one before a number was a plus.
fn offset_of(text: &str) -> Result<String, &'static str> {
    if text.eq_ignore_ascii_case("z") || text.trim().eq_ignore_ascii_case("z") {
        return Ok("Z".to_owned());
    }
    let blank = text.starts_with(' ');
    let trimmed = text.trim_start();
    let (sign, number) = match trimmed.chars().next() {
        Some('+') => ('+', &trimmed[1..]),
        Some(minus @ ('-' | '\u{2212}')) => ('-', &trimmed[minus.len_utf8()..]),
        Some(_) if blank => ('+', trimmed),
        _ => return Err(NO_OFFSET),
    };
    let number = number.trim_start();
    let (hours, minutes) = if has_form(number, "00:00") || has_form(number, "0000") {
        (&number[..2], &number[number.len() - 2..])
    } else if has_form(number, "00") {
        (number, "00")
    } else {
        return Err(NO_OFFSET);
    };
    if hours > "23" || minutes > "59" {
        return Err(NO_OFFSET);
    }
    Ok(format!("{sign}{hours}:{minutes}"))
}

/// Whether a text has digits where the form has `0`, and else its characters.
fn has_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text
            .bytes()
            .zip(form.bytes())
            .all(|(byte, form)| if form == b'0' { byte.is_ascii_digit() } else { byte == form })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_as_people_write_them() {
        let cases = [
            ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"),
            ("2026-11-23T10:00:00+01:00", "2026-11-23T09:00:00Z"),
            ("2026-11-23T10:00:00 01:00", "2026-11-23T09:00:00Z"),
            ("2026-11-23 10:00:00 01:00", "2026-11-23T09:00:00Z"),
            ("2026-11-23 10:00:00 +01:00", "2026-11-23T09:00:00Z"),
            ("2026-11-23 10:00:00  01:00", "2026-11-23T09:00:00Z"),
            ("2026-11-23T10:00:00 0530", "2026-11-23T04:30:00Z"),
            ("2026-11-23T10:00:00-05", "2026-11-23T15:00:00Z"),
            ("2026-11-23T10:00:00\u{2212}05:00", "2026-11-23T15:00:00Z"),
            ("2026-11-23t10:00:00z", "2026-11-23T10:00:00Z"),
            ("2026-11-23T10:00Z", "2026-11-23T10:00:00Z"),
            ("2026-11-23T10:00:00.25Z", "2026-11-23T10:00:00.25Z"),
            ("2026-11-23T10:00:00,250 01:00", "2026-11-23T09:00:00.25Z"),
            ("2026-11-23T10:00:00.1234567890123Z", "2026-11-23T10:00:00.123456Z"),
            ("2026-11-23T00:00:00 14:00", "2026-11-22T10:00:00Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            (" 2026-11-23T10:00:00Z ", "2026-11-23T10:00:00Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ];
        for (text, expected) in cases {
            let expected = parse_instant(expected).expect("an instant");
            assert_eq!(read(text), Ok(When::At(expected)), "{text}");
        }
    }

    #[test]
    fn a_date_is_a_whole_day() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
        assert_eq!(read("2026-11-23"), Ok(When::Day(day)));
        let query = "from=2026-11-23&to=2026-11-23&after=2026-11-23";
        let bounds: Bounds = serde_urlencoded::from_str(query).expect("days");
        let at = |text| parse_instant(text);
        assert_eq!(bounds.from, at("2026-11-23T00:00:00Z"));
        assert_eq!(bounds.to, at("2026-11-24T00:00:00Z"));
        assert_eq!(bounds.after, at("2026-11-23T23:59:59.999999Z"));
    }

    #[derive(Deserialize)]
    struct Bounds {
        #[serde(deserialize_with = "from")]
        from: Option<DateTime<Utc>>,
        #[serde(deserialize_with = "to")]
        to: Option<DateTime<Utc>>,
        #[serde(deserialize_with = "after")]
        after: Option<DateTime<Utc>>,
    }

    #[test]
    fn what_is_wrong_is_told() {
        let cases = [
            ("2026-02-30", NO_DAY),
            ("2027-02-29T10:00:00Z", NO_DAY),
            ("2026-13-01", NO_DAY),
            ("0000-01-01", NO_DAY),
            ("2026-11-23T24:00:00Z", NO_TIME),
            ("2026-11-23T10:60:00Z", NO_TIME),
            ("2026-11-23T10:00:61Z", NO_TIME),
            ("2026-11-23T10:00:00", NO_OFFSET),
            ("2026-11-23T10:00:00 25:00", NO_OFFSET),
            ("2026-11-23T10:00:00 1:00", NO_OFFSET),
            ("2026-11-23T10:00:00 CET", NO_OFFSET),
            ("2026-11-23T10Z", FORM),
            ("2026-11-23T10:00:00.Z", FORM),
            ("23.11.2026", FORM),
            ("2026-11-2", FORM),
            ("yesterday", FORM),
            ("1795428000", FORM),
            ("", FORM),
            ("２026-11-23", FORM),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), Err(expected), "{text}");
        }
    }
}

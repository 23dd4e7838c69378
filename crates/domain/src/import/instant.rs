//! Instants and partial dates in JSON, as imports take them and payloads write them.

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The form of an instant in payloads: RFC 3339, UTC, three fraction digits, `Z`.
pub fn format(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads an instant of RFC 3339 in the years 1 to 9999; a leap second becomes the next one.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let instant = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
    let instant = DateTime::from_timestamp_micros(instant.timestamp_micros())?;
    (1..=9999).contains(&instant.year()).then_some(instant)
}

/// For `#[serde(with = "instant::required")]`.
pub(crate) mod required {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(
        instant: &DateTime<Utc>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format(*instant))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<DateTime<Utc>, D::Error> {
        Ok(Wire::deserialize(deserializer)?.0)
    }
}

/// For `#[serde(with = "instant::optional")]`.
pub(crate) mod optional {
    use super::*;

    #[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
    pub(crate) fn serialize<S: Serializer>(
        instant: &Option<DateTime<Utc>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        instant.map(format).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<DateTime<Utc>>, D::Error> {
        Ok(Option::<Wire>::deserialize(deserializer)?.map(|wire| wire.0))
    }
}

/// For `#[serde(deserialize_with = "instant::patch")]`.
pub(crate) fn patch<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<super::Patch<DateTime<Utc>>, D::Error> {
    let instant = optional::deserialize(deserializer)?;
    Ok(instant.map_or(super::Patch::Null, super::Patch::Value))
}

struct Wire(DateTime<Utc>);

impl<'de> Deserialize<'de> for Wire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let form = "must be an instant of RFC 3339 such as 2026-11-23T10:14:59Z";
        parse(&text).map(Self).ok_or_else(|| Error::custom(form))
    }
}

/// A date whose day may be unknown: `YYYY-MM` or `YYYY-MM-DD`, kept as it was given.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PartialDate(String);

impl PartialDate {
    /// Reads a date in the years 1 to 9999; it must exist in the calendar.
    pub fn parse(text: &str) -> Option<Self> {
        let whole = match text.len() {
            7 => format!("{text}-01"),
            10 => text.to_owned(),
            _ => return None,
        };
        let digits = whole.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        let date = NaiveDate::parse_from_str(&whole, "%Y-%m-%d");
        let exists = date.is_ok_and(|date| date.year() >= 1);
        (digits && exists).then(|| Self(text.to_owned()))
    }

    /// `YYYY-MM` or `YYYY-MM-DD`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// When somebody worked or studied somewhere is their own affair.
impl std::fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PartialDate")
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let form = "must be a date of the calendar, written YYYY-MM or YYYY-MM-DD";
        Self::parse(&text).ok_or_else(|| D::Error::custom(form))
    }
}

impl utoipa::PartialSchema for PartialDate {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .description(Some("A date whose day may be unknown"))
            .pattern(Some("^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$"))
            .examples(["2016-09"])
            .into()
    }
}

impl utoipa::ToSchema for PartialDate {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_leniently_and_written_in_one_form() {
        let cases = [
            ("2026-11-23T10:14:59Z", Some("2026-11-23T10:14:59.000Z")),
            ("2026-11-23T10:14:59.8129+01:00", Some("2026-11-23T09:14:59.812Z")),
            ("2016-12-31T23:59:60Z", Some("2017-01-01T00:00:00.000Z")),
            ("9999-12-31T23:59:59-01:00", None),
            ("0001-01-01T00:00:00+01:00", None),
            ("2026-11-23T10:14:59", None),
            ("2026-11-23", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).map(format).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn partial_dates_exist_in_the_calendar() {
        for right in ["2016-09", "2016-02-29", "0001-01"] {
            assert_eq!(PartialDate::parse(right).map(|date| date.0).as_deref(), Some(right));
        }
        for wrong in [
            "2015-02-29",
            "0000-01",
            "0000-12-31",
            "2016-13",
            "2016",
            "2016-9",
            "2016-09-1",
            "+016-09",
            "2016/09",
            "２016-9",
        ] {
            assert!(PartialDate::parse(wrong).is_none(), "{wrong}");
        }
    }
}

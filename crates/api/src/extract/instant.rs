//! Instants that clients send, in query strings and cursors: RFC 3339, of years that Postgres has.

use chrono::{DateTime, Utc};
use domain::import::parse_instant;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// For `#[serde(default, deserialize_with = "instant::optional")]`.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    Option::<String>::deserialize(deserializer)?.map(read).transpose()
}

/// For `#[serde(deserialize_with = "instant::required")]`.
pub(crate) fn required<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<DateTime<Utc>, D::Error> {
    read(String::deserialize(deserializer)?)
}

fn read<E: Error>(text: String) -> Result<DateTime<Utc>, E> {
    let form = "no instant, expected an instant of RFC 3339 such as 2026-11-23T10:14:59Z";
    parse_instant(&text).ok_or_else(|| E::custom(form))
}

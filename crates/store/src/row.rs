//! What columns hold, read into domain's words. A value that no version of ours writes is an
//! error, never a default.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Timestamptz};
use domain::requester::{Requester, RequesterType};

use crate::error::StoreError;

/// Reads a word of a closed set.
pub(crate) fn word<T>(parse: fn(&str) -> Option<T>, text: &str) -> Result<T, StoreError> {
    parse(text).ok_or_else(|| StoreError::Unreadable(format!("unknown word `{text}`")))
}

/// Reads a word that may be missing.
pub(crate) fn optional_word<T>(
    parse: fn(&str) -> Option<T>,
    text: Option<&str>,
) -> Result<Option<T>, StoreError> {
    text.map(|text| word(parse, text)).transpose()
}

/// Reads a number that is never negative.
pub(crate) fn unsigned<T: TryFrom<i64>>(number: impl Into<i64>) -> Result<T, StoreError> {
    let number = number.into();
    T::try_from(number).map_err(|_| StoreError::Unreadable(format!("{number} is out of range")))
}

/// Reads a jsonb value that domain types.
pub(crate) fn json<T: serde::de::DeserializeOwned>(
    value: serde_json::Value,
) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(|error| {
        // serde's message may quote the value, which may be personal.
        StoreError::Unreadable(format!("unexpected json ({:?})", error.classify()))
    })
}

/// Reads who asked; what was not shared is stored as an empty text.
pub(crate) fn requester(
    kind: &str,
    id: String,
    name: String,
    email: String,
) -> Result<Requester, StoreError> {
    let kind = match kind {
        "member" => RequesterType::Member,
        "api_key" => RequesterType::ApiKey,
        other => return Err(StoreError::Unreadable(format!("unknown requester `{other}`"))),
    };
    let shared = |text: String| (!text.is_empty()).then_some(text);
    Ok(Requester { kind, id, name: shared(name), email: shared(email) })
}

/// The number of rows that a page is read with: one more than shown, to know of a next page.
pub(crate) fn page_rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// A new UUIDv7 for an instant.
    fn uuid_v7(at: Timestamptz) -> diesel::sql_types::Uuid;
    /// The smallest UUIDv7 of an instant.
    fn uuid_v7_floor(at: Timestamptz) -> diesel::sql_types::Uuid;
    /// The database's clock in mid-transaction.
    fn clock_timestamp() -> Timestamptz;
    /// Number of elements.
    fn cardinality(array: diesel::sql_types::Array<diesel::sql_types::Text>) -> Integer;
}

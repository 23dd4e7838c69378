//! What columns hold, read into domain's words. A value that no version of ours writes is an
//! error, never a default.

use chrono::{DateTime, Utc};
use diesel::deserialize::FromSql;
use diesel::pg::{Pg, PgValue};
use diesel::sql_types::{Jsonb, Timestamptz};
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

/// Writes a count.
pub(crate) fn signed(number: u32) -> Result<i32, StoreError> {
    i32::try_from(number).map_err(|_| StoreError::Unreadable(format!("{number} is out of range")))
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

/// A bound in time for ids, which count from 1970: nothing of ours is older.
pub(crate) fn since_1970(at: DateTime<Utc>) -> DateTime<Utc> {
    at.max(DateTime::UNIX_EPOCH)
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// A new UUIDv7 for an instant.
    fn uuid_v7(at: Timestamptz) -> Uuid;
    /// The smallest UUIDv7 of an instant.
    fn uuid_v7_floor(at: Timestamptz) -> Uuid;
    /// Null where both are equal, else the first.
    fn nullif(
        first: diesel::sql_types::Nullable<diesel::sql_types::Text>,
        second: diesel::sql_types::Text,
    ) -> diesel::sql_types::Nullable<diesel::sql_types::Text>;
    /// The first that is not null.
    fn coalesce(
        first: diesel::sql_types::Nullable<diesel::sql_types::Text>,
        second: diesel::sql_types::Text,
    ) -> diesel::sql_types::Nullable<diesel::sql_types::Text>;
    /// The database's clock in mid-transaction.
    fn clock_timestamp() -> Timestamptz;
}

/// A jsonb column read straight into the type that domain has for it, without a tree between.
#[derive(diesel::deserialize::FromSqlRow)]
pub(crate) struct Typed<T> {
    pub(crate) value: T,
    /// Length of its text.
    pub(crate) bytes: usize,
}

impl<T: serde::de::DeserializeOwned> FromSql<Jsonb, Pg> for Typed<T> {
    fn from_sql(value: PgValue<'_>) -> diesel::deserialize::Result<Self> {
        // The binary form of jsonb is a version number, 1, and the text.
        let text = value.as_bytes().strip_prefix(&[1]).ok_or("an unknown version of jsonb")?;
        // serde's message may quote the value, which may be personal.
        let value = serde_json::from_slice(text)
            .map_err(|error| format!("unexpected json ({:?})", error.classify()))?;
        Ok(Self { value, bytes: text.len() })
    }
}

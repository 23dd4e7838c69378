//! What is sealed, and how it is sealed again under another key while everything runs: value by value,
//! each in a statement of its own that changes nothing where the value is another one by now.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{BigInt, Bytea, Nullable, Uuid as SqlUuid};
use domain::sealing::{Context, Field, Resealed};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::statement::{row, statement};

/// Every sealed column of the database, by table and name.
pub const SEALED: [(SealedColumn, &str, &str); 3] = [
    (SealedColumn::WebhookUrl, "webhooks", "url_sealed"),
    (SealedColumn::WebhookSecret, "webhook_secrets", "secret_sealed"),
    (SealedColumn::ReferenceKey, "reference_keys", "key_sealed"),
];

/// A column whose values are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedColumn {
    /// The URL of a webhook.
    WebhookUrl,
    /// A signing secret of a webhook, current or earlier.
    WebhookSecret,
    /// The key of an organisation's erased references.
    ReferenceKey,
}

/// A sealed value, and where it lies.
#[derive(Clone)]
pub struct SealedValue {
    /// Its column.
    pub column: SealedColumn,
    /// What it is bound to.
    pub context: Context,
    /// The row that it lies in.
    row: Uuid,
    /// The bytes.
    pub value: Vec<u8>,
}

row!(
    struct Row {
        organisation_id: SqlUuid => Uuid,
        webhook_id: SqlUuid => Uuid,
        row_id: SqlUuid => Uuid,
        value: Bytea => Vec<u8>,
    }
);

statement!(uncached ReadUrls = "sealed_urls.sql", (
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    webhook: Nullable<SqlUuid> => Option<Uuid>,
    rows: BigInt => i64,
) -> named Row);

statement!(uncached ReadSecrets = "sealed_secrets.sql", (
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    webhook: Nullable<SqlUuid> => Option<Uuid>,
    secret: Nullable<SqlUuid> => Option<Uuid>,
    rows: BigInt => i64,
) -> named Row);

statement!(uncached ReadKeys = "sealed_keys.sql", (
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    rows: BigInt => i64,
) -> named Row);

statement!(ResealUrl = "reseal_url.sql", (
    organisation: SqlUuid => Uuid,
    webhook: SqlUuid => Uuid,
    before: Bytea => &'a [u8],
    after: Bytea => &'a [u8],
    url_hmac: Nullable<Bytea> => Option<&'a [u8]>,
    url_mark: Bytea => &'a [u8],
) -> BigInt);

statement!(ResealKey = "reseal_key.sql", (
    organisation: SqlUuid => Uuid,
    before: Bytea => &'a [u8],
    after: Bytea => &'a [u8],
) -> ());

statement!(ResealSecret = "reseal_secret.sql", (
    organisation: SqlUuid => Uuid,
    webhook: SqlUuid => Uuid,
    secret: SqlUuid => Uuid,
    before: Bytea => &'a [u8],
    after: Bytea => &'a [u8],
) -> ());

/// Some values of a column, in the order of their keys, those after that one.
///
/// # Errors
/// [`StoreError`].
pub fn sealed_values(
    conn: &mut Conn,
    column: SealedColumn,
    after: Option<&SealedValue>,
    rows: u32,
) -> Result<Vec<SealedValue>, StoreError> {
    let organisation = after.map(|it| Uuid::from(it.context.organisation));
    let webhook = after.map(|it| Uuid::from(it.context.webhook));
    let (secret, rows) = (after.map(|it| it.row), i64::from(rows));
    let lifetime = PhantomData;
    let (found, field): (Vec<Row>, _) = match column {
        SealedColumn::WebhookUrl => {
            (ReadUrls { organisation, webhook, rows, lifetime }.load(conn)?, Field::Url)
        }
        SealedColumn::WebhookSecret => (
            ReadSecrets { organisation, webhook, secret, rows, lifetime }.load(conn)?,
            Field::Secret,
        ),
        SealedColumn::ReferenceKey => {
            (ReadKeys { organisation, rows, lifetime }.load(conn)?, Field::References)
        }
    };
    let value = |row: Row| {
        let (organisation, webhook) = (row.organisation_id.into(), row.webhook_id.into());
        let context = Context { organisation, webhook, field };
        SealedValue { column, context, row: row.row_id, value: row.value }
    };
    Ok(found.into_iter().map(value).collect())
}

/// Puts another sealing in the place of a value; false where it is another value by now, or is gone. A URL
/// keeps what finds an equal one where a live webhook has that already: a process without the first
/// key registered it twice.
///
/// # Errors
/// [`StoreError`].
pub fn replace_sealed(
    conn: &mut Conn,
    before: &SealedValue,
    after: &Resealed,
) -> Result<bool, StoreError> {
    let organisation = before.context.organisation.into();
    let (lifetime, value, sealed) = (PhantomData, &before.value[..], &after.sealed[..]);
    let changed = match before.column {
        SealedColumn::WebhookUrl => return Ok(replace_url(conn, before, after)? == 1),
        SealedColumn::WebhookSecret => {
            let (webhook, secret) = (before.context.webhook.into(), before.row);
            let (before, after) = (value, sealed);
            ResealSecret { organisation, webhook, secret, before, after, lifetime }.execute(conn)?
        }
        SealedColumn::ReferenceKey => {
            let (before, after) = (value, sealed);
            ResealKey { organisation, before, after, lifetime }.execute(conn)?
        }
    };
    Ok(changed == 1)
}

fn replace_url(conn: &mut Conn, before: &SealedValue, after: &Resealed) -> QueryResult<i64> {
    let url = |url_hmac| ResealUrl {
        organisation: before.context.organisation.into(),
        webhook: before.context.webhook.into(),
        before: &before.value,
        after: &after.sealed,
        url_hmac,
        url_mark: &after.url_mark,
        lifetime: PhantomData,
    };
    let is_taken = |error: &Error| {
        matches!(error, Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
    };
    match url(Some(&after.url_hmac[..])).get_result(conn) {
        Err(error) if is_taken(&error) => url(None).get_result(conn),
        changed => changed,
    }
}

//! What is sealed, and how it is sealed again under another key while everything runs: value by value,
//! each in a statement of its own that changes nothing where the value is another one by now.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bytea, Nullable, Uuid as SqlUuid};
use domain::sealing::{Context, Field, Resealed};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::statement::{row, statement};

/// Every sealed column of the database, by table and name.
pub const SEALED: [(SealedColumn, &str, &str); 2] = [
    (SealedColumn::WebhookUrl, "webhooks", "url_sealed"),
    (SealedColumn::WebhookSecret, "webhook_secrets", "secret_sealed"),
];

/// A column whose values are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedColumn {
    /// The URL of a webhook.
    WebhookUrl,
    /// A signing secret of a webhook, current or earlier.
    WebhookSecret,
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

statement!(ResealUrl = "reseal_url.sql", (
    organisation: SqlUuid => Uuid,
    webhook: SqlUuid => Uuid,
    before: Bytea => &'a [u8],
    after: Bytea => &'a [u8],
    url_hmac: Nullable<Bytea> => Option<&'a [u8]>,
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
    let (organisation, webhook) =
        (before.context.organisation.into(), before.context.webhook.into());
    let (lifetime, value) = (PhantomData, before.value.as_slice());
    let sealed = after.sealed.as_slice();
    let changed = match before.column {
        SealedColumn::WebhookUrl => {
            let url = |url_hmac| ResealUrl {
                organisation,
                webhook,
                before: value,
                after: sealed,
                url_hmac,
                lifetime,
            };
            match url(Some(&after.url_hmac[..])).execute(conn) {
                Err(diesel::result::Error::DatabaseError(
                    diesel::result::DatabaseErrorKind::UniqueViolation,
                    _,
                )) => url(None).execute(conn)?,
                changed => changed?,
            }
        }
        SealedColumn::WebhookSecret => {
            let secret = before.row;
            let (before, after) = (value, sealed);
            ResealSecret { organisation, webhook, secret, before, after, lifetime }.execute(conn)?
        }
    };
    Ok(changed == 1)
}

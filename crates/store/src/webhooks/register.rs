//! The register of webhooks: all that are or were there, for the record of what data goes where (Art. 30
//! GDPR). A deleted one stays in it as long as its row does.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::id::{OrganisationId, WebhookId};
use domain::include::Include;
use domain::requester::Requester;
use uuid::Uuid;

use super::{Health, health};
use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::filter_by;
use crate::page::Page;
use crate::row::{page_rows, requester};
use crate::statement::{row, statement};

/// A webhook, live or deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    /// Its owner.
    pub organisation_id: OrganisationId,
    /// Its id.
    pub id: WebhookId,
    /// Its name; live webhooks of one owner have different ones.
    pub name: String,
    /// Why data goes there.
    pub purpose: Option<String>,
    /// Host of the URL, punycode; a secret of its own at some receivers.
    pub host: String,
    /// Field groups of the payload.
    pub include: Include,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// Who registered it.
    pub created_by: Requester,
    /// How deliveries go; none once it is deleted.
    pub health: Option<Health>,
    /// When the receiver last accepted an export; none once its lane is gone.
    pub last_delivered_at: Option<DateTime<Utc>>,
    /// Start of the last attempt that is in the log.
    pub last_attempt_at: Option<DateTime<Utc>>,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

statement!(uncached ReadRegister = "register.sql", (
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    after: Nullable<SqlUuid> => Option<Uuid>,
    rows: BigInt => i64,
) -> named Row);

/// A page of the register, newest first. Who downloads it tells the audit.
///
/// # Errors
/// [`StoreError`].
pub fn register(
    conn: &mut Conn,
    actor: &Actor,
    after: Option<WebhookId>,
    limit: usize,
) -> Result<Page<Registered, WebhookId>, StoreError> {
    let read = ReadRegister {
        organisation: filter_by(actor),
        after: after.map(Uuid::from),
        rows: page_rows(limit),
        lifetime: PhantomData,
    };
    let rows: Vec<Row> = read.load(conn)?;
    let registered = rows.into_iter().map(Row::registered).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::from_rows(registered, limit, |webhook| webhook.id))
}

row!(
    struct Row {
        organisation_id: SqlUuid => Uuid,
        id: SqlUuid => Uuid,
        name: Text => String,
        purpose: Nullable<Text> => Option<String>,
        host: Text => String,
        include: Array<Text> => Vec<String>,
        created_at: Timestamptz => DateTime<Utc>,
        created_by_type: Text => String,
        created_by_id: Text => String,
        created_by_name: Text => String,
        created_by_email: Text => String,
        failing_since: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        last_delivered_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        disabled_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        disabled_reason: Nullable<Text> => Option<String>,
        last_attempt_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        deleted_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    }
);

impl Row {
    fn registered(self) -> Result<Registered, StoreError> {
        let include = Include::from_names(&self.include)
            .map_err(|_| StoreError::Unreadable("unknown field group".to_owned()))?;
        let disabled = self.disabled_at.zip(self.disabled_reason.as_deref());
        let health = health(disabled, self.failing_since, self.last_delivered_at)?;
        Ok(Registered {
            organisation_id: self.organisation_id.into(),
            id: self.id.into(),
            name: self.name,
            purpose: self.purpose,
            host: self.host,
            include,
            created_at: self.created_at,
            created_by: requester(
                &self.created_by_type,
                self.created_by_id,
                self.created_by_name,
                self.created_by_email,
            )?,
            health: self.deleted_at.is_none().then_some(health),
            last_delivered_at: self.last_delivered_at,
            last_attempt_at: self.last_attempt_at,
            deleted_at: self.deleted_at,
        })
    }
}

//! The register of webhooks: all that are or were there, for the record of what data goes where (Art. 30
//! GDPR). A deleted one stays in it as long as its row does.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::id::{OrganisationId, WebhookId};
use domain::include::Include;
use domain::requester::Requester;
use uuid::Uuid;

use super::row::{by_default, health, reviewed};
use super::{Health, WebhookFilter};
use crate::db::Conn;
use crate::error::StoreError;
use crate::filter::{Asked, UnknownFilter};
use crate::organisations::names;
use crate::owner::filter_by;
use crate::page::Page;
use crate::row::{page_rows, requester};
use crate::statement::{row, statement};

/// A webhook, live or deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// What that organisation is called, where support reads it.
    pub organisation_name: Option<String>,
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
    /// It is live, and nothing was accepted there for 90 days.
    pub stale: bool,
    /// Who answers for it.
    pub owner: String,
    /// When it is to be reviewed.
    pub review_by: DateTime<Utc>,
    /// It is live, and that is over.
    pub review_due: bool,
    /// The last review, if there was one.
    pub reviewed: Option<(DateTime<Utc>, Requester)>,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

statement!(uncached ReadRegister = "register.sql" "wanted.sql" "newest_first.sql", (
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    id: Nullable<SqlUuid> => Option<Uuid>,
    after: Nullable<SqlUuid> => Option<Uuid>,
    rows: BigInt => i64,
    stale: Nullable<Bool> => Option<bool>,
    review_due: Nullable<Bool> => Option<bool>,
    hosts: Nullable<Array<Text>> => Option<&'a [String]>,
    named: Nullable<Text> => Option<&'a str>,
    named_hosts: Nullable<Array<Text>> => Option<&'a [String]>,
) -> named Row);

/// A page of the register, newest first, filtered like the list. Who downloads it tells the audit.
///
/// # Errors
/// [`StoreError`]; inside, [`UnknownFilter`].
pub fn register(
    conn: &mut Conn,
    actor: &Actor,
    filter: &WebhookFilter,
    after: Option<WebhookId>,
    limit: usize,
) -> Result<Result<Page<Registered, WebhookId>, UnknownFilter>, StoreError> {
    let wanted = match filter.wanted(conn, actor)? {
        Ok(wanted) => wanted,
        Err(unknown) => return Ok(Err(unknown)),
    };
    let read = ReadRegister {
        organisation: filter_by(actor),
        id: wanted.id,
        after: after.map(Uuid::from),
        rows: page_rows(limit),
        stale: wanted.stale,
        review_due: wanted.review_due,
        hosts: wanted.hosts.as_deref(),
        named: wanted.named.as_deref(),
        named_hosts: wanted.named_hosts.as_deref(),
        lifetime: PhantomData,
    };
    let rows: Vec<Row> = read.load(conn)?;
    if rows.is_empty()
        && after.is_none()
        && let Some(unknown) = Asked::default().unknown(conn, actor)?
    {
        return Ok(Err(unknown));
    }
    let mut registered = rows.into_iter().map(Row::registered).collect::<Result<Vec<_>, _>>()?;
    names::tell(conn, actor, &mut registered)?;
    Ok(Ok(Page::from_rows(registered, limit, |webhook| webhook.id)))
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
        owner: Nullable<Text> => Option<String>,
        review_by: Timestamptz => DateTime<Utc>,
        review_due: Bool => bool,
        stale: Bool => bool,
        reviewed_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        reviewed_by_type: Nullable<Text> => Option<String>,
        reviewed_by_id: Nullable<Text> => Option<String>,
        reviewed_by_name: Nullable<Text> => Option<String>,
        reviewed_by_email: Nullable<Text> => Option<String>,
        deleted_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    }
);

impl Row {
    fn registered(self) -> Result<Registered, StoreError> {
        let include = Include::from_names(&self.include)
            .map_err(|_| StoreError::Unreadable("unknown field group".to_owned()))?;
        let disabled = self.disabled_at.zip(self.disabled_reason.as_deref());
        let health = health(disabled, self.failing_since, self.last_delivered_at)?;
        let created_by = requester(
            &self.created_by_type,
            self.created_by_id,
            self.created_by_name,
            self.created_by_email,
        )?;
        let by = [
            self.reviewed_by_type,
            self.reviewed_by_id,
            self.reviewed_by_name,
            self.reviewed_by_email,
        ];
        Ok(Registered {
            owner: self.owner.unwrap_or_else(|| by_default(&created_by)),
            organisation_id: self.organisation_id.into(),
            organisation_name: None,
            id: self.id.into(),
            name: self.name,
            purpose: self.purpose,
            host: self.host,
            include,
            created_at: self.created_at,
            created_by,
            health: self.deleted_at.is_none().then_some(health),
            last_delivered_at: self.last_delivered_at,
            last_attempt_at: self.last_attempt_at,
            stale: self.stale,
            review_by: self.review_by,
            review_due: self.review_due,
            reviewed: reviewed(self.reviewed_at, by)?,
            deleted_at: self.deleted_at,
        })
    }
}

//! Registered URLs: reading them with the health of their lanes. Writing is one file per verb.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::audit::ObjectType;
use domain::export::DisabledReason;
use domain::id::{OrganisationId, WebhookId};
use domain::include::Include;
use domain::requester::Requester;
use uuid::Uuid;

use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::filter::{Asked, UnknownFilter};
use crate::organisations::names;
use crate::owner::filter_by;
use crate::page::Page;
use crate::row::{page_rows, requester, word};
use crate::statement::{row, statement};

mod control;
mod create;
mod delete;
mod filter;
mod replace;
mod resend;

pub use control::{
    EARLIER_SECRETS, EnableRefusal, RotateRefusal, enable, end_rotation, rotate_secret,
};
pub use create::{CreateRefusal, LIVE_LIMIT, NewWebhook, WebhookName, create, new_id};
pub use delete::{DeleteRefusal, Deleted, InProgress, delete};
use filter::Wanted;
pub use filter::WebhookFilter;
pub use replace::{
    CarriedOver, CarryOver, ReplaceRefusal, Replaced, Replacement, carried_over, replace,
    would_replace,
};
pub use resend::{ResendFailed, ResendFailedRefusal, Resent, resend_failed};

/// How deliveries to a webhook go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Nothing was delivered, and nothing failed.
    Untested,
    /// The last attempt that says something about the receiver was accepted.
    Healthy,
    /// It fails since then.
    Failing {
        /// End of the first failure.
        since: DateTime<Utc>,
    },
    /// Switched off by itself.
    Disabled {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: DisabledReason,
    },
}

/// A live webhook.
#[derive(Clone, PartialEq)]
pub struct Webhook {
    /// Its owner.
    pub organisation_id: OrganisationId,
    /// What the owner is called, where support reads it.
    pub organisation_name: Option<String>,
    /// Its id.
    pub id: WebhookId,
    /// Unique among the live webhooks of its owner, without regard to case.
    pub name: String,
    /// Why data goes there.
    pub purpose: Option<String>,
    /// Host of the URL, punycode; a secret of its own at some receivers.
    pub host: String,
    /// The sealed URL.
    pub url_sealed: Vec<u8>,
    /// Field groups of the payload.
    pub include: Include,
    /// The deleted webhook that it took over from.
    pub replaces: Option<WebhookId>,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// Who registered it.
    pub created_by: Requester,
    /// How deliveries go.
    pub health: Health,
    /// When the receiver last accepted an export.
    pub last_delivered_at: Option<DateTime<Utc>>,
    /// Start of the last attempt that is in the log.
    pub last_attempt_at: Option<DateTime<Utc>>,
    /// Share (0 to 1) of its last 100 attempts that were accepted, without those that we broke
    /// off ourselves; none when there is none.
    pub success_rate: Option<f64>,
    /// When the last earlier secret stops signing along; none where only the current one signs.
    pub rotation_ends_at: Option<DateTime<Utc>>,
}

/// The URL and its host may be secrets: only ids are printed.
impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The live webhooks, all or those that are asked for, newest first.
///
/// # Errors
/// [`StoreError`]; inside, [`UnknownFilter`].
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    filter: &WebhookFilter,
    after: Option<WebhookId>,
    limit: usize,
) -> Result<Result<Page<Webhook, WebhookId>, UnknownFilter>, StoreError> {
    let wanted = match filter.wanted(conn, actor)? {
        Ok(wanted) => wanted,
        Err(unknown) => return Ok(Err(unknown)),
    };
    let page = Page::from_rows(read(conn, actor, &wanted, after, limit)?, limit, |hook| hook.id);
    if page.items.is_empty()
        && after.is_none()
        && let Some(unknown) = Asked::default().unknown(conn, actor)?
    {
        return Ok(Err(unknown));
    }
    let shown = page.items.iter().map(|webhook| webhook.organisation_id);
    audit::looked(conn, actor, ObjectType::Webhook, shown)?;
    Ok(Ok(page))
}

/// A live webhook.
///
/// # Errors
/// [`StoreError`].
pub fn get(conn: &mut Conn, actor: &Actor, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
    let wanted = Wanted { id: Some(id.into()), ..Wanted::default() };
    let found = read(conn, actor, &wanted, None, 1)?.pop();
    audit::looked(conn, actor, id, found.iter().map(|webhook| webhook.organisation_id))?;
    Ok(found)
}

fn read(
    conn: &mut Conn,
    actor: &Actor,
    wanted: &Wanted,
    after: Option<WebhookId>,
    limit: usize,
) -> Result<Vec<Webhook>, StoreError> {
    let statement = ReadWebhooks {
        organisation: filter_by(actor),
        id: wanted.id,
        after: after.map(Uuid::from),
        rows: page_rows(limit),
        hosts: wanted.hosts.as_deref(),
        named: wanted.named.as_deref(),
        named_hosts: wanted.named_hosts.as_deref(),
        lifetime: PhantomData,
    };
    let rows: Vec<Row> = statement.load(conn)?;
    let mut webhooks = rows.into_iter().map(Row::webhook).collect::<Result<Vec<_>, _>>()?;
    names::tell(conn, actor, &mut webhooks)?;
    Ok(webhooks)
}

statement!(ReadWebhooks = "webhooks/read.sql", (
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    id: Nullable<SqlUuid> => Option<Uuid>,
    after: Nullable<SqlUuid> => Option<Uuid>,
    rows: BigInt => i64,
    hosts: Nullable<Array<Text>> => Option<&'a [String]>,
    named: Nullable<Text> => Option<&'a str>,
    named_hosts: Nullable<Array<Text>> => Option<&'a [String]>,
) -> named Row);

row!(
    struct Row {
        organisation_id: SqlUuid => Uuid,
        id: SqlUuid => Uuid,
        name: Text => String,
        purpose: Nullable<Text> => Option<String>,
        host: Text => String,
        url_sealed: Bytea => Vec<u8>,
        include: Array<Text> => Vec<String>,
        replaces: Nullable<SqlUuid> => Option<Uuid>,
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
        tried: BigInt => i64,
        delivered: BigInt => i64,
        rotation_ends_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    }
);

impl Row {
    fn webhook(self) -> Result<Webhook, StoreError> {
        let include = Include::from_names(&self.include)
            .map_err(|_| StoreError::Unreadable("unknown field group".to_owned()))?;
        let health = self.health()?;
        Ok(Webhook {
            organisation_id: self.organisation_id.into(),
            organisation_name: None,
            id: self.id.into(),
            name: self.name,
            purpose: self.purpose,
            host: self.host,
            url_sealed: self.url_sealed,
            include,
            replaces: self.replaces.map(WebhookId::from),
            created_at: self.created_at,
            created_by: requester(
                &self.created_by_type,
                self.created_by_id,
                self.created_by_name,
                self.created_by_email,
            )?,
            health,
            last_delivered_at: self.last_delivered_at,
            last_attempt_at: self.last_attempt_at,
            success_rate: success_rate(self.delivered, self.tried),
            rotation_ends_at: self.rotation_ends_at,
        })
    }

    fn health(&self) -> Result<Health, StoreError> {
        if let (Some(at), Some(reason)) = (self.disabled_at, &self.disabled_reason) {
            return Ok(Health::Disabled { at, reason: word(DisabledReason::parse, reason)? });
        }
        Ok(match (self.failing_since, self.last_delivered_at) {
            (Some(since), _) => Health::Failing { since },
            (None, Some(_)) => Health::Healthy,
            (None, None) => Health::Untested,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "both are at most 100")]
fn success_rate(delivered: i64, tried: i64) -> Option<f64> {
    (tried > 0).then(|| delivered as f64 / tried as f64)
}

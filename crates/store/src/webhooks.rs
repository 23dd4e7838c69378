//! Registered URLs: reading them with the health of their lanes. Writing is one file per verb.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid};
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
mod register;
mod replace;
mod resend;
mod review;

pub use control::{
    EARLIER_SECRETS, EnableRefusal, RotateRefusal, enable, end_rotation, rotate_secret,
};
pub use create::{CreateRefusal, LIVE_LIMIT, NewWebhook, WebhookName, create, new_id};
pub use delete::{DeleteRefusal, Deleted, InProgress, delete};
use filter::Wanted;
pub use filter::WebhookFilter;
pub use register::{Registered, register};
pub use replace::{
    CarriedOver, CarryOver, ReplaceRefusal, Replaced, Replacement, carried_over, replace,
    would_replace,
};
pub use resend::{ResendFailed, ResendFailedRefusal, Resent, resend_failed};
pub use review::{Review, review};

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
    /// Nothing was accepted there for 90 days, or ever since it was registered before that.
    pub stale: bool,
    /// Share (0 to 1) of its exports of the last 30 days, the newest 1,000 at most, that were accepted;
    /// of those that have ended otherwise than cancelled, and none where none has.
    pub success_rate: Option<f64>,
    /// Who answers for it: in an admin's words, or else who registered it.
    pub owner: String,
    /// When it is to be reviewed.
    pub review_by: DateTime<Utc>,
    /// That is over.
    pub review_due: bool,
    /// The last review, if there was one.
    pub reviewed: Option<(DateTime<Utc>, Requester)>,
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
        stale: wanted.stale,
        review_due: wanted.review_due,
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
    stale: Nullable<Bool> => Option<bool>,
    review_due: Nullable<Bool> => Option<bool>,
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
        ended: BigInt => i64,
        accepted: BigInt => i64,
        owner: Nullable<Text> => Option<String>,
        review_by: Timestamptz => DateTime<Utc>,
        review_due: Bool => bool,
        stale: Bool => bool,
        reviewed_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        reviewed_by_type: Nullable<Text> => Option<String>,
        reviewed_by_id: Nullable<Text> => Option<String>,
        reviewed_by_name: Nullable<Text> => Option<String>,
        reviewed_by_email: Nullable<Text> => Option<String>,
        rotation_ends_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    }
);

impl Row {
    fn webhook(mut self) -> Result<Webhook, StoreError> {
        let include = Include::from_names(&self.include)
            .map_err(|_| StoreError::Unreadable("unknown field group".to_owned()))?;
        let health = self.health()?;
        let reviewed = self.reviewed()?;
        let created_by = requester(
            &self.created_by_type,
            self.created_by_id,
            self.created_by_name,
            self.created_by_email,
        )?;
        Ok(Webhook {
            owner: self.owner.unwrap_or_else(|| by_default(&created_by)),
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
            created_by,
            health,
            last_delivered_at: self.last_delivered_at,
            last_attempt_at: self.last_attempt_at,
            stale: self.stale,
            success_rate: share(self.accepted, self.ended),
            review_by: self.review_by,
            review_due: self.review_due,
            reviewed,
            rotation_ends_at: self.rotation_ends_at,
        })
    }

    fn reviewed(&mut self) -> Result<Option<(DateTime<Utc>, Requester)>, StoreError> {
        let Some(at) = self.reviewed_at else { return Ok(None) };
        let mut text = |column: fn(&mut Self) -> &mut Option<String>| {
            column(self).take().ok_or_else(|| StoreError::Unreadable("half a review".to_owned()))
        };
        let kind = text(|row| &mut row.reviewed_by_type)?;
        let id = text(|row| &mut row.reviewed_by_id)?;
        let name = text(|row| &mut row.reviewed_by_name)?;
        let email = text(|row| &mut row.reviewed_by_email)?;
        Ok(Some((at, requester(&kind, id, name, email)?)))
    }

    fn health(&self) -> Result<Health, StoreError> {
        let disabled = self.disabled_at.zip(self.disabled_reason.as_deref());
        health(disabled, self.failing_since, self.last_delivered_at)
    }
}

#[expect(clippy::cast_precision_loss, reason = "both are at most 1,000")]
fn share(accepted: i64, ended: i64) -> Option<f64> {
    (ended > 0).then(|| accepted as f64 / ended as f64)
}

/// Who answers for what they registered, as they are reached best.
fn by_default(created_by: &Requester) -> String {
    let Requester { id, name, email, .. } = created_by;
    email.as_ref().or(name.as_ref()).unwrap_or(id).clone()
}

/// What a lane says.
fn health(
    disabled: Option<(DateTime<Utc>, &str)>,
    failing_since: Option<DateTime<Utc>>,
    last_delivered_at: Option<DateTime<Utc>>,
) -> Result<Health, StoreError> {
    if let Some((at, reason)) = disabled {
        return Ok(Health::Disabled { at, reason: word(DisabledReason::parse, reason)? });
    }
    Ok(match (failing_since, last_delivered_at) {
        (Some(since), _) => Health::Failing { since },
        (None, Some(_)) => Health::Healthy,
        (None, None) => Health::Untested,
    })
}

//! Registered URLs: reading them with the health of their lanes. Writing is one file per verb.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid};
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
use crate::row::page_rows;
use crate::statement::statement;

mod control;
mod create;
mod delete;
mod filter;
mod register;
mod replace;
mod resend;
mod review;
mod row;
mod would_create;

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
use row::Row;
pub use would_create::{WouldCreate, would_create};

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
    /// Share (0 to 1) of its exports of the last 30 days, the newest 200 at most, that were accepted;
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

statement!(ReadWebhooks = "webhooks/page.sql" "webhooks/wanted.sql" "webhooks/read.sql", (
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

//! Registered URLs: reading them with the health of their lanes. Writing is one file per verb.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::export::DisabledReason;
use domain::id::{OrganisationId, WebhookId};
use domain::include::Include;
use domain::requester::Requester;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::page::{Page, Scope};
use crate::row::{page_rows, requester, word};

mod control;
mod create;
mod delete;

pub use control::{EnableRefusal, RotateRefusal, Rotation, enable, rotate_secret};
pub use create::{CreateRefusal, LIVE_LIMIT, NewWebhook, WebhookName, create, new_id};
pub use delete::{DeleteRefusal, Deleted, InProgress, delete};

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
    /// Its id.
    pub id: WebhookId,
    /// Unique among the live webhooks of its owner.
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
    /// When the previous secret stops signing along; none without a rotation.
    pub rotation_ends_at: Option<DateTime<Utc>>,
}

/// The URL and its host may be secrets: only ids are printed.
impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The live webhooks, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn list(
    conn: &mut Conn,
    scope: Scope,
    after: Option<WebhookId>,
    limit: usize,
) -> Result<Page<Webhook, WebhookId>, StoreError> {
    let webhooks = read(conn, scope, None, after, limit)?;
    Ok(Page::from_rows(webhooks, limit, |webhook| webhook.id))
}

/// A live webhook.
///
/// # Errors
/// [`StoreError`].
pub fn get(conn: &mut Conn, scope: Scope, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
    Ok(read(conn, scope, Some(id), None, 1)?.pop())
}

fn read(
    conn: &mut Conn,
    scope: Scope,
    id: Option<WebhookId>,
    after: Option<WebhookId>,
    limit: usize,
) -> Result<Vec<Webhook>, StoreError> {
    let rows: Vec<Row> = diesel::sql_query(include_str!("webhooks/read.sql"))
        .bind::<Nullable<SqlUuid>, _>(scope.organisation())
        .bind::<Nullable<SqlUuid>, _>(id.map(Uuid::from))
        .bind::<Nullable<SqlUuid>, _>(after.map(Uuid::from))
        .bind::<BigInt, _>(page_rows(limit))
        .load(conn)?;
    rows.into_iter().map(Row::webhook).collect()
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    purpose: Option<String>,
    #[diesel(sql_type = Text)]
    host: String,
    #[diesel(sql_type = Bytea)]
    url_sealed: Vec<u8>,
    #[diesel(sql_type = Array<Text>)]
    include: Vec<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    replaces: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    created_by_type: String,
    #[diesel(sql_type = Text)]
    created_by_id: String,
    #[diesel(sql_type = Text)]
    created_by_name: String,
    #[diesel(sql_type = Text)]
    created_by_email: String,
    #[diesel(embed)]
    lane: Lane,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_attempt_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = BigInt)]
    tried: i64,
    #[diesel(sql_type = BigInt)]
    delivered: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    rotation_ends_at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct Lane {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    failing_since: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_delivered_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    disabled_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    disabled_reason: Option<String>,
}

impl Row {
    fn webhook(self) -> Result<Webhook, StoreError> {
        let include = Include::from_names(&self.include)
            .map_err(|_| StoreError::Unreadable("unknown field group".to_owned()))?;
        Ok(Webhook {
            organisation_id: self.organisation_id.into(),
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
            health: self.lane.health()?,
            last_delivered_at: self.lane.last_delivered_at,
            last_attempt_at: self.last_attempt_at,
            success_rate: success_rate(self.delivered, self.tried),
            rotation_ends_at: self.rotation_ends_at,
        })
    }
}

impl Lane {
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

//! The log: every try to POST an export, those under way too.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::attempt::Facts;
use domain::audit::{Action, ObjectType};
use domain::id::{AttemptId, ExportId, OrganisationId, WebhookId};
use domain::outcome::Outcome;
use domain::role::Role;
use serde_json::json;
use uuid::Uuid;

use crate::audit::{self, Object};
use crate::db::Conn;
use crate::error::StoreError;
use crate::exports;
use crate::owner::filter_by;
use crate::page::Page;
use crate::row::{page_rows, since_1970};

mod lookup;
mod row;

use lookup::Lookup;
use row::Row;

/// What the log shows without `from`.
const SHOWN: TimeDelta = TimeDelta::days(31);
/// No attempt begins so far ahead of this process's clock: months to come are left out.
const AHEAD: TimeDelta = TimeDelta::days(1);

/// One try to POST an export.
#[derive(Clone, PartialEq)]
pub struct Attempt {
    /// Owner of the export.
    pub organisation_id: OrganisationId,
    /// Its id; the `webhook-attempt-id` on the wire.
    pub id: AttemptId,
    /// What was sent.
    pub export_id: ExportId,
    /// Where to.
    pub webhook_id: WebhookId,
    /// Name of the webhook.
    pub webhook_name: String,
    /// Host of the webhook, punycode.
    pub host: String,
    /// Subject or API key that asked for the export.
    pub requested_by_id: String,
    /// Its number within the export, from 1.
    pub attempt_number: u32,
    /// What came of it; none while it is under way.
    pub outcome: Option<Outcome>,
    /// The receiver may have got the data.
    pub ambiguous: bool,
    /// HTTP status, if there was an answer.
    pub http_status: Option<u16>,
    /// When it was claimed, by the database's clock.
    pub started_at: DateTime<Utc>,
    /// How long it took; none while it is under way.
    pub duration_ms: Option<u32>,
    /// Resolution of the name; none on a reused connection.
    pub dns_ms: Option<u32>,
    /// TCP and TLS; none on a reused connection.
    pub connect_ms: Option<u32>,
    /// Until the head of the answer had arrived.
    pub first_byte_ms: Option<u32>,
    /// Bytes of the body that were handed to the connection.
    pub request_bytes_sent: u64,
    /// Size of the frozen bytes.
    pub payload_bytes: u64,
    /// SHA-256 of the frozen bytes.
    pub payload_sha256: Vec<u8>,
    /// How many people the export carries; none once the export itself was forgotten.
    pub candidate_count: Option<u32>,
    /// Allow-listed headers of the answer, by name.
    pub response_headers: Vec<(String, String)>,
    /// The first 4 KiB of the answer, while kept; read for an admin only.
    pub response_body: Option<Vec<u8>>,
    /// The answer was longer than what is kept.
    pub response_truncated: bool,
    /// The answer was longer than what is read.
    pub response_too_large: bool,
    /// What its explanation fills in.
    pub facts: Facts,
    /// Address that was connected to; support's only.
    pub resolved_address: Option<String>,
    /// Who sent.
    pub worker: String,
    /// When the next try was planned; none when this was the last.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// What a worker saw after it had lost its lease.
    pub late: Option<Late>,
}

/// An answer may quote personal data: it is never printed.
impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut attempt = f.debug_struct("Attempt");
        attempt.field("id", &self.id).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

/// What a worker saw after it had lost its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late {
    /// What came of the attempt after all.
    pub outcome: Outcome,
    /// HTTP status, if there was an answer.
    pub http_status: Option<u16>,
    /// When the worker told.
    pub recorded_at: DateTime<Utc>,
}

/// Which attempts are listed; all conditions hold together. Without `from` and without
/// `export_id`, those of the last 31 days.
#[derive(Debug, Clone, Default)]
pub struct AttemptFilter {
    /// Of this export.
    pub export_id: Option<ExportId>,
    /// To this webhook.
    pub webhook_id: Option<WebhookId>,
    /// That ended so.
    pub outcome: Option<Outcome>,
    /// That were answered so.
    pub http_status: Option<u16>,
    /// To this host, punycode.
    pub host: Option<String>,
    /// Begun at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Begun before this instant.
    pub to: Option<DateTime<Utc>>,
    /// Asked for by this subject or API key.
    pub requested_by: Option<String>,
}

/// Attempts, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    filter: &AttemptFilter,
    after: Option<AttemptId>,
    limit: usize,
) -> Result<Page<Attempt, AttemptId>, StoreError> {
    let page = read(conn, actor, filter, Order::NewestFirst, after, limit)?;
    tell(conn, actor, ObjectType::Attempt, &page.items)?;
    Ok(page)
}

/// The attempts of one export, in their order; none inside when there is no such export.
///
/// # Errors
/// [`StoreError`].
pub fn of_export(
    conn: &mut Conn,
    actor: &Actor,
    export: ExportId,
    after: Option<AttemptId>,
    limit: usize,
) -> Result<Option<Page<Attempt, AttemptId>>, StoreError> {
    let Some(owner) = exports::owner(conn, actor, export)? else { return Ok(None) };
    let filter = AttemptFilter { export_id: Some(export), ..AttemptFilter::default() };
    let page = read(conn, &actor.within(owner), &filter, Order::OldestFirst, after, limit)?;
    tell(conn, &actor.within(owner), export, &page.items)?;
    Ok(Some(page))
}

/// What receivers answered may quote personal data: who reads it is told, and each look of support.
fn tell(
    conn: &mut Conn,
    actor: &Actor,
    object: impl Into<Object>,
    attempts: &[Attempt],
) -> Result<(), StoreError> {
    let object = object.into();
    audit::looked(conn, actor, object, attempts.iter().map(|attempt| attempt.organisation_id))?;
    let answers = attempts.iter().filter(|attempt| attempt.response_body.is_some()).count();
    if answers == 0 {
        return Ok(());
    }
    audit::did(conn, actor, Action::AttemptResponsesRead, object, json!({ "attempts": answers }))
}

/// Ids sort like the numbers of an export's attempts: the claim mints them by one clock.
#[derive(Debug, Clone, Copy)]
enum Order {
    NewestFirst,
    OldestFirst,
}

impl Order {
    fn sql(self, lookup: &Lookup) -> String {
        let (direction, beyond) = match self {
            Self::NewestFirst => ("DESC", "<"),
            Self::OldestFirst => ("ASC", ">"),
        };
        include_str!("attempts/read.sql")
            .replace("{direction}", direction)
            .replace("{beyond}", beyond)
            .replace("{keys}", &lookup.keys)
            .replace("{key}", &lookup.key)
    }
}

fn read(
    conn: &mut Conn,
    actor: &Actor,
    filter: &AttemptFilter,
    order: Order,
    after: Option<AttemptId>,
    limit: usize,
) -> Result<Page<Attempt, AttemptId>, StoreError> {
    let now = Utc::now();
    let shown = filter.export_id.is_none().then(|| now - SHOWN);
    // The second holds what of `to` is finer than an id.
    let ahead = filter.to.map_or(now + AHEAD, |to| to + TimeDelta::seconds(1));
    // No answer has a status that smallint cannot hold: -1 finds none.
    let http_status = filter.http_status.map(|status| i16::try_from(status).unwrap_or(-1));
    let rows: Vec<Row> = diesel::sql_query(order.sql(&Lookup::of(actor, filter)))
        .bind::<Nullable<SqlUuid>, _>(filter_by(actor))
        .bind::<Nullable<Text>, _>(actor.own())
        .bind::<Nullable<SqlUuid>, _>(after.map(Uuid::from))
        .bind::<Nullable<SqlUuid>, _>(filter.export_id.map(Uuid::from))
        .bind::<Nullable<SqlUuid>, _>(filter.webhook_id.map(Uuid::from))
        .bind::<Nullable<Text>, _>(filter.outcome.map(Outcome::as_str))
        .bind::<Nullable<SmallInt>, _>(http_status)
        .bind::<Nullable<Text>, _>(filter.host.as_deref())
        .bind::<Nullable<Timestamptz>, _>(filter.from.or(shown).map(since_1970))
        .bind::<Nullable<Timestamptz>, _>(filter.to.map(since_1970))
        .bind::<Nullable<Text>, _>(filter.requested_by.as_deref())
        .bind::<BigInt, _>(page_rows(limit))
        .bind::<Timestamptz, _>(since_1970(ahead))
        .load(conn)?;
    let mut attempts = rows.into_iter().map(Row::attempt).collect::<Result<Vec<_>, _>>()?;
    if actor.role != Some(Role::OrgAdmin) {
        attempts.iter_mut().for_each(|attempt| attempt.response_body = None);
    }
    Ok(Page::from_rows(attempts, limit, |attempt| attempt.id))
}

//! The log: every try to POST an export, those under way too.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::actor::Actor;
use domain::attempt::Facts;
use domain::audit::{Action, ObjectType};
use domain::id::{AttemptId, ExportId, OrganisationId, WebhookId};
use domain::outcome::Outcome;
use domain::role::Role;
use serde_json::json;

use crate::audit::{self, Object};
use crate::db::Conn;
use crate::error::StoreError;
use crate::exports;
use crate::filter::{Named, UnknownFilter};
use crate::organisations::names;
use crate::page::Page;

mod keys;
mod query;
mod row;
#[cfg(test)]
mod tests;
mod wanted;

use query::{Asked, Order};
use row::Row;
pub use wanted::AttemptFilter;

/// One try to POST an export.
#[derive(Clone, PartialEq)]
pub struct Attempt {
    /// Owner of the export.
    pub organisation_id: OrganisationId,
    /// What the owner is called, where support reads it.
    pub organisation_name: Option<String>,
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
    /// The export has ended, and its bytes are kept no longer.
    pub payload_gone: bool,
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

/// Attempts, newest first.
///
/// # Errors
/// [`StoreError`]; inside, [`UnknownFilter`].
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    filter: &AttemptFilter,
    after: Option<AttemptId>,
    limit: usize,
) -> Result<Result<Page<Attempt, AttemptId>, UnknownFilter>, StoreError> {
    let page = found(conn, actor, filter, Answers::Shown, after, limit)?;
    if let Ok(page) = &page {
        tell(conn, actor, ObjectType::Attempt, &page.items)?;
    }
    Ok(page)
}

/// The same without what receivers answered, and without telling of it: who downloads the whole list
/// tells of that once.
///
/// # Errors
/// [`StoreError`]; inside, [`UnknownFilter`].
pub fn page(
    conn: &mut Conn,
    actor: &Actor,
    filter: &AttemptFilter,
    after: Option<AttemptId>,
    limit: usize,
) -> Result<Result<Page<Attempt, AttemptId>, UnknownFilter>, StoreError> {
    found(conn, actor, filter, Answers::Left, after, limit)
}

fn found(
    conn: &mut Conn,
    actor: &Actor,
    filter: &AttemptFilter,
    answers: Answers,
    after: Option<AttemptId>,
    limit: usize,
) -> Result<Result<Page<Attempt, AttemptId>, UnknownFilter>, StoreError> {
    let named = match filter.asked().named(conn, actor)? {
        Ok(named) => named,
        Err(unknown) => return Ok(Err(unknown)),
    };
    let mut narrowed = filter.clone();
    let named = named.narrowed(conn, actor, &mut narrowed.webhook_id, filter.q.as_ref())?;
    let page = match &named {
        Some(named) => {
            narrowed.export_id = named.export;
            let how = (Order::NewestFirst, answers);
            read(conn, actor, (&narrowed, named), how, after, limit)?
        }
        None => Page { items: Vec::new(), next: None },
    };
    if page.items.is_empty()
        && after.is_none()
        && let Some(unknown) = filter.asked().unknown(conn, actor)?
    {
        return Ok(Err(unknown));
    }
    Ok(Ok(page))
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
    let actor = &actor.within(owner);
    let filter = AttemptFilter { export_id: Some(export), ..AttemptFilter::default() };
    let named = Named::default();
    let how = (Order::OldestFirst, Answers::Shown);
    let page = read(conn, actor, (&filter, &named), how, after, limit)?;
    tell(conn, actor, export, &page.items)?;
    Ok(Some(page))
}

/// The first attempts of an export that the actor may see, without what receivers answered: nothing that
/// the audit is told of.
pub(crate) fn without_answers(
    conn: &mut Conn,
    actor: &Actor,
    (owner, export): (OrganisationId, ExportId),
    limit: usize,
) -> Result<Vec<Attempt>, StoreError> {
    let filter = AttemptFilter { export_id: Some(export), ..AttemptFilter::default() };
    let named = Named::default();
    let actor = &actor.within(owner);
    let how = (Order::OldestFirst, Answers::Left);
    Ok(read(conn, actor, (&filter, &named), how, None, limit)?.items)
}

/// One attempt of an export, without what the receiver answered; nobody is told.
pub(crate) fn one(
    conn: &mut Conn,
    actor: &Actor,
    (owner, export): (OrganisationId, ExportId),
    id: AttemptId,
) -> Result<Option<Attempt>, StoreError> {
    let filter = AttemptFilter { export_id: Some(export), ..AttemptFilter::default() };
    let named = Named { attempt: Some(id), ..Named::default() };
    // Within its owner it is looked up by key; whose names are told is the actor's.
    let within = &actor.within(owner);
    let how = (Order::NewestFirst, Answers::Left);
    Ok(read(conn, within, (&filter, &named), how, None, 1)?.items.pop())
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

/// What receivers answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answers {
    /// Whoever may see them does.
    Shown,
    /// They are not read.
    Left,
}

fn read(
    conn: &mut Conn,
    actor: &Actor,
    (filter, named): (&AttemptFilter, &Named),
    (order, answers): (Order, Answers),
    after: Option<AttemptId>,
    limit: usize,
) -> Result<Page<Attempt, AttemptId>, StoreError> {
    let answers = answers == Answers::Shown && actor.role == Some(Role::OrgAdmin);
    let asked = Asked { actor, filter, named, order, answers, after, limit, now: Utc::now() };
    let rows: Vec<Row> = asked.statement().load(conn)?;
    let mut attempts = rows.into_iter().map(Row::attempt).collect::<Result<Vec<_>, _>>()?;
    names::tell(conn, actor, &mut attempts)?;
    Ok(Page::from_rows(attempts, limit, |attempt| attempt.id))
}

//! Deletion: gone at once for lists, exports and claims, readable in the log for ever. What waits has
//! ended with it; where that is much, a sweep writes it. What is on the wire finishes first; then what
//! was sealed is destroyed (here, or by `maintenance`).

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::audit::Action;
use domain::export::{EndedBy, ExportStatus};
use domain::id::{ExportId, OrganisationId, WebhookId};
use serde_json::json;
use uuid::Uuid;

use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::queue::end_waiting_of_deleted;
use crate::refusal::{Abort, refusing_transaction};
use crate::row::{coalesce, nullif, unsigned, word};
use crate::schema::{carry_overs, export_jobs, lanes, url_marks, webhook_secrets, webhooks};
use crate::statement::{row, statement};

/// How many exports a refusal names.
const NAMED: i64 = 100;

/// An export that keeps a webhook from being deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InProgress {
    /// Its id.
    pub export_id: ExportId,
    /// Where it stands.
    pub status: ExportStatus,
    /// When its next attempt is due; none while one is under way, and for what is to be taken over.
    pub next_attempt_at: Option<DateTime<Utc>>,
}

/// Why a webhook was not deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeleteRefusal {
    /// No such live webhook.
    Unknown,
    /// Exports to it are in progress.
    InProgress {
        /// The first hundred, oldest first.
        exports: Vec<InProgress>,
        /// How many there are.
        total: u64,
    },
}

/// What a deletion did to the exports in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deleted {
    /// Waiting ones that ended as cancelled: they are read so from now on, and a sweep writes it.
    pub cancelled: u64,
    /// How many of them are written already.
    pub written: u64,
    /// Those on the wire: each ends after its attempt.
    pub still_sending: u64,
}

/// Deletes a webhook. With `cancel_pending`, its waiting exports end as cancelled and those on
/// the wire finish their attempt; without, exports in progress refuse the deletion.
///
/// # Errors
/// [`StoreError`]; inside, [`DeleteRefusal`].
pub fn delete(
    conn: &mut Conn,
    actor: &Actor,
    id: WebhookId,
    cancel_pending: bool,
) -> Result<Result<Deleted, DeleteRefusal>, StoreError> {
    let organisation = organisation_of(actor)?;
    refusing_transaction(conn, |conn| {
        if !lock(conn, organisation, id)? {
            return Err(Abort::Refused(DeleteRefusal::Unknown));
        }
        if !cancel_pending {
            check_idle(conn, organisation, id)?;
        }
        Ok(end(conn, actor, organisation, id)?)
    })
}

/// Deletes a webhook that is locked, with its lane.
pub(super) fn end(
    conn: &mut Conn,
    actor: &Actor,
    organisation: OrganisationId,
    id: WebhookId,
) -> Result<Deleted, StoreError> {
    let deleted = end_jobs(conn, organisation, id)?;
    if deleted.still_sending == 0 {
        destroy_sealed(conn, organisation, id)?;
        if deleted.written == deleted.cancelled {
            delete_lane(conn, organisation, id)?;
        }
    }
    let Deleted { cancelled, still_sending, .. } = deleted;
    let details = json!({ "cancelled": cancelled, "still_sending": still_sending });
    audit::did(conn, actor, Action::WebhookDeleted, id, details)?;
    Ok(deleted)
}

/// Lane first, like everything that locks it; then the webhook, so that no export can slip in
/// while we look at its jobs. Whether it is live.
pub(super) fn lock(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: WebhookId,
) -> QueryResult<bool> {
    let key = (Uuid::from(organisation), Uuid::from(id));
    lanes::table
        .find(key)
        .select(lanes::webhook_id)
        .for_no_key_update()
        .first::<Uuid>(conn)
        .optional()?;
    let live: Option<bool> = webhooks::table
        .find(key)
        .select(webhooks::deleted_at.is_null())
        .for_update()
        .first(conn)
        .optional()?;
    Ok(live == Some(true))
}

fn check_idle(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: WebhookId,
) -> Result<(), Abort<DeleteRefusal>> {
    let total: i64 = export_jobs::table
        .filter(export_jobs::organisation_id.eq(Uuid::from(organisation)))
        .filter(export_jobs::webhook_id.eq(Uuid::from(id)))
        .count()
        .get_result(conn)?;
    // So is what it takes over from the webhook that it replaced.
    let to_take_over: i64 = carry_overs::table
        .filter(carry_overs::organisation_id.eq(Uuid::from(organisation)))
        .filter(carry_overs::webhook_id.eq(Uuid::from(id)))
        .count()
        .get_result(conn)?;
    let total = total + to_take_over;
    if total == 0 {
        return Ok(());
    }
    let rows = ReadInProgress {
        organisation: organisation.into(),
        webhook: id.into(),
        rows: NAMED,
        lifetime: PhantomData,
    };
    let rows: Vec<InProgressRow> = rows.load(conn)?;
    let exports = rows.into_iter().map(in_progress).collect::<Result<_, _>>()?;
    Err(Abort::Refused(DeleteRefusal::InProgress { exports, total: unsigned(total)? }))
}

statement!(ReadInProgress = "in_progress.sql", (
    organisation: SqlUuid => Uuid,
    webhook: SqlUuid => Uuid,
    rows: BigInt => i64,
) -> named InProgressRow);

row!(
    struct InProgressRow {
        export_id: SqlUuid => Uuid,
        status: Text => String,
        next_attempt_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    }
);

fn in_progress(row: InProgressRow) -> Result<InProgress, StoreError> {
    Ok(InProgress {
        export_id: row.export_id.into(),
        status: word(ExportStatus::parse, &row.status)?,
        next_attempt_at: row.next_attempt_at,
    })
}

statement!(uncached MarkDeleted = "mark_deleted.sql", (
    organisation: SqlUuid => Uuid,
    webhook: SqlUuid => Uuid,
) -> (Timestamptz, BigInt));

/// Marks webhook and lane, so that nothing is claimed any more, stops what is under way, and ends what
/// waits: the first of it at once, the rest by a sweep, so that the lane is not held for long. The lane and the webhook are locked: no job of theirs comes or goes.
fn end_jobs(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: WebhookId,
) -> Result<Deleted, StoreError> {
    let mark = MarkDeleted {
        organisation: organisation.into(),
        webhook: id.into(),
        lifetime: PhantomData,
    };
    let (deleted_at, waiting): (DateTime<Utc>, i64) = mark.get_result(conn)?;
    let ended = end_waiting_of_deleted(conn, organisation, id, deleted_at)?;
    let jobs = export_jobs::table
        .filter(export_jobs::organisation_id.eq(Uuid::from(organisation)))
        .filter(export_jobs::webhook_id.eq(Uuid::from(id)));
    let stopped = diesel::update(jobs.filter(export_jobs::attempt_id.is_not_null()))
        .set(export_jobs::stop_after_attempt.eq(coalesce(
            // Who cancelled it, or that it was accepted; but nothing is derived for this webhook.
            nullif(
                nullif(export_jobs::stop_after_attempt, EndedBy::Restriction.as_str()),
                EndedBy::Erasure.as_str(),
            ),
            EndedBy::WebhookDeleted.as_str(),
        )))
        .execute(conn)?;
    let cancelled = unsigned(waiting)?;
    Ok(Deleted { cancelled, written: ended as u64, still_sending: stopped as u64 })
}

fn destroy_sealed(conn: &mut Conn, organisation: OrganisationId, id: WebhookId) -> QueryResult<()> {
    let key = (Uuid::from(organisation), Uuid::from(id));
    diesel::update(webhooks::table.find(key))
        .set((webhooks::url_sealed.eq(None::<Vec<u8>>), webhooks::url_hmac.eq(None::<Vec<u8>>)))
        .execute(conn)?;
    diesel::delete(
        webhook_secrets::table
            .filter(webhook_secrets::organisation_id.eq(key.0))
            .filter(webhook_secrets::webhook_id.eq(key.1)),
    )
    .execute(conn)?;
    diesel::delete(
        url_marks::table
            .filter(url_marks::organisation_id.eq(key.0))
            .filter(url_marks::webhook_id.eq(key.1)),
    )
    .execute(conn)?;
    Ok(())
}

fn delete_lane(conn: &mut Conn, organisation: OrganisationId, id: WebhookId) -> QueryResult<()> {
    diesel::delete(lanes::table.find((Uuid::from(organisation), Uuid::from(id)))).execute(conn)?;
    Ok(())
}

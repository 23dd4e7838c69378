//! Cancelling an export: a waiting one ends at once, one on the wire after its attempt.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::actor::Actor;
use domain::audit::Action;
use domain::export::{EndState, EndedBy, ExportStatus};
use domain::id::{ExportId, OrganisationId, WebhookId};
use serde_json::json;
use uuid::Uuid;

use super::read::{self, Export};
use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::queue::{End, end_exports};
use crate::refusal::{Abort, refusing_transaction};
use crate::row::{optional_word, unsigned};
use crate::schema::{carry_overs, export_jobs, exports, lanes};

/// What a cancellation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// It waited: it has ended.
    Ended,
    /// It is on the wire: it ends after this attempt.
    OnTheWire,
}

/// Why an export was not cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelRefusal {
    /// No such export.
    Unknown,
    /// It had ended so.
    AlreadyEnded(ExportStatus),
}

/// Cancels an export: a waiting one ends at once, one on the wire after its attempt. Answers it as it
/// stands then.
///
/// # Errors
/// [`StoreError`]; inside, [`CancelRefusal`].
pub fn cancel(
    conn: &mut Conn,
    actor: &Actor,
    id: ExportId,
) -> Result<Result<(Cancelled, Export), CancelRefusal>, StoreError> {
    let cancelled = match cancel_in_transaction(conn, actor, id)? {
        Ok(cancelled) => cancelled,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let export = read::get(conn, actor, id)?;
    Ok(export.map(|export| (cancelled, export)).ok_or(CancelRefusal::Unknown))
}

fn cancel_in_transaction(
    conn: &mut Conn,
    actor: &Actor,
    id: ExportId,
) -> Result<Result<Cancelled, CancelRefusal>, StoreError> {
    let organisation = organisation_of(actor)?;
    let key = (Uuid::from(organisation), Uuid::from(id));
    refusing_transaction(conn, |conn| {
        let Some((webhook, _)) = read::seen(conn, actor, key)? else {
            return Err(Abort::Refused(CancelRefusal::Unknown));
        };
        let deleted_at = lock_lane(conn, organisation, webhook.into())?.flatten();
        let job = export_jobs::table.find(key).select(Job::as_select()).for_update();
        let Some(job) = job.first(conn).optional()? else {
            return Err(already_ended(conn, actor, key)?);
        };
        let on_the_wire = job.attempt_id.is_some();
        if deleted_at.is_some() && !on_the_wire {
            return Err(ended_with_webhook(conn, key)?);
        }
        if on_the_wire {
            // Nor does it go on elsewhere.
            let was_to_go_on = diesel::delete(carry_overs::table.find(key)).execute(conn)? > 0;
            if stop(conn, key)? == 0 && !was_to_go_on {
                // It was to end already.
                return Ok(Cancelled::OnTheWire);
            }
        } else {
            diesel::delete(export_jobs::table.find(key)).execute(conn)?;
            let (attempts, ambiguous) = (unsigned(job.attempt_number)?, job.ambiguous_count > 0);
            let end = End::cancelled((organisation, id), EndedBy::Member, attempts, ambiguous);
            end_exports(conn, &[end])?;
        }
        audit::did(
            conn,
            actor,
            Action::ExportCancelled,
            id,
            json!({ "on_the_wire": on_the_wire }),
        )?;
        Ok(if on_the_wire { Cancelled::OnTheWire } else { Cancelled::Ended })
    })
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = export_jobs)]
struct Job {
    attempt_id: Option<Uuid>,
    attempt_number: i32,
    ambiguous_count: i32,
}

/// The lane comes first in the order of locks; a claim or record of this job waits behind it. Answers
/// when its webhook was deleted.
pub(crate) fn lock_lane(
    conn: &mut Conn,
    organisation: OrganisationId,
    webhook: WebhookId,
) -> QueryResult<Option<Option<DateTime<Utc>>>> {
    lanes::table
        .find((Uuid::from(organisation), Uuid::from(webhook)))
        .select(lanes::deleted_at)
        .for_no_key_update()
        .first(conn)
        .optional()
}

fn already_ended(
    conn: &mut Conn,
    actor: &Actor,
    key: (Uuid, Uuid),
) -> Result<Abort<CancelRefusal>, StoreError> {
    let end_state = read::seen(conn, actor, key)?.and_then(|(_, end_state)| end_state);
    Ok(Abort::Refused(match optional_word(EndState::parse, end_state.as_deref())? {
        Some(end) => CancelRefusal::AlreadyEnded(end.into()),
        None => CancelRefusal::Unknown,
    }))
}

/// It waited when its webhook was deleted: a sweep is about to write that.
fn ended_with_webhook(
    conn: &mut Conn,
    key: (Uuid, Uuid),
) -> Result<Abort<CancelRefusal>, StoreError> {
    let accepted: bool =
        exports::table.find(key).select(exports::first_accepted_at.is_not_null()).first(conn)?;
    let ended = if accepted { ExportStatus::Delivered } else { ExportStatus::Cancelled };
    Ok(Abort::Refused(CancelRefusal::AlreadyEnded(ended)))
}

fn stop(conn: &mut Conn, key: (Uuid, Uuid)) -> QueryResult<usize> {
    let to_be_cut = [EndedBy::Restriction, EndedBy::Erasure].map(EndedBy::as_str);
    let to_end = export_jobs::stop_after_attempt
        .is_null()
        .or(export_jobs::stop_after_attempt.eq_any(to_be_cut));
    diesel::update(export_jobs::table.find(key).filter(to_end))
        .set(export_jobs::stop_after_attempt.eq(EndedBy::Member.as_str()))
        .execute(conn)
}

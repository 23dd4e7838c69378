//! Cancelling an export, and sending an ended one again.

use chrono::{DateTime, Utc};
use diesel::dsl::now;
use diesel::prelude::*;
use domain::export::{DisabledReason, EndState, EndedBy, ExportStatus};
use domain::id::{ExportId, OrganisationId, WebhookId};
use domain::outcome::Outcome;
use uuid::Uuid;

use super::create::Accepted;
use super::target::{self, Strength};
use crate::db::Conn;
use crate::error::StoreError;
use crate::idempotency_keys::{self, Claim, IdempotencyKey};
use crate::maintenance::PayloadRetention;
use crate::queue::{End, end_exports};
use crate::refusal::{Halt, refusable};
use crate::row::{optional_word, unsigned};
use crate::schema::{attempts, export_jobs, export_payloads, exports, lanes};

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

/// Why an export was not sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResendRefusal {
    /// No such export.
    Unknown,
    /// It has not ended.
    InProgress,
    /// Its bytes are no longer kept.
    PayloadGone,
    /// Its webhook was deleted.
    WebhookDeleted,
    /// Delivery to its webhook was switched off.
    WebhookDisabled {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: DisabledReason,
    },
    /// The idempotency key stands for another request.
    KeyReused,
}

/// Cancels an export: a waiting one ends at once, one on the wire after its attempt.
///
/// # Errors
/// [`StoreError`]; inside, [`CancelRefusal`].
pub fn cancel(
    conn: &mut Conn,
    organisation: OrganisationId,
    own: Option<&str>,
    id: ExportId,
) -> Result<Result<Cancelled, CancelRefusal>, StoreError> {
    refusable(conn, |conn| {
        let Some(export) = find(conn, organisation, own, id)? else {
            return Err(Halt::Refused(CancelRefusal::Unknown));
        };
        lock_lane(conn, organisation, export.webhook_id.into())?;
        let key = (Uuid::from(organisation), Uuid::from(id));
        let job = export_jobs::table.find(key).select(Job::as_select()).for_update();
        let Some(job) = job.first(conn).optional()? else {
            return Err(already_ended(conn, organisation, own, id)?);
        };
        if job.attempt_id.is_some() {
            stop(conn, key)?;
            return Ok(Cancelled::OnTheWire);
        }
        diesel::delete(export_jobs::table.find(key)).execute(conn)?;
        end_cancelled(conn, organisation, id, &job)?;
        Ok(Cancelled::Ended)
    })
}

/// Opens an ended export again for the same webhook: same id, same bytes, numbers go on.
///
/// # Errors
/// [`StoreError`]; inside, [`ResendRefusal`].
pub fn resend(
    conn: &mut Conn,
    organisation: OrganisationId,
    own: Option<&str>,
    id: ExportId,
    idempotency_key: Option<&IdempotencyKey>,
) -> Result<Result<Accepted, ResendRefusal>, StoreError> {
    refusable(conn, |conn| {
        let Some(found) = find(conn, organisation, own, id)? else {
            return Err(Halt::Refused(ResendRefusal::Unknown));
        };
        let webhook_id = WebhookId::from(found.webhook_id);
        if let Some(key) = idempotency_key {
            match idempotency_keys::claim(conn, organisation, key, id.into())? {
                Claim::First => {}
                Claim::Replay(_) => return Ok(Accepted { id, webhook_id, replayed: true }),
                Claim::Reused => return Err(Halt::Refused(ResendRefusal::KeyReused)),
            }
        }
        let webhook = target::lock(conn, organisation, webhook_id, Strength::Share)?;
        let Some(export) = lock_ended(conn, organisation, id)? else {
            return Err(Halt::Refused(ResendRefusal::InProgress));
        };
        match webhook.map(|webhook| webhook.disabled) {
            None => return Err(Halt::Refused(ResendRefusal::WebhookDeleted)),
            Some(Some((at, reason))) => {
                return Err(Halt::Refused(ResendRefusal::WebhookDisabled { at, reason }));
            }
            Some(None) => {}
        }
        if !payload_is_kept(conn, organisation, id)? {
            return Err(Halt::Refused(ResendRefusal::PayloadGone));
        }
        reopen(conn, organisation, id, &export)?;
        Ok(Accepted { id, webhook_id, replayed: false })
    })
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = exports)]
struct Ended {
    webhook_id: Uuid,
    payload_bytes: i32,
    attempt_count: i32,
    end_state: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = export_jobs)]
struct Job {
    attempt_id: Option<Uuid>,
    attempt_number: i32,
    ambiguous_count: i32,
}

fn find(
    conn: &mut Conn,
    organisation: OrganisationId,
    own: Option<&str>,
    id: ExportId,
) -> QueryResult<Option<Ended>> {
    let mut query = exports::table
        .filter(exports::organisation_id.eq(Uuid::from(organisation)))
        .filter(exports::id.eq(Uuid::from(id)))
        .select(Ended::as_select())
        .into_boxed();
    if let Some(own) = own {
        query = query.filter(exports::requested_by_id.eq(own));
    }
    query.first(conn).optional()
}

/// The lane comes first in the order of locks; a claim or record of this job waits behind it.
fn lock_lane(
    conn: &mut Conn,
    organisation: OrganisationId,
    webhook: WebhookId,
) -> QueryResult<Option<Uuid>> {
    lanes::table
        .find((Uuid::from(organisation), Uuid::from(webhook)))
        .select(lanes::webhook_id)
        .for_no_key_update()
        .first(conn)
        .optional()
}

fn already_ended(
    conn: &mut Conn,
    organisation: OrganisationId,
    own: Option<&str>,
    id: ExportId,
) -> Result<Halt<CancelRefusal>, StoreError> {
    let export = find(conn, organisation, own, id)?;
    let end_state = export.as_ref().and_then(|export| export.end_state.as_deref());
    Ok(Halt::Refused(match optional_word(EndState::parse, end_state)? {
        Some(end) => CancelRefusal::AlreadyEnded(end.into()),
        None => CancelRefusal::Unknown,
    }))
}

fn stop(conn: &mut Conn, key: (Uuid, Uuid)) -> QueryResult<usize> {
    diesel::update(export_jobs::table.find(key).filter(export_jobs::stop_after_attempt.is_null()))
        .set(export_jobs::stop_after_attempt.eq(EndedBy::Member.as_str()))
        .execute(conn)
}

fn end_cancelled(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: ExportId,
    job: &Job,
) -> Result<(), StoreError> {
    let outcome: Option<String> = attempts::table
        .filter(attempts::organisation_id.eq(Uuid::from(organisation)))
        .filter(attempts::export_id.eq(Uuid::from(id)))
        .filter(attempts::attempt_number.eq(job.attempt_number))
        .select(attempts::outcome)
        .first(conn)
        .optional()?;
    let end = End {
        organisation,
        export: id,
        state: EndState::Cancelled,
        ended_by: EndedBy::Member,
        outcome: optional_word(Outcome::parse, outcome.as_deref())?,
        ambiguous: job.ambiguous_count > 0,
        attempt_count: unsigned(job.attempt_number)?,
        payload_kept: PayloadRetention::CANCELLED,
    };
    end_exports(conn, &[end])
}

fn lock_ended(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: ExportId,
) -> QueryResult<Option<Ended>> {
    exports::table
        .find((Uuid::from(organisation), Uuid::from(id)))
        .filter(exports::end_state.is_not_null())
        .select(Ended::as_select())
        .for_no_key_update()
        .first(conn)
        .optional()
}

fn payload_is_kept(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: ExportId,
) -> QueryResult<bool> {
    let payload = export_payloads::table.find((Uuid::from(organisation), Uuid::from(id)));
    diesel::select(diesel::dsl::exists(payload)).get_result(conn)
}

fn reopen(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: ExportId,
    export: &Ended,
) -> QueryResult<()> {
    let key = (Uuid::from(organisation), Uuid::from(id));
    diesel::update(exports::table.find(key))
        .set((
            exports::end_state.eq(None::<String>),
            exports::ended_by.eq(None::<String>),
            exports::outcome.eq(None::<String>),
            exports::ambiguous.eq(false),
            exports::finished_at.eq(None::<DateTime<Utc>>),
            exports::payload_kept_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)?;
    diesel::insert_into(export_jobs::table)
        .values((
            (export_jobs::organisation_id.eq(key.0), export_jobs::export_id.eq(key.1)),
            export_jobs::webhook_id.eq(export.webhook_id),
            export_jobs::run_at.eq(now),
            export_jobs::attempt_number.eq(export.attempt_count),
            export_jobs::payload_bytes.eq(export.payload_bytes),
        ))
        .execute(conn)?;
    Ok(())
}

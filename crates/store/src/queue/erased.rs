//! What exports still carry of somebody who was erased: cut out of each in a transaction of its own, by
//! the request that erased them or by the sweep of any worker.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Uuid as SqlUuid};
use domain::export::EndedBy;
use domain::id::{ApplicationId, ExportId};
use domain::payload::without;
use uuid::Uuid;

use super::restricted::{carry_on, lock_free_lane};
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::exports::derived::Key;
use crate::exports::{drop_bodies, lock_lane};
use crate::maintenance::PayloadRetention;
use crate::row::clock_timestamp;
use crate::schema::{erasure_cuts, export_jobs, export_payloads, exports, lanes};
use crate::statement::statement;

/// Exports that one call looks at.
const BATCH: i64 = 50;
/// Erasures that one call looks at once more.
const AGAIN: i64 = 20;
/// Seconds until an export is tried again that somebody else had in hand.
const PASSED_BY_S: f64 = 5.0;
/// Seconds until one is tried again that failed.
const FAILED_S: f64 = 60.0;

statement!(uncached FindCuts = "erased/find_cuts.sql", (exports: BigInt => i64) -> (SqlUuid, SqlUuid));
statement!(uncached LookAgain = "erased/look_again.sql", (erasures: BigInt => i64) -> ());
statement!(uncached GoneOfExport = "erased/gone.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
) -> Array<SqlUuid>);

/// What a sweep did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cuts {
    /// Exports that nobody who was erased is in any more, or that end after the attempt under way.
    pub done: usize,
    /// Those that are tried again in a minute, and why.
    pub failed: Vec<(ExportId, String)>,
}

/// What became of one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looked {
    /// Nothing is left of them.
    Cut,
    /// It ends after this attempt, or is cut then.
    OnTheWire,
    /// Somebody else has it in hand: next time.
    PassedBy,
}

/// How the lane is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Whoever has it is waited for.
    Wait,
    /// Whoever has it keeps it.
    PassBy,
}

/// Cuts whoever was erased out of a batch of exports. Those that were being accepted while somebody was
/// erased are found here, too.
///
/// # Errors
/// [`StoreError`].
pub fn cut_erased(conn: &mut Conn, kept: PayloadRetention) -> Result<Cuts, StoreError> {
    transaction(conn, |conn| {
        LookAgain { erasures: AGAIN, lifetime: PhantomData }.execute(conn)?;
        Ok::<_, StoreError>(())
    })?;
    let found: Vec<(Uuid, Uuid)> = FindCuts { exports: BATCH, lifetime: PhantomData }.load(conn)?;
    let mut cuts = Cuts::default();
    for key in found {
        match cut(conn, key, kept, Turn::PassBy) {
            // Neither what is passed by nor what fails may keep the others waiting.
            Ok(Looked::PassedBy) => retry_in(conn, key, PASSED_BY_S)?,
            Ok(Looked::Cut | Looked::OnTheWire) => cuts.done += 1,
            Err(error) => {
                retry_in(conn, key, FAILED_S)?;
                cuts.failed.push((key.1.into(), error.to_string()));
            }
        }
    }
    Ok(cuts)
}

statement!(uncached RetryLater = "erased/retry_later.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
    seconds: Double => f64,
) -> ());

fn retry_in(conn: &mut Conn, (organisation, export): Key, seconds: f64) -> QueryResult<()> {
    RetryLater { organisation, export, seconds, lifetime: PhantomData }.execute(conn)?;
    Ok(())
}

/// Cuts whoever was erased out of one export: lane first, then its note, job, export and attempts. The note
/// is locked before anybody reads who is gone: an erasure that notes the export meanwhile waits, and notes
/// it anew.
pub(crate) fn cut(
    conn: &mut Conn,
    key: Key,
    kept: PayloadRetention,
    turn: Turn,
) -> Result<Looked, StoreError> {
    transaction(conn, |conn| {
        let webhook: Option<Uuid> =
            exports::table.find(key).select(exports::webhook_id).first(conn).optional()?;
        let Some(webhook) = webhook else { return done(conn, key) };
        let Some(deleted_at) = take_lane(conn, (key.0, webhook), turn)? else {
            return Ok(Looked::PassedBy);
        };
        match take_note(conn, key)? {
            Note::Taken => {}
            Note::Gone => return Ok(Looked::Cut),
            Note::Held => return Ok(Looked::PassedBy),
        }
        let leased: Option<bool> = export_jobs::table
            .find(key)
            .select(export_jobs::attempt_id.is_not_null())
            .for_update()
            .first(conn)
            .optional()?;
        match leased {
            Some(true) => return note(conn, key),
            Some(false) => {
                stop(conn, key)?;
                carry_on(conn, key, deleted_at, kept)?;
            }
            None => {}
        }
        // Somebody may have opened it again meanwhile: then it waits, and is looked at again.
        if cut_ended(conn, key)? { done(conn, key) } else { Ok(Looked::PassedBy) }
    })
}

/// When its webhook was deleted; none where somebody else has the lane. A lane that is gone needs no lock.
fn take_lane(
    conn: &mut Conn,
    (organisation, webhook): Key,
    turn: Turn,
) -> Result<Option<Option<DateTime<Utc>>>, StoreError> {
    if turn == Turn::Wait {
        return Ok(Some(lock_lane(conn, organisation.into(), webhook.into())?.flatten()));
    }
    if let Some(deleted_at) = lock_free_lane(conn, (organisation, webhook))? {
        return Ok(Some(deleted_at));
    }
    let lane = lanes::table.find((organisation, webhook));
    let there: bool = diesel::select(diesel::dsl::exists(lane)).get_result(conn)?;
    Ok(if there { None } else { Some(None) })
}

/// The row that says what is left to do.
enum Note {
    Taken,
    /// Somebody else has done it.
    Gone,
    /// An erasure that is not committed yet is noting it anew. It is not waited for, since the lane is
    /// held: it cuts the export itself.
    Held,
}

fn take_note(conn: &mut Conn, key: Key) -> QueryResult<Note> {
    let note = erasure_cuts::table.find(key);
    let lock = note.select(erasure_cuts::export_id).for_update().skip_locked();
    if lock.first::<Uuid>(conn).optional()?.is_some() {
        return Ok(Note::Taken);
    }
    let there: bool = diesel::select(diesel::dsl::exists(note)).get_result(conn)?;
    Ok(if there { Note::Held } else { Note::Gone })
}

fn done(conn: &mut Conn, key: Key) -> Result<Looked, StoreError> {
    diesel::delete(erasure_cuts::table.find(key)).execute(conn)?;
    Ok(Looked::Cut)
}

/// It is on the wire: nothing that the receiver answers is kept, and there is no next try of it.
fn note(conn: &mut Conn, key: Key) -> Result<Looked, StoreError> {
    stop(conn, key)?;
    forget_bodies(conn, key)?;
    diesel::update(erasure_cuts::table.find(key))
        .set(erasure_cuts::noted_at.eq(clock_timestamp().nullable()))
        .execute(conn)?;
    Ok(Looked::OnTheWire)
}

fn stop(conn: &mut Conn, key: Key) -> QueryResult<usize> {
    let nobody_else = export_jobs::stop_after_attempt
        .is_null()
        .or(export_jobs::stop_after_attempt.eq(EndedBy::Restriction.as_str()));
    diesel::update(export_jobs::table.find(key).filter(nobody_else))
        .set(export_jobs::stop_after_attempt.eq(EndedBy::Erasure.as_str()))
        .execute(conn)
}

fn forget_bodies(conn: &mut Conn, key: Key) -> QueryResult<()> {
    diesel::update(exports::table.find(key).filter(exports::bodies_dropped_at.is_null()))
        .set(exports::bodies_dropped_at.eq(clock_timestamp().nullable()))
        .execute(conn)?;
    drop_bodies(conn, key)
}

/// Takes whoever is gone out of what is kept of an ended export: its payload, which never goes out again
/// under its id, and what receivers answered. False where it has not ended.
pub(crate) fn cut_ended(conn: &mut Conn, key: Key) -> Result<bool, StoreError> {
    let ended: Option<bool> = exports::table
        .find(key)
        .select(exports::end_state.is_not_null())
        .for_no_key_update()
        .first(conn)
        .optional()?;
    if ended != Some(true) {
        return Ok(ended.is_none());
    }
    forget_bodies(conn, key)?;
    let payload = export_payloads::table.find(key);
    let body: Option<Vec<u8>> = payload.select(export_payloads::body).first(conn).optional()?;
    let Some(body) = body else { return Ok(true) };
    let (organisation, export) = key;
    let gone = GoneOfExport { organisation, export, lifetime: PhantomData };
    let gone: Vec<Uuid> = gone.get_result(conn)?;
    let is_gone = |application: ApplicationId| gone.contains(&Uuid::from(application));
    // What cannot be read cannot be cut.
    if let Some(left) = without(&body, is_gone).ok().flatten() {
        diesel::update(payload).set(export_payloads::body.eq(left)).execute(conn)?;
    } else {
        diesel::delete(payload).execute(conn)?;
        diesel::update(exports::table.find(key))
            .set(exports::payload_kept_until.eq(None::<DateTime<Utc>>))
            .execute(conn)?;
    }
    Ok(true)
}

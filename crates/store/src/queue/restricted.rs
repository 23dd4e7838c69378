//! Exports whose people changed their minds, swept by every worker without a leader: what waits is ended,
//! and carried on by a derived export with the others.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::audit::Action;
use domain::export::{EndState, EndedBy, LeftOut};
use domain::id::{ExportId, OrganisationId};
use domain::outcome::Outcome;
use serde_json::json;
use uuid::Uuid;

use super::end::{End, end_exports};
use super::erased::cut_ended;
use crate::audit::{self, Event};
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::exports::derived::{self, Cut, Key, Left, Schedule};
use crate::maintenance::PayloadRetention;
use crate::row::unsigned;
use crate::schema::export_jobs;
use crate::statement::{row, statement};

/// Exports that one call looks at, each in a transaction of its own.
const BATCH: i64 = 50;

statement!(uncached FindRestricted = "restricted/find.sql", (
    jobs: BigInt => i64,
) -> (SqlUuid, SqlUuid, SqlUuid));

/// What a sweep did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    /// Exports that ended, each carried on by another one, if anybody was left.
    pub ended: usize,
    /// Exports that could not be carried on, and why; what is not told to have ended is tried again.
    pub failed: Vec<(ExportId, String)>,
}

/// Ends waiting exports that somebody may not be part of any more, each carried on by another one.
/// What is on the wire finishes first.
///
/// # Errors
/// [`StoreError`].
pub fn derive_restricted(conn: &mut Conn, kept: PayloadRetention) -> Result<Carried, StoreError> {
    let found: Vec<(Uuid, Uuid, Uuid)> =
        FindRestricted { jobs: BATCH, lifetime: PhantomData }.load(conn)?;
    let mut carried = Carried::default();
    for (organisation, export, webhook) in found {
        let ended = transaction(conn, |conn| {
            // Another one has the lane: next time.
            match lock_free_lane(conn, (organisation, webhook))? {
                None => Ok(None),
                Some(deleted_at) => carry_on(conn, (organisation, export), deleted_at, kept),
            }
        });
        // One that cannot be carried on must not keep the others waiting.
        match ended {
            Ok(Some(EndState::Failed)) => {
                carried.ended += 1;
                carried.failed.push((export.into(), "its payload cannot be read".to_owned()));
            }
            Ok(Some(_)) => carried.ended += 1,
            Ok(None) => {}
            Err(error) => carried.failed.push((export.into(), error.to_string())),
        }
    }
    Ok(carried)
}

statement!(uncached LockFree = "restricted/lock_free.sql", (
    organisation: SqlUuid => Uuid,
    webhook: SqlUuid => Uuid,
) -> Nullable<Timestamptz>);

/// Locks a lane, and says when its webhook was deleted; none where somebody else has the lane.
pub(super) fn lock_free_lane(
    conn: &mut Conn,
    (organisation, webhook): Key,
) -> QueryResult<Option<Option<DateTime<Utc>>>> {
    LockFree { organisation, webhook, lifetime: PhantomData }.get_result(conn).optional()
}

statement!(uncached LockRestricted = "restricted/lock.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
) -> named Waiting);

row!(
    struct Waiting {
        run_at: Timestamptz => DateTime<Utc>,
        attempt_number: Integer => i32,
        schedule_position: Integer => i32,
        ambiguous_count: Integer => i32,
    }
);

/// How it ended, if it still waited for this. What the deletion of its webhook ended is not carried on.
pub(super) fn carry_on(
    conn: &mut Conn,
    key: Key,
    deleted_at: Option<DateTime<Utc>>,
    kept: PayloadRetention,
) -> Result<Option<EndState>, StoreError> {
    let (organisation, export) = key;
    let lock = LockRestricted { organisation, export, lifetime: PhantomData };
    let Some(waiting) = lock.get_result::<Waiting>(conn).optional()? else {
        return Ok(None);
    };
    let ids = (OrganisationId::from(organisation), ExportId::from(export));
    let cancelled = |by| {
        let attempts = unsigned(waiting.attempt_number)?;
        Ok::<_, StoreError>(End::cancelled(ids, by, attempts, waiting.ambiguous_count > 0))
    };
    if deleted_at.is_some() {
        let end = End { at: deleted_at, ..cancelled(EndedBy::WebhookDeleted)? };
        return end_job(conn, key, end).map(Some);
    }
    let left = derived::cut(conn, key)?;
    if matches!(left, Left::Everybody) {
        // They changed their minds again.
        diesel::update(export_jobs::table.find(key))
            .set(export_jobs::stop_after_attempt.eq(None::<String>))
            .execute(conn)?;
        return Ok(None);
    }
    if let Left::Others(cut) = &left {
        write(conn, key, cut, &waiting)?;
    }
    let end = cancelled(by(&left))?;
    let end = if matches!(left, Left::Unknown) { unreadable(end, kept) } else { end };
    let ended = end_job(conn, key, end)?;
    if by(&left) == EndedBy::Erasure {
        cut_ended(conn, key)?;
    }
    Ok(Some(ended))
}

fn unreadable(end: End, kept: PayloadRetention) -> End {
    End {
        state: EndState::Failed,
        ended_by: EndedBy::GaveUp,
        outcome: Some(Outcome::InternalError),
        payload_kept: kept.of(EndState::Failed),
        ..end
    }
}

/// Who was erased is told before who changed their mind: the others may come back.
fn by(left: &Left) -> EndedBy {
    let left_out = match left {
        Left::Others(cut) => cut.left_out,
        Left::Nobody(left_out) => *left_out,
        Left::Everybody | Left::Unknown => LeftOut::default(),
    };
    if left_out.erased > 0 { EndedBy::Erasure } else { EndedBy::Restriction }
}

fn end_job(conn: &mut Conn, key: Key, end: End) -> Result<EndState, StoreError> {
    diesel::delete(export_jobs::table.find(key)).execute(conn)?;
    end_exports(conn, std::slice::from_ref(&end))?;
    Ok(end.state)
}

/// Writes the export that carries on. It is due when the old one would have been.
fn write(conn: &mut Conn, key: Key, cut: &Cut, waiting: &Waiting) -> Result<(), StoreError> {
    let Waiting { run_at, schedule_position, ambiguous_count, .. } = *waiting;
    derived::insert(conn, key, cut, &Schedule { run_at, schedule_position, ambiguous_count })?;
    let event = Event {
        organisation: Some(key.0.into()),
        action: Action::ExportDerived,
        object: cut.id.into(),
        details: json!({ "resent_from": key.1, "left_out": cut.left_out.total() }),
    };
    audit::write(conn, &audit::worker(), &[event])
}

//! Sweeps, run by every worker without a leader: parked lanes that have work, and jobs that can no
//! longer be sent.

use std::marker::PhantomData;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Integer, Uuid as SqlUuid};
use domain::export::{EndState, EndedBy};
use domain::outcome::Outcome;
use uuid::Uuid;

use super::claim::counted_up;
use super::end::{End, end_exports};
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::maintenance::PayloadRetention;
use crate::statement::{row, statement};

/// Jobs that one call ends at most, so that no transaction grows long.
const BATCH: i64 = 500;

row!(
    struct DroppedRow {
        organisation_id: SqlUuid => Uuid,
        export_id: SqlUuid => Uuid,
        attempt_number: Integer => i32,
        ambiguous_count: Integer => i32,
    }
);

statement!(uncached WakeParked = "sweep/wake_parked.sql", () -> ());
statement!(uncached FindStranded = "sweep/find_stranded.sql", () -> ());

statement!(uncached DropDisabled = "sweep/drop_disabled.sql", (
    jobs: BigInt => i64,
) -> named DroppedRow);

statement!(uncached DropExpired = "sweep/drop_expired.sql", (
    jobs: BigInt => i64,
    deadline_s: Double => f64,
) -> named DroppedRow);

/// Wakes lanes that are parked though a job of theirs is due, and answers how many.
///
/// # Errors
/// [`StoreError`].
pub fn wake_parked(conn: &mut Conn) -> Result<usize, StoreError> {
    Ok(WakeParked { lifetime: PhantomData }.execute(conn)?)
}

/// Finds stranded lanes: their lower bound (`due_from`) hides a waiting job, because its commit came
/// later than the bound allows for. Lowers the bound and answers how many.
///
/// # Errors
/// [`StoreError`].
pub fn find_stranded(conn: &mut Conn) -> Result<usize, StoreError> {
    Ok(FindStranded { lifetime: PhantomData }.execute(conn)?)
}

/// Fails a batch of waiting exports whose webhook was disabled; they can be resent. Answers
/// how many.
///
/// # Errors
/// [`StoreError`].
pub fn end_of_disabled(conn: &mut Conn, kept: PayloadRetention) -> Result<usize, StoreError> {
    transaction(conn, |conn| {
        let dropped = DropDisabled { jobs: BATCH, lifetime: PhantomData }.load(conn)?;
        fail(conn, dropped, Outcome::WebhookDisabled, EndedBy::WebhookDisabled, kept)
    })
}

/// Fails a batch of waiting exports that were asked for longer than `deadline` ago. Answers
/// how many.
///
/// # Errors
/// [`StoreError`].
pub fn end_expired(
    conn: &mut Conn,
    deadline: Duration,
    kept: PayloadRetention,
) -> Result<usize, StoreError> {
    transaction(conn, |conn| {
        let deadline_s = deadline.as_secs_f64();
        let dropped = DropExpired { jobs: BATCH, deadline_s, lifetime: PhantomData }.load(conn)?;
        fail(conn, dropped, Outcome::Expired, EndedBy::GaveUp, kept)
    })
}

fn fail(
    conn: &mut Conn,
    dropped: Vec<DroppedRow>,
    outcome: Outcome,
    ended_by: EndedBy,
    kept: PayloadRetention,
) -> Result<usize, StoreError> {
    let end = |row: DroppedRow| End {
        organisation: row.organisation_id.into(),
        export: row.export_id.into(),
        state: EndState::Failed,
        ended_by,
        outcome: Some(outcome),
        ambiguous: row.ambiguous_count > 0,
        attempt_count: counted_up(row.attempt_number),
        payload_kept: kept.of(EndState::Failed),
    };
    let ends: Vec<End> = dropped.into_iter().map(end).collect();
    end_exports(conn, &ends)?;
    Ok(ends.len())
}

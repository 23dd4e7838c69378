//! Ends what waits and can no longer be sent, in batches: each a transaction of its own, which holds
//! its lanes for some milliseconds. Lanes take turns.

use std::marker::PhantomData;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Integer, Timestamptz, Uuid as SqlUuid};
use domain::export::{EndState, EndedBy};
use domain::id::{OrganisationId, WebhookId};
use domain::outcome::Outcome;
use uuid::Uuid;

use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::maintenance::PayloadRetention;
use crate::queue::claim::counted_up;
use crate::queue::end::{End, end_exports};
use crate::statement::{row, statement};

/// Jobs that one call ends at most, so that no transaction grows long.
const BATCH: u16 = 500;

/// Lanes that one call visits at most.
const LANES: i64 = 16;

row!(
    struct DroppedRow {
        organisation_id: SqlUuid => Uuid,
        export_id: SqlUuid => Uuid,
        webhook_id: SqlUuid => Uuid,
        attempt_number: Integer => i32,
        ambiguous_count: Integer => i32,
    }
);

row!(
    struct EndingLane {
        organisation_id: SqlUuid => Uuid,
        webhook_id: SqlUuid => Uuid,
        since: Timestamptz => DateTime<Utc>,
    }
);

statement!(uncached LockDisabled = "lock_disabled.sql", (lanes: BigInt => i64) -> named EndingLane);
statement!(uncached LockDeleted = "lock_deleted.sql", (lanes: BigInt => i64) -> named EndingLane);

statement!(uncached DropDisabled = "drop_waiting.sql" "but_untried_tests.sql" "drop_waiting_end.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    jobs: BigInt => i64,
) -> named DroppedRow);

statement!(uncached DropDeleted = "drop_waiting.sql" "drop_waiting_end.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    jobs: BigInt => i64,
) -> named DroppedRow);

statement!(uncached TakeTurns = "take_turns.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
) -> ());

statement!(uncached DropExpired = "drop_expired.sql", (
    jobs: BigInt => i64,
    deadline_s: Double => f64,
) -> named DroppedRow);

/// Fails a batch of waiting exports whose webhook was disabled; they can be resent. Lanes where nothing
/// is left are parked for good. Answers how many exports ended.
///
/// # Errors
/// [`StoreError`].
pub fn end_of_disabled(conn: &mut Conn, kept: PayloadRetention) -> Result<usize, StoreError> {
    transaction(conn, |conn| {
        let lanes = LockDisabled { lanes: LANES, lifetime: PhantomData }.load(conn)?;
        let (organisations, webhooks) = keys(&lanes);
        let (jobs, lifetime) = (BATCH.into(), PhantomData);
        let dropped = DropDisabled { organisations, webhooks, jobs, lifetime }.load(conn)?;
        let ended = fail(conn, dropped, Outcome::WebhookDisabled, EndedBy::WebhookDisabled, kept)?;
        take_turns(conn, &lanes)?;
        Ok(ended)
    })
}

/// Writes the end of a batch of exports that waited when their webhook was deleted: it came with the
/// deletion. Answers how many.
///
/// # Errors
/// [`StoreError`].
pub fn end_of_deleted(conn: &mut Conn) -> Result<usize, StoreError> {
    transaction(conn, |conn| {
        let lanes = LockDeleted { lanes: LANES, lifetime: PhantomData }.load(conn)?;
        let ended = end_in_deleted(conn, &lanes)?;
        take_turns(conn, &lanes)?;
        Ok(ended)
    })
}

/// The same of one lane, which is locked and marked in this transaction.
pub(crate) fn end_waiting_of_deleted(
    conn: &mut Conn,
    organisation: OrganisationId,
    webhook: WebhookId,
    since: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let (organisation_id, webhook_id) = (organisation.into(), webhook.into());
    end_in_deleted(conn, &[EndingLane { organisation_id, webhook_id, since }])
}

fn end_in_deleted(conn: &mut Conn, lanes: &[EndingLane]) -> Result<usize, StoreError> {
    let (organisations, webhooks) = keys(lanes);
    let (jobs, lifetime) = (BATCH.into(), PhantomData);
    let dropped: Vec<DroppedRow> =
        DropDeleted { organisations, webhooks, jobs, lifetime }.load(conn)?;
    let since = |row: &DroppedRow| {
        let lane = lanes.iter().find(|lane| lane.webhook_id == row.webhook_id);
        lane.map(|lane| lane.since)
    };
    let end = |row: &DroppedRow| {
        let export = (row.organisation_id.into(), row.export_id.into());
        let (attempts, ambiguous) = (counted_up(row.attempt_number), row.ambiguous_count > 0);
        let end = End::cancelled(export, EndedBy::WebhookDeleted, attempts, ambiguous);
        End { at: since(row), ..end }
    };
    let ends: Vec<End> = dropped.iter().map(end).collect();
    end_exports(conn, &ends)?;
    Ok(ends.len())
}

fn take_turns(conn: &mut Conn, lanes: &[EndingLane]) -> Result<(), StoreError> {
    let (organisations, webhooks) = keys(lanes);
    TakeTurns { organisations, webhooks, lifetime: PhantomData }.execute(conn)?;
    Ok(())
}

fn keys(lanes: &[EndingLane]) -> (Vec<Uuid>, Vec<Uuid>) {
    lanes.iter().map(|lane| (lane.organisation_id, lane.webhook_id)).unzip()
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
        let (jobs, lifetime) = (BATCH.into(), PhantomData);
        let dropped = DropExpired { jobs, deadline_s, lifetime }.load(conn)?;
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
        at: None,
    };
    let ends: Vec<End> = dropped.into_iter().map(end).collect();
    end_exports(conn, &ends)?;
    Ok(ends.len())
}

//! Rescue: leases that ran out, run by every worker without a leader. Whoever held them is gone or
//! stalled: the attempt counts as lost and the export is planned anew.

use std::marker::PhantomData;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Integer, Text, Timestamptz, Uuid as SqlUuid};
use domain::attempt::Attempt;
use domain::outcome::Outcome;
use domain::retry::Tries;
use uuid::Uuid;

use super::claim::counted_up;
use super::lease::Lease;
use super::record::{Fence, RecordPolicy, Recorded, Sent, settle_batch};
use crate::db::Conn;
use crate::error::StoreError;
use crate::statement::{row, statement};

/// Leases that one call takes at most, so that no transaction grows long.
const BATCH: i64 = 500;

row!(
    struct ExpiredRow {
        organisation_id: SqlUuid => Uuid,
        export_id: SqlUuid => Uuid,
        webhook_id: SqlUuid => Uuid,
        attempt_id: SqlUuid => Uuid,
        attempt_number: Integer => i32,
        schedule_position: Integer => i32,
        ambiguous_count: Integer => i32,
        enqueued_at: Timestamptz => DateTime<Utc>,
        started_at: Timestamptz => DateTime<Utc>,
        payload_bytes: Integer => i32,
        worker: Text => String,
        elapsed_s: Double => f64,
    }
);

statement!(uncached ReadExpired = "rescue/expired_leases.sql", (
    leases: BigInt => i64,
) -> named ExpiredRow);

/// Declares attempts lost whose lease has expired, and plans their next try. Any worker may;
/// a lease that was renewed or recorded meanwhile is left alone.
///
/// # Errors
/// [`StoreError`].
pub fn rescue(conn: &mut Conn, policy: &RecordPolicy) -> Result<Recorded, StoreError> {
    let rows: Vec<ExpiredRow> = ReadExpired { leases: BATCH, lifetime: PhantomData }.load(conn)?;
    if rows.is_empty() {
        return Ok(Recorded::default());
    }
    let lost: Vec<Sent> = rows.into_iter().map(lost).collect();
    settle_batch(conn, policy, &lost, Fence::Expired)
}

fn lost(row: ExpiredRow) -> Sent {
    let elapsed = Duration::try_from_secs_f64(row.elapsed_s).unwrap_or_default();
    let mut attempt = Attempt::without_request(Outcome::WorkerLost);
    attempt.timing.total_ms = u32::try_from(elapsed.as_millis()).unwrap_or(u32::MAX);
    let lease = Lease {
        organisation: row.organisation_id.into(),
        export: row.export_id.into(),
        webhook: row.webhook_id.into(),
        attempt: row.attempt_id.into(),
        attempt_number: counted_up(row.attempt_number),
        tries: Tries {
            counted: counted_up(row.schedule_position),
            ambiguous: counted_up(row.ambiguous_count),
        },
        worker: row.worker.into(),
        enqueued_at: row.enqueued_at,
        started_at: row.started_at,
        payload_bytes: u64::from(counted_up(row.payload_bytes)),
    };
    // The random bits of the id spread what a lost worker held: not all of it is due at once.
    let jitter = f64::from(row.attempt_id.as_u128() as u32) / f64::from(u32::MAX) * 2.0 - 1.0;
    Sent { lease, attempt, elapsed, jitter }
}

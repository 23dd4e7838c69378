//! What a worker saw that had lost its lease: kept beside the `worker_lost` that replaced it. Where the
//! receiver had accepted the export, it is accepted.

use std::marker::PhantomData;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use domain::export::{EndState, EndedBy};
use domain::id::AttemptId;
use domain::outcome::Outcome;
use uuid::Uuid;

use super::Sent;
use crate::db::Conn;
use crate::error::StoreError;
use crate::maintenance::PayloadRetention;
use crate::queue::claim::counted_up;
use crate::queue::end::{End, end_exports};
use crate::statement::{row, statement};

statement!(RecordLate = "late.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    attempts: Array<SqlUuid> => Vec<Uuid>,
    outcomes: Array<Text> => Vec<&'a str>,
    statuses: Array<Nullable<SmallInt>> => Vec<Option<i16>>,
    lost: Text => &'a str,
) -> (SqlUuid, SqlUuid, SqlUuid, Nullable<Text>));

statement!(AcceptLate = "accept_late.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
) -> named WaitedRow);

row!(
    struct WaitedRow {
        organisation_id: SqlUuid => Uuid,
        export_id: SqlUuid => Uuid,
        attempt_number: Integer => i32,
        enqueued_at: Timestamptz => DateTime<Utc>,
    }
);

/// What came of late results.
#[derive(Debug, Default)]
pub(super) struct Late {
    /// Attempts whose result was written now: each once.
    pub(super) attempts: Vec<AttemptId>,
    /// Exports that ended thereby, and how long after they were asked for.
    pub(super) ended: Vec<(EndState, Duration)>,
}

/// Writes `late_*`, once, and only where the log says `worker_lost`: recording a batch again
/// after a lost answer to COMMIT finds its own success there and leaves it.
pub(super) fn record(
    conn: &mut Conn,
    late: &[&Sent],
    kept: PayloadRetention,
) -> Result<Late, StoreError> {
    if late.is_empty() {
        return Ok(Late::default());
    }
    let statement = RecordLate {
        organisations: late.iter().map(|sent| sent.lease.organisation.into()).collect(),
        attempts: late.iter().map(|sent| sent.lease.attempt.into()).collect(),
        outcomes: late.iter().map(|sent| sent.attempt.outcome.as_str()).collect(),
        statuses: late.iter().map(|sent| super::log::status(&sent.attempt)).collect(),
        lost: Outcome::WorkerLost.as_str(),
        lifetime: PhantomData,
    };
    let written: Vec<(Uuid, Uuid, Uuid, Option<String>)> = statement.load(conn)?;
    let attempts = written.iter().map(|(attempt, ..)| (*attempt).into()).collect();
    let accepted = written
        .into_iter()
        .filter(|(.., outcome)| outcome.as_deref() == Some(Outcome::Delivered.as_str()))
        .map(|(_, organisation, export, _)| (organisation, export))
        .unzip();
    Ok(Late { attempts, ended: accept(conn, accepted, kept)? })
}

fn accept(
    conn: &mut Conn,
    (organisations, exports): (Vec<Uuid>, Vec<Uuid>),
    kept: PayloadRetention,
) -> Result<Vec<(EndState, Duration)>, StoreError> {
    if exports.is_empty() {
        return Ok(Vec::new());
    }
    let statement = AcceptLate { organisations, exports, lifetime: PhantomData };
    let waited: Vec<WaitedRow> = statement.load(conn)?;
    let end = |row: &WaitedRow| End {
        organisation: row.organisation_id.into(),
        export: row.export_id.into(),
        state: EndState::Delivered,
        ended_by: EndedBy::Receiver,
        outcome: Some(Outcome::Delivered),
        ambiguous: false,
        attempt_count: counted_up(row.attempt_number),
        payload_kept: kept.of(EndState::Delivered),
        at: None,
    };
    end_exports(conn, &waited.iter().map(end).collect::<Vec<_>>())?;
    let latency = |row: &WaitedRow| (Utc::now() - row.enqueued_at).to_std().unwrap_or_default();
    Ok(waited.iter().map(|row| (EndState::Delivered, latency(row))).collect())
}

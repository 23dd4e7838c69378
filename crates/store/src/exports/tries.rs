//! What the log says about exports, read for a page of them at once.

use std::collections::HashMap;
use std::marker::PhantomData;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, Bool, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::attempt::Facts;
use domain::id::{AttemptId, ExportId};
use domain::outcome::Outcome;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::row::{Typed, unsigned, word};
use crate::statement::{row, statement};

/// The last attempt of an export that is in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct LastAttempt {
    /// Its id.
    pub id: AttemptId,
    /// Its number within the export, from 1.
    pub attempt_number: u32,
    /// What came of it.
    pub outcome: Outcome,
    /// The receiver may have got the data.
    pub ambiguous: bool,
    /// HTTP status, if there was an answer.
    pub http_status: Option<u16>,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
    /// What its explanation fills in.
    pub facts: Facts,
    /// Bytes of the body that were handed to the connection.
    pub request_bytes_sent: u64,
}

/// What the log says about one export.
#[derive(Debug, Default)]
pub(super) struct Tries {
    pub(super) last: Option<LastAttempt>,
    /// The receiver may have got some of the data, by any attempt.
    pub(super) anything_sent: bool,
}

row!(
    struct Row {
        export_id: SqlUuid => Uuid,
        id: SqlUuid => Uuid,
        attempt_number: Integer => i32,
        outcome: Text => String,
        ambiguous: Bool => bool,
        http_status: Nullable<SmallInt> => Option<i16>,
        started_at: Timestamptz => DateTime<Utc>,
        duration_ms: Integer => i32,
        facts: Jsonb => Typed<Facts>,
        request_bytes_sent: Integer => i32,
    }
);

statement!(ReadTries = "tries.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
) -> named Row);

/// Reads the attempts of exports, whose organisations are given beside them.
pub(super) fn read(
    conn: &mut Conn,
    organisations: Vec<Uuid>,
    exports: Vec<Uuid>,
) -> Result<HashMap<ExportId, Tries>, StoreError> {
    let rows: Vec<Row> = ReadTries { organisations, exports, lifetime: PhantomData }.load(conn)?;
    let mut exports: HashMap<ExportId, Tries> = HashMap::new();
    for row in rows {
        let tries = exports.entry(row.export_id.into()).or_default();
        let attempt = attempt(row)?;
        tries.anything_sent |= may_have_arrived(&attempt);
        tries.last = Some(attempt);
    }
    Ok(exports)
}

/// A worker that vanished took its count of bytes with it.
fn may_have_arrived(attempt: &LastAttempt) -> bool {
    attempt.request_bytes_sent > 0 || attempt.ambiguous || attempt.outcome == Outcome::WorkerLost
}

fn attempt(row: Row) -> Result<LastAttempt, StoreError> {
    Ok(LastAttempt {
        id: row.id.into(),
        attempt_number: unsigned(row.attempt_number)?,
        outcome: word(Outcome::parse, &row.outcome)?,
        ambiguous: row.ambiguous,
        http_status: row.http_status.map(unsigned).transpose()?,
        finished_at: row.started_at + TimeDelta::milliseconds(row.duration_ms.into()),
        facts: row.facts.value,
        request_bytes_sent: unsigned(row.request_bytes_sent)?,
    })
}

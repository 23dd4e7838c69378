//! What the log says about exports, read for a page of them at once.

use std::collections::HashMap;
use std::marker::PhantomData;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, Bool, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::attempt::{Facts, is_ambiguous};
use domain::id::{AttemptId, ExportId};
use domain::outcome::Outcome;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::row::{Typed, optional_word, unsigned, word};
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

/// An attempt that the receiver accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptedTry {
    /// Its number within the export.
    pub attempt_number: u32,
    /// When that was known.
    pub at: DateTime<Utc>,
}

/// What the log says about one export.
#[derive(Debug, Default)]
pub(super) struct Tries {
    pub(super) last: Option<LastAttempt>,
    pub(super) accepted: Option<AcceptedTry>,
    /// Attempts after which the receiver may have the data.
    pub(super) arrivals: Vec<u32>,
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
        late_outcome: Nullable<Text> => Option<String>,
        late_http_status: Nullable<SmallInt> => Option<i16>,
        late_recorded_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
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
        let late = optional_word(Outcome::parse, row.late_outcome.as_deref())?;
        let known_late_at = row.late_recorded_at.filter(|_| late == Some(Outcome::Delivered));
        let late_status = row.late_http_status.map(unsigned).transpose()?;
        // What was answered late was not accepted, unless a gateway said so.
        let refused = late
            .is_some_and(|late| late_status.is_some() && !is_ambiguous(late, late_status, true));
        let attempt = attempt(row)?;
        let number = attempt.attempt_number;
        let at = known_late_at
            .or((attempt.outcome == Outcome::Delivered).then_some(attempt.finished_at));
        match at {
            Some(at) => tries.accepted = Some(AcceptedTry { attempt_number: number, at }),
            None if attempt.ambiguous && !refused => tries.arrivals.push(number),
            None => {}
        }
        // A worker that vanished took its count of bytes with it.
        tries.anything_sent |= attempt.request_bytes_sent > 0 || attempt.ambiguous;
        tries.last = Some(attempt);
    }
    Ok(exports)
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

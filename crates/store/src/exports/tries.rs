//! What the log says about exports, read for a page of them at once.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use domain::attempt::Facts;
use domain::id::{AttemptId, ExportId};
use domain::outcome::Outcome;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::row::{Typed, unsigned, uuid_v7_floor, word};
use crate::schema::attempts;

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

#[derive(Queryable, Selectable)]
#[diesel(table_name = attempts)]
struct Row {
    export_id: Uuid,
    id: Uuid,
    attempt_number: i32,
    outcome: String,
    ambiguous: bool,
    http_status: Option<i16>,
    started_at: DateTime<Utc>,
    duration_ms: i32,
    facts: Typed<Facts>,
    request_bytes_sent: i32,
}

/// Reads the attempts of exports that were asked for at `since` or later, whose organisations
/// are given beside them.
pub(super) fn read(
    conn: &mut Conn,
    organisations: Vec<Uuid>,
    exports: Vec<Uuid>,
    since: DateTime<Utc>,
) -> Result<HashMap<ExportId, Tries>, StoreError> {
    let rows: Vec<Row> = attempts::table
        .filter(attempts::organisation_id.eq_any(organisations))
        .filter(attempts::export_id.eq_any(exports))
        .filter(attempts::id.ge(uuid_v7_floor(since)))
        .select(Row::as_select())
        .order((attempts::export_id, attempts::attempt_number))
        .load(conn)?;
    let mut exports: HashMap<ExportId, Tries> = HashMap::new();
    for row in rows {
        let tries = exports.entry(row.export_id.into()).or_default();
        let attempt = attempt(row)?;
        tries.anything_sent |= may_have_arrived(&attempt);
        tries.last = Some(attempt);
    }
    Ok(exports)
}

/// A worker that vanished, or broke, took its count of bytes with it.
fn may_have_arrived(attempt: &LastAttempt) -> bool {
    let uncounted = matches!(attempt.outcome, Outcome::WorkerLost | Outcome::InternalError);
    attempt.request_bytes_sent > 0 || uncounted
}

fn attempt(row: Row) -> Result<LastAttempt, StoreError> {
    Ok(LastAttempt {
        id: row.id.into(),
        attempt_number: unsigned(row.attempt_number)?,
        outcome: word(Outcome::parse, &row.outcome)?,
        ambiguous: row.ambiguous,
        http_status: row.http_status.map(unsigned).transpose()?,
        finished_at: row.started_at + TimeDelta::milliseconds(row.duration_ms.into()),
        facts: row.facts.0,
        request_bytes_sent: unsigned(row.request_bytes_sent)?,
    })
}

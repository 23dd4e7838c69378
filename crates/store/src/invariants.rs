//! What the checker of the chaos suite reads: the queue and the log as one consistent picture.
//! It changes nothing, and is compiled only with the feature `invariants`.

mod audit;
mod rows;

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamptz};

use crate::db::Conn;
use crate::error::StoreError;
use crate::statement::statement;

pub use audit::{AuditRow, audit_events};
pub use rows::{AttemptRow, ExportRow, JobRow, LaneRow};

/// The queue at one moment.
#[derive(Debug, Clone)]
pub struct Queue {
    /// The moment, by the database's clock.
    pub now: DateTime<Utc>,
    /// Every export that has work to do.
    pub jobs: Vec<JobRow>,
    /// The lane of every webhook.
    pub lanes: Vec<LaneRow>,
}

/// Queue, exports and log at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The queue.
    pub queue: Queue,
    /// Every export.
    pub exports: Vec<ExportRow>,
    /// Every logged attempt.
    pub attempts: Vec<AttemptRow>,
    /// Rows that refer to another organisation's, or to nothing: `table id`.
    pub cross_tenant: Vec<String>,
}

statement!(ReadJobs = "invariants/jobs.sql", () -> named JobRow);
statement!(ReadLanes = "invariants/lanes.sql", () -> named LaneRow);
statement!(ReadExports = "invariants/exports.sql", () -> named ExportRow);
statement!(ReadAttempts = "invariants/attempts.sql", () -> named AttemptRow);
statement!(FindCrossTenant = "invariants/cross_tenant.sql", () -> Text);

/// Reads the queue alone: cheap enough to be asked several times a second.
///
/// # Errors
/// [`StoreError`].
pub fn queue(conn: &mut Conn) -> Result<Queue, StoreError> {
    conn.build_transaction().read_only().repeatable_read().run(read_queue)
}

/// Reads everything.
///
/// # Errors
/// [`StoreError`].
pub fn snapshot(conn: &mut Conn) -> Result<Snapshot, StoreError> {
    conn.build_transaction().read_only().repeatable_read().run(|conn| {
        Ok(Snapshot {
            queue: read_queue(conn)?,
            exports: ReadExports { lifetime: PhantomData }.load(conn)?,
            attempts: ReadAttempts { lifetime: PhantomData }.load(conn)?,
            cross_tenant: FindCrossTenant { lifetime: PhantomData }.load(conn)?,
        })
    })
}

fn read_queue(conn: &mut Conn) -> Result<Queue, StoreError> {
    let jobs = ReadJobs { lifetime: PhantomData }.load(conn)?;
    let lanes = ReadLanes { lifetime: PhantomData }.load(conn)?;
    // When the transaction began, which is not after what it sees: no lease is judged by a time
    // at which it may have been gone.
    let now = diesel::select(diesel::dsl::now.into_sql::<Timestamptz>()).get_result(conn)?;
    Ok(Queue { now, jobs, lanes })
}

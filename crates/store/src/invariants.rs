//! What the checker of the chaos suite reads: the queue and the log as one consistent picture.
//! It changes nothing, and is compiled only with the feature `invariants`.

mod audit;
mod rows;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;

use crate::db::Conn;
use crate::error::StoreError;

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

#[derive(QueryableByName)]
struct Clock {
    #[diesel(sql_type = Timestamptz)]
    now: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct CrossTenantRow {
    #[diesel(sql_type = diesel::sql_types::Text)]
    what: String,
}

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
        let cross_tenant: Vec<CrossTenantRow> =
            diesel::sql_query(include_str!("invariants/cross_tenant.sql")).load(conn)?;
        Ok(Snapshot {
            queue: read_queue(conn)?,
            exports: diesel::sql_query(include_str!("invariants/exports.sql")).load(conn)?,
            attempts: diesel::sql_query(include_str!("invariants/attempts.sql")).load(conn)?,
            cross_tenant: cross_tenant.into_iter().map(|row| row.what).collect(),
        })
    })
}

fn read_queue(conn: &mut Conn) -> Result<Queue, StoreError> {
    let jobs = diesel::sql_query(include_str!("invariants/jobs.sql")).load(conn)?;
    let lanes = diesel::sql_query("SELECT organisation_id, webhook_id, in_flight FROM lanes");
    let lanes = lanes.load(conn)?;
    // When the transaction began, which is not after what it sees: no lease is judged by a time
    // at which it may have been gone.
    let clock: Clock = diesel::sql_query("SELECT now()").get_result(conn)?;
    Ok(Queue { now: clock.now, jobs, lanes })
}

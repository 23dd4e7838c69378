//! The due jobs of locked lanes: looked at, and leased once they are chosen.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::id::ExportId;
use domain::retry::Tries;
use uuid::Uuid;

use super::lanes::DueLane;
use super::{ClaimLimits, Job, SMALL_PAYLOAD_BYTES, Target, counted_up, saturated};
use crate::db::Conn;
use crate::error::StoreError;
use crate::queue::lease::Lease;
use crate::statement::statement;

/// A job that is due.
#[derive(Debug, Clone)]
pub(super) struct DueJob {
    /// Which of the locked lanes, in their turn.
    pub(super) lane: usize,
    pub(super) export: ExportId,
    pub(super) payload_bytes: u64,
    pub(super) run_at: DateTime<Utc>,
}

statement!(SelectDue = "select_due.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    due_from: Array<Timestamptz> => Vec<DateTime<Utc>>,
    most: Array<Integer> => Vec<i32>,
    only_tests: Array<Bool> => Vec<bool>,
) -> (BigInt, SqlUuid, Integer, Timestamptz, Bool));

statement!(HoldBack = "hold_back.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
) -> ());

/// The first due jobs of each lane, by lane and then by age. One more of each lane than the claim
/// may take: so it is known whether something is left for the next one. Those that carry somebody who
/// may not be sent any more are held back, to be derived anew.
pub(super) fn due(conn: &mut Conn, lanes: &[DueLane]) -> Result<Vec<DueJob>, StoreError> {
    let statement = SelectDue {
        organisations: lanes.iter().map(|lane| lane.organisation.into()).collect(),
        webhooks: lanes.iter().map(|lane| lane.webhook.into()).collect(),
        due_from: lanes.iter().map(|lane| lane.due_from).collect(),
        most: lanes.iter().map(|lane| saturated(lane.most.saturating_add(1))).collect(),
        only_tests: lanes.iter().map(|lane| lane.only_tests).collect(),
        lifetime: PhantomData,
    };
    let rows: Vec<DueRow> = statement.load(conn)?;
    let (held, due): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.4);
    let due_job = |(turn, export, payload_bytes, run_at, _): DueRow| DueJob {
        lane: lane_of(turn),
        export: export.into(),
        payload_bytes: counted_up(payload_bytes).into(),
        run_at,
    };
    if !held.is_empty() {
        let statement = HoldBack {
            organisations: held
                .iter()
                .map(|row| lanes[lane_of(row.0)].organisation.into())
                .collect(),
            exports: held.iter().map(|row| row.1).collect(),
            lifetime: PhantomData,
        };
        statement.execute(conn)?;
    }
    Ok(due.into_iter().map(due_job).collect())
}

type DueRow = (i64, Uuid, i32, DateTime<Utc>, bool);

fn lane_of(turn: i64) -> usize {
    usize::try_from(turn - 1).expect("ordinality counts from 1")
}

type JobRow = (
    (SqlUuid, SqlUuid, SqlUuid, SqlUuid),
    (Integer, Integer, Integer),
    (Timestamptz, Timestamptz, Integer, Nullable<Binary>),
);
type LoadedJob = (
    (Uuid, Uuid, Uuid, Uuid),
    (i32, i32, i32),
    (DateTime<Utc>, DateTime<Utc>, i32, Option<Vec<u8>>),
);

statement!(LeaseJobs = "lease_jobs.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    lease_s: Double => f64,
    worker: Text => &'a str,
    small_bytes: BigInt => i64,
) -> JobRow);

/// Leases the chosen jobs, and reads their payloads where those are small.
pub(super) fn lease(
    conn: &mut Conn,
    limits: &ClaimLimits,
    lanes: &[DueLane],
    chosen: &[&DueJob],
) -> Result<Vec<Job>, StoreError> {
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let statement = LeaseJobs {
        organisations: chosen.iter().map(|job| lanes[job.lane].organisation.into()).collect(),
        exports: chosen.iter().map(|job| job.export.into()).collect(),
        lease_s: limits.lease.as_secs_f64(),
        worker: &limits.worker,
        small_bytes: i64::try_from(SMALL_PAYLOAD_BYTES).unwrap_or(i64::MAX),
        lifetime: PhantomData,
    };
    let rows: Vec<LoadedJob> = statement.load(conn)?;
    let targets: HashMap<Uuid, &Arc<Target>> =
        lanes.iter().map(|lane| (lane.webhook.into(), &lane.target)).collect();
    let job = |row: LoadedJob| {
        let target = Arc::clone(targets[&row.0.2]);
        job_of_row(row, &limits.worker, target)
    };
    Ok(rows.into_iter().map(job).collect())
}

fn job_of_row(row: LoadedJob, worker: &Arc<str>, target: Arc<Target>) -> Job {
    let (
        (organisation, export, webhook, attempt),
        (attempt_number, counted, ambiguous),
        (enqueued_at, started_at, payload_bytes, body),
    ) = row;
    let lease = Lease {
        organisation: organisation.into(),
        export: export.into(),
        webhook: webhook.into(),
        attempt: attempt.into(),
        attempt_number: counted_up(attempt_number),
        tries: Tries { counted: counted_up(counted), ambiguous: counted_up(ambiguous) },
        worker: Arc::clone(worker),
        enqueued_at,
        started_at,
        payload_bytes: u64::from(counted_up(payload_bytes)),
    };
    Job { lease, target, body }
}

//! The statements of a claim: lock due lanes, then lease their first jobs. Two statements, so
//! that the second one sees all that was committed before the lanes were locked.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::id::{OrganisationId, WebhookId};
use domain::retry::Tries;
use uuid::Uuid;

use super::{COMMIT_LAG, ClaimLimits, Job, SMALL_PAYLOAD_BYTES, Saturated, Target};
use crate::db::Conn;
use crate::error::StoreError;
use crate::queue::lease::Lease;
use crate::statement::statement;

/// Lanes that one claim visits at most.
const LANES: u32 = 64;

/// A lane that this transaction has locked.
pub(super) struct DueLane {
    organisation: OrganisationId,
    webhook: WebhookId,
    room: i32,
    due_from: DateTime<Utc>,
    responsive: bool,
    target: Arc<Target>,
}

type LaneRow =
    (SqlUuid, SqlUuid, Integer, Timestamptz, Bool, Text, Nullable<Binary>, Array<Binary>);
type LoadedLane = (Uuid, Uuid, i32, DateTime<Utc>, bool, String, Option<Vec<u8>>, Vec<Vec<u8>>);

statement!(LockDue = "lock_due.sql", (
    lane_cap: Integer => i32,
    lanes: Integer => i32,
    due_since: Timestamptz => DateTime<Utc>,
    saturated_organisations: Array<SqlUuid> => Vec<Uuid>,
    saturated_host_organisations: Array<SqlUuid> => Vec<Uuid>,
    saturated_hosts: Array<Text> => Vec<&'a str>,
    responsive: Array<SqlUuid> => Vec<Uuid>,
    unresponsive_cap: Integer => i32,
    limited: Bool => bool,
) -> LaneRow);

/// Locks the lanes whose turn it is.
pub(super) fn lock_due(conn: &mut Conn, limits: &ClaimLimits) -> Result<Vec<DueLane>, StoreError> {
    let Saturated { organisations, hosts } = &limits.saturated;
    let limit = limits.unresponsive.as_ref();
    let responsive = limit.map_or(&[][..], |limit| &limit.responsive);
    let statement = LockDue {
        lane_cap: saturated(limits.lane_cap),
        lanes: saturated(limits.jobs.min(LANES)),
        due_since: limits.due_since,
        saturated_organisations: organisations.iter().copied().map(Uuid::from).collect(),
        saturated_host_organisations: hosts.iter().map(|(id, _)| Uuid::from(*id)).collect(),
        saturated_hosts: hosts.iter().map(|(_, host)| host.as_str()).collect(),
        responsive: responsive.iter().copied().map(Uuid::from).collect(),
        unresponsive_cap: saturated(limit.map_or(limits.lane_cap, |limit| limit.cap)),
        limited: limit.is_some(),
        lifetime: PhantomData,
    };
    let rows: Vec<LoadedLane> = statement.load(conn)?;
    Ok(rows.into_iter().map(lane_of_row).collect())
}

fn lane_of_row(row: LoadedLane) -> DueLane {
    let (organisation, webhook, room, due_from, responsive, host, url_sealed, secrets_sealed) = row;
    let target = Target { host, url_sealed: url_sealed.unwrap_or_default(), secrets_sealed };
    DueLane {
        organisation: organisation.into(),
        webhook: webhook.into(),
        room,
        due_from,
        responsive,
        target: Arc::new(target),
    }
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
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    rooms: Array<Integer> => Vec<i32>,
    due_from: Array<Timestamptz> => Vec<DateTime<Utc>>,
    jobs: Integer => i32,
    payload_bytes: BigInt => i64,
    lease_s: Double => f64,
    worker: Text => &'a str,
    oversized: Bool => bool,
    responsive: Array<Bool> => Vec<bool>,
    unresponsive_jobs: Integer => i32,
    small_bytes: BigInt => i64,
    commit_lag_s: Double => f64,
) -> JobRow);

/// Leases the first due jobs of locked lanes, in turn.
pub(super) fn lease_jobs(
    conn: &mut Conn,
    limits: &ClaimLimits,
    lanes: &[DueLane],
) -> Result<Vec<Job>, StoreError> {
    let statement = LeaseJobs {
        organisations: lanes.iter().map(|lane| lane.organisation.into()).collect(),
        webhooks: lanes.iter().map(|lane| lane.webhook.into()).collect(),
        rooms: lanes.iter().map(|lane| lane.room).collect(),
        due_from: lanes.iter().map(|lane| lane.due_from).collect(),
        jobs: saturated(limits.jobs),
        payload_bytes: i64::try_from(limits.payload_bytes).unwrap_or(i64::MAX),
        lease_s: limits.lease.as_secs_f64(),
        worker: &limits.worker,
        oversized: limits.oversized,
        responsive: lanes.iter().map(|lane| lane.responsive).collect(),
        unresponsive_jobs: saturated(
            limits.unresponsive.as_ref().map_or(limits.jobs, |it| it.jobs),
        ),
        small_bytes: SMALL_PAYLOAD_BYTES as i64,
        commit_lag_s: COMMIT_LAG.as_secs_f64(),
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

statement!(uncached OldestDue = "oldest_due.sql", (commit_lag_s: Double => f64) -> Timestamptz);

/// Since when the lane that has been due longest is due; now when none is. Less what a commit may
/// lag, so that claims need not look for lanes before that instant.
///
/// # Errors
/// [`StoreError`].
pub fn oldest_due(conn: &mut Conn) -> Result<DateTime<Utc>, StoreError> {
    let commit_lag_s = COMMIT_LAG.as_secs_f64();
    Ok(OldestDue { commit_lag_s, lifetime: PhantomData }.get_result(conn)?)
}

/// Counters in the database are never negative.
pub(in crate::queue) fn counted_up(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

pub(in crate::queue) fn saturated(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

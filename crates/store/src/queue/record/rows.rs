//! The rows of lanes and jobs that a batch of results reads and writes.

use std::collections::{BTreeMap, HashSet};
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::export::{DisabledReason, EndedBy};
use domain::id::{AttemptId, ExportId, OrganisationId, WebhookId};
use domain::lane::LaneHealth;
use domain::retry::Tries;
use uuid::Uuid;

use super::{Fence, Sent};
use crate::db::Conn;
use crate::error::StoreError;
use crate::queue::claim::{counted_up, saturated};
use crate::statement::statement;

/// A lane, locked.
#[derive(Debug, Clone)]
pub(super) struct Lane {
    /// Before this batch.
    pub(super) before: LaneHealth,
    pub(super) health: LaneHealth,
    /// Leases that this batch gives back.
    pub(super) released: u32,
    /// The earliest next try that this batch plans.
    pub(super) next_run_at: Option<DateTime<Utc>>,
}

/// The key of a lane, in lock order.
pub(super) type LaneKey = (OrganisationId, WebhookId);

/// A job that still holds its lease.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeldJob {
    pub(super) attempt: AttemptId,
    /// Set when somebody cancelled the export meanwhile.
    pub(super) stop: Option<EndedBy>,
}

type LaneRow = (
    (SqlUuid, SqlUuid, Nullable<Integer>, Nullable<Timestamptz>, Nullable<Timestamptz>),
    (Integer, Nullable<Timestamptz>, Nullable<Timestamptz>),
    (Nullable<Timestamptz>, Nullable<Text>),
);

type LoadedLane = (
    (Uuid, Uuid, Option<i32>, Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    (i32, Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    (Option<DateTime<Utc>>, Option<String>),
);

statement!(LockLanes = "lock_lanes.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
) -> LaneRow);

statement!(LockedLanes = "locked_lanes.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
) -> (SqlUuid, SqlUuid));

/// Locks the lanes of all results, but for those that somebody else has locked: they are answered
/// beside.
pub(super) fn lock_lanes(
    conn: &mut Conn,
    results: &[Sent],
) -> Result<(BTreeMap<LaneKey, Lane>, HashSet<LaneKey>), StoreError> {
    let mut keys: HashSet<LaneKey> =
        results.iter().map(|sent| (sent.lease.organisation, sent.lease.webhook)).collect();
    let (organisations, webhooks) = lane_keys(&keys);
    let statement = LockLanes { organisations, webhooks, lifetime: PhantomData };
    let rows: Vec<LoadedLane> = statement.load(conn)?;
    let lanes: BTreeMap<LaneKey, Lane> = rows.into_iter().map(lane_of_row).collect();
    keys.retain(|key| !lanes.contains_key(key));
    if keys.is_empty() {
        return Ok((lanes, keys));
    }
    let (organisations, webhooks) = lane_keys(&keys);
    let statement = LockedLanes { organisations, webhooks, lifetime: PhantomData };
    let locked: Vec<(Uuid, Uuid)> = statement.load(conn)?;
    let key = |(organisation, webhook): (Uuid, Uuid)| (organisation.into(), webhook.into());
    Ok((lanes, locked.into_iter().map(key).collect()))
}

/// Organisations and webhooks, as the statements take them.
fn lane_keys(keys: &HashSet<LaneKey>) -> (Vec<Uuid>, Vec<Uuid>) {
    keys.iter().map(|key| (Uuid::from(key.0), Uuid::from(key.1))).unzip()
}

fn lane_of_row(row: LoadedLane) -> (LaneKey, Lane) {
    let (
        (organisation, webhook, cap, blocked_until, asked_until),
        (failures, failing_since, last_delivered_at),
        (disabled_at, disabled_reason),
    ) = row;
    let health = LaneHealth {
        cap: cap.map(counted_up),
        blocked_until,
        asked_until,
        failures_in_a_row: counted_up(failures),
        failing_since,
        last_delivered_at,
        disabled: disabled_at.zip(disabled_reason.as_deref().and_then(DisabledReason::parse)),
    };
    let key = (organisation.into(), webhook.into());
    (key, Lane { before: health.clone(), health, released: 0, next_run_at: None })
}

statement!(TakeJobs = "take_jobs.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    attempts: Array<SqlUuid> => Vec<Uuid>,
) -> SqlUuid);

/// Deletes the jobs of delivered exports that still hold their lease, and says which: whatever
/// else became of them meanwhile, they end.
pub(super) fn take_jobs(conn: &mut Conn, delivered: &[&Sent]) -> Result<Vec<HeldJob>, StoreError> {
    if delivered.is_empty() {
        return Ok(Vec::new());
    }
    let (organisations, exports, attempts) = keys(delivered);
    let take = TakeJobs { organisations, exports, attempts, lifetime: PhantomData };
    let taken: Vec<Uuid> = take.load(conn)?;
    Ok(taken.into_iter().map(|attempt| HeldJob { attempt: attempt.into(), stop: None }).collect())
}

statement!(HeldJobs = "held_jobs.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    attempts: Array<SqlUuid> => Vec<Uuid>,
) -> (SqlUuid, Nullable<Text>));

statement!(ExpiredJobs = "expired_jobs.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    attempts: Array<SqlUuid> => Vec<Uuid>,
) -> (SqlUuid, Nullable<Text>));

/// Which of the other results still hold their lease. The lanes are locked: nobody changes it now,
/// but for renewals, which look at neither.
pub(super) fn held_jobs(
    conn: &mut Conn,
    results: &[&Sent],
    fence: Fence,
) -> Result<Vec<HeldJob>, StoreError> {
    if results.is_empty() {
        return Ok(Vec::new());
    }
    let (organisations, exports, attempts) = keys(results);
    let lifetime = PhantomData;
    let rows: Vec<(Uuid, Option<String>)> = match fence {
        Fence::Held => HeldJobs { organisations, exports, attempts, lifetime }.load(conn)?,
        Fence::Expired => ExpiredJobs { organisations, exports, attempts, lifetime }.load(conn)?,
    };
    let held = |(attempt, stop): (Uuid, Option<String>)| HeldJob {
        attempt: attempt.into(),
        stop: stop.as_deref().and_then(EndedBy::parse),
    };
    Ok(rows.into_iter().map(held).collect())
}

/// Organisations, exports and attempts, as the statements take them.
fn keys(results: &[&Sent]) -> (Vec<Uuid>, Vec<Uuid>, Vec<Uuid>) {
    let leases = || results.iter().map(|sent| &sent.lease);
    (
        leases().map(|lease| lease.organisation.into()).collect(),
        leases().map(|lease| lease.export.into()).collect(),
        leases().map(|lease| lease.attempt.into()).collect(),
    )
}

statement!(DeleteJobs = "delete_jobs.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
) -> ());

/// Deletes the jobs of exports that end otherwise.
pub(super) fn delete_jobs(
    conn: &mut Conn,
    jobs: &[(OrganisationId, ExportId)],
) -> Result<(), StoreError> {
    if jobs.is_empty() {
        return Ok(());
    }
    let statement = DeleteJobs {
        organisations: jobs.iter().map(|key| key.0.into()).collect(),
        exports: jobs.iter().map(|key| key.1.into()).collect(),
        lifetime: PhantomData,
    };
    statement.execute(conn)?;
    Ok(())
}

/// A job that waits for its next try.
#[derive(Debug, Clone)]
pub(super) struct Rescheduled {
    pub(super) organisation: OrganisationId,
    pub(super) export: ExportId,
    pub(super) run_at: DateTime<Utc>,
    pub(super) tries: Tries,
}

statement!(RescheduleJobs = "reschedule_jobs.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    run_at: Array<Timestamptz> => Vec<DateTime<Utc>>,
    counted: Array<Integer> => Vec<i32>,
    ambiguous: Array<Integer> => Vec<i32>,
) -> ());

/// Gives jobs back to the queue.
pub(super) fn reschedule_jobs(conn: &mut Conn, jobs: &[Rescheduled]) -> Result<(), StoreError> {
    if jobs.is_empty() {
        return Ok(());
    }
    let statement = RescheduleJobs {
        organisations: jobs.iter().map(|job| job.organisation.into()).collect(),
        exports: jobs.iter().map(|job| job.export.into()).collect(),
        run_at: jobs.iter().map(|job| job.run_at).collect(),
        counted: jobs.iter().map(|job| saturated(job.tries.counted)).collect(),
        ambiguous: jobs.iter().map(|job| saturated(job.tries.ambiguous)).collect(),
        lifetime: PhantomData,
    };
    statement.execute(conn)?;
    Ok(())
}

statement!(UpdateLanes = "update_lanes.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    released: Array<Integer> => Vec<i32>,
    caps: Array<Nullable<Integer>> => Vec<Option<i32>>,
    blocked_until: Array<Nullable<Timestamptz>> => Vec<Option<DateTime<Utc>>>,
    failures: Array<Integer> => Vec<i32>,
    failing_since: Array<Nullable<Timestamptz>> => Vec<Option<DateTime<Utc>>>,
    last_delivered_at: Array<Nullable<Timestamptz>> => Vec<Option<DateTime<Utc>>>,
    disabled_at: Array<Nullable<Timestamptz>> => Vec<Option<DateTime<Utc>>>,
    disabled_reasons: Array<Nullable<Text>> => Vec<Option<&'a str>>,
    next_run_at: Array<Nullable<Timestamptz>> => Vec<Option<DateTime<Utc>>>,
    asked_until: Array<Nullable<Timestamptz>> => Vec<Option<DateTime<Utc>>>,
) -> ());

/// Writes the lanes back.
pub(super) fn update_lanes(
    conn: &mut Conn,
    lanes: &BTreeMap<LaneKey, Lane>,
) -> Result<(), StoreError> {
    let touched: Vec<_> = lanes.iter().filter(|(_, lane)| lane.released > 0).collect();
    if touched.is_empty() {
        return Ok(());
    }
    let disabled = |lane: &&Lane| lane.health.disabled;
    let statement = UpdateLanes {
        organisations: touched.iter().map(|(key, _)| key.0.into()).collect(),
        webhooks: touched.iter().map(|(key, _)| key.1.into()).collect(),
        released: touched.iter().map(|(_, lane)| saturated(lane.released)).collect(),
        caps: touched.iter().map(|(_, lane)| lane.health.cap.map(saturated)).collect(),
        blocked_until: touched.iter().map(|(_, lane)| lane.health.blocked_until).collect(),
        failures: touched
            .iter()
            .map(|(_, lane)| saturated(lane.health.failures_in_a_row))
            .collect(),
        failing_since: touched.iter().map(|(_, lane)| lane.health.failing_since).collect(),
        last_delivered_at: touched.iter().map(|(_, lane)| lane.health.last_delivered_at).collect(),
        disabled_at: touched.iter().map(|(_, lane)| disabled(lane).map(|(at, _)| at)).collect(),
        disabled_reasons: touched
            .iter()
            .map(|(_, lane)| disabled(lane).map(|(_, reason)| reason.as_str()))
            .collect(),
        next_run_at: touched.iter().map(|(_, lane)| lane.next_run_at).collect(),
        asked_until: touched.iter().map(|(_, lane)| lane.health.asked_until).collect(),
        lifetime: PhantomData,
    };
    statement.execute(conn)?;
    Ok(())
}

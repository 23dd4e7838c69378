//! The lanes of a claim: locked while they are due, and parked when no due job is left.

use std::collections::HashSet;
use std::marker::PhantomData;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, Binary, Bool, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::id::{ExportId, OrganisationId, WebhookId};
use uuid::Uuid;

use super::jobs::DueJob;
use super::{COMMIT_LAG, ClaimLimits, Job, Saturated, Target, counted_up, saturated};
use crate::db::Conn;
use crate::error::StoreError;
use crate::statement::statement;

/// Lanes that one claim visits at most.
const LANES: u32 = 64;

/// A lane that this transaction has locked.
pub(super) struct DueLane {
    pub(super) organisation: OrganisationId,
    pub(super) webhook: WebhookId,
    /// Most jobs that the claim takes of it: its room, but no more than its share, so that one lane
    /// with many jobs does not fill a claim that others wait for.
    pub(super) most: u32,
    /// Lower bound of `run_at`: none of its jobs is due since before that.
    pub(super) due_from: DateTime<Utc>,
    pub(super) responsive: bool,
    /// It is disabled: nothing but tests goes out.
    pub(super) only_tests: bool,
    pub(super) target: Arc<Target>,
}

type LaneRow =
    (SqlUuid, SqlUuid, Integer, Timestamptz, Bool, Bool, Text, Nullable<Binary>, Array<Binary>);
type LoadedLane =
    (Uuid, Uuid, i32, DateTime<Utc>, bool, bool, String, Option<Vec<u8>>, Vec<Vec<u8>>);

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
    let share = limits.jobs.div_ceil(u32::try_from(rows.len()).unwrap_or(u32::MAX).max(1));
    Ok(rows.into_iter().map(|row| lane_of_row(row, share)).collect())
}

fn lane_of_row(row: LoadedLane, share: u32) -> DueLane {
    let (organisation, webhook, room, due_from, responsive, only_tests, host, url, secrets) = row;
    let (url_sealed, secrets_sealed) = (url.unwrap_or_default(), secrets);
    let target = Target { host, url_sealed, secrets_sealed };
    DueLane {
        organisation: organisation.into(),
        webhook: webhook.into(),
        most: counted_up(room).min(share),
        due_from,
        responsive,
        only_tests,
        target: Arc::new(target),
    }
}

statement!(Park = "park.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    leased: Array<Integer> => Vec<i32>,
    had_due: Array<Bool> => Vec<bool>,
    left_since: Array<Nullable<Timestamptz>> => Vec<Option<DateTime<Utc>>>,
    commit_lag_s: Double => f64,
) -> ());

/// What a claim found in a lane.
#[derive(Clone, Default)]
struct Visit {
    leased: u32,
    had_due: bool,
    /// Since when the oldest due job is due that was not leased.
    left_since: Option<DateTime<Utc>>,
}

/// Writes the locked lanes: what they have in flight, and when they are due next. Those without
/// a due job left are parked.
pub(super) fn park(
    conn: &mut Conn,
    lanes: &[DueLane],
    due: &[DueJob],
    leased: &[Job],
) -> Result<(), StoreError> {
    let leased: HashSet<ExportId> = leased.iter().map(|job| job.lease.export).collect();
    let mut visits = vec![Visit::default(); lanes.len()];
    for job in due {
        let visit = &mut visits[job.lane];
        visit.had_due = true;
        if leased.contains(&job.export) {
            visit.leased += 1;
        } else {
            visit.left_since = visit.left_since.or(Some(job.run_at));
        }
    }
    let statement = Park {
        organisations: lanes.iter().map(|lane| lane.organisation.into()).collect(),
        webhooks: lanes.iter().map(|lane| lane.webhook.into()).collect(),
        leased: visits.iter().map(|visit| saturated(visit.leased)).collect(),
        had_due: visits.iter().map(|visit| visit.had_due).collect(),
        left_since: visits.iter().map(|visit| visit.left_since).collect(),
        commit_lag_s: COMMIT_LAG.as_secs_f64(),
        lifetime: PhantomData,
    };
    statement.execute(conn)?;
    Ok(())
}

statement!(OldestDue = "oldest_due.sql", (commit_lag_s: Double => f64) -> Timestamptz);

/// Since when the lane that has been due longest is due; none when no lane is, so that there is nothing
/// to claim. Less what a commit may lag, so that claims need not look for lanes before that instant.
///
/// # Errors
/// [`StoreError`].
pub fn oldest_due(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, StoreError> {
    let commit_lag_s = COMMIT_LAG.as_secs_f64();
    Ok(OldestDue { commit_lag_s, lifetime: PhantomData }.get_result(conn).optional()?)
}

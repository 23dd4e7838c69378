//! Record: what came of a batch of attempts becomes the log, the ends of exports, the next
//! tries and the health of the lanes, in one transaction. Only attempts that still hold their
//! lease change anything; others leave what they saw in `late_*`, and an acceptance among it ends its
//! export as accepted.

mod changes;
mod late;
mod log;
mod rows;
mod settle;

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::attempt::{Attempt, OwnFault};
use domain::export::{DisabledReason, EndState};
use domain::id::{AttemptId, ExportId, WebhookId};
use domain::outcome::Outcome;
use domain::retry::RetryPolicy;

use super::end::end_exports;
use super::lease::Lease;
use crate::audit;
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::maintenance::PayloadRetention;

/// The rules by which results are settled.
#[derive(Debug, Clone)]
pub struct RecordPolicy {
    /// When to try again.
    pub retry: RetryPolicy,
    /// Most jobs in flight per healthy webhook.
    pub lane_cap: u32,
    /// How long payloads stay after the end.
    pub retention: PayloadRetention,
}

/// A lease whose attempt is over, whether or not anything left: what recording takes.
#[derive(Debug, Clone)]
pub struct Sent {
    /// What was claimed.
    pub lease: Lease,
    /// What came of it.
    pub attempt: Attempt,
    /// From the claim to the end of the attempt, by a monotonic clock.
    pub elapsed: Duration,
    /// A number in -1..=1 that spreads the next try.
    pub jitter: f64,
}

impl Sent {
    /// When the attempt ended, by the database's clock.
    pub fn ended_at(&self) -> DateTime<Utc> {
        self.lease.started_at + TimeDelta::from_std(self.elapsed).unwrap_or_default()
    }
}

/// What a batch of results did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Attempts that held their lease.
    pub recorded: usize,
    /// Attempts that had lost it, and whose result was not written before.
    pub late: Vec<AttemptId>,
    /// Exports that ended, and how long after they were last asked for.
    pub ended: Vec<(EndState, Duration)>,
    /// Webhooks that were disabled by these results.
    pub disabled: Vec<(WebhookId, DisabledReason)>,
    /// Exports whose result the database refused, and why.
    pub refused: Vec<(ExportId, String)>,
    /// Attempts whose lanes somebody else has locked just now: nothing is recorded of them yet.
    pub left: HashSet<AttemptId>,
}

impl Recorded {
    fn add(&mut self, other: Self) {
        self.recorded += other.recorded;
        self.late.extend(other.late);
        self.ended.extend(other.ended);
        self.disabled.extend(other.disabled);
        self.refused.extend(other.refused);
        self.left.extend(other.left);
    }
}

/// Which leases a result may settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fence {
    /// The worker's own, whether expired or not: nobody else took them yet.
    Held,
    /// Any worker's, provided that they have expired.
    Expired,
}

/// Settles a batch of results of this worker. What the database refuses must not keep the others
/// from being recorded: a refused batch is settled by halves, down to the single row, which is then
/// recorded as `internal_error` with nothing of the receiver's in it. Nor must a lane that somebody else
/// has locked: what is left for it is to be recorded again soon.
///
/// # Errors
/// [`StoreError::Unavailable`]: the database is away; recording the batch again is harmless.
pub fn record(
    conn: &mut Conn,
    policy: &RecordPolicy,
    results: &[Sent],
) -> Result<Recorded, StoreError> {
    settle_batch(conn, policy, results, Fence::Held)
}

pub(super) fn settle_batch(
    conn: &mut Conn,
    policy: &RecordPolicy,
    results: &[Sent],
    fence: Fence,
) -> Result<Recorded, StoreError> {
    match (settle(conn, policy, results, fence), results) {
        (Err(error), _) if error.is_unavailable() => Err(error),
        (Err(error), [single]) => settle_bare(conn, policy, single, fence, &error),
        (Err(_), [_, ..]) => {
            let (first, second) = results.split_at(results.len() / 2);
            let mut recorded = settle_batch(conn, policy, first, fence)?;
            recorded.add(settle_batch(conn, policy, second, fence)?);
            Ok(recorded)
        }
        (settled, _) => settled,
    }
}

fn settle_bare(
    conn: &mut Conn,
    policy: &RecordPolicy,
    single: &Sent,
    fence: Fence,
    refusal: &StoreError,
) -> Result<Recorded, StoreError> {
    let request_bytes_sent = single.attempt.request_bytes_sent;
    // Whatever the receiver said, it may have got all of it; what a lost worker sent is not known.
    let all_sent =
        request_bytes_sent > 0 && request_bytes_sent as u64 >= single.lease.payload_bytes;
    let lost = single.attempt.outcome == Outcome::WorkerLost;
    let ambiguous = single.attempt.ambiguous || all_sent || lost;
    let defect = Attempt::of_own_fault(OwnFault::Defect);
    let attempt = Attempt { ambiguous, request_bytes_sent, ..defect };
    let bare = Sent { attempt, ..single.clone() };
    let mut recorded = match settle(conn, policy, std::slice::from_ref(&bare), fence) {
        Err(error) if error.is_unavailable() => return Err(error),
        // Not even that: its lease runs out, and the job stays visible as leased and overdue.
        Err(_) => Recorded::default(),
        Ok(recorded) => recorded,
    };
    recorded.refused.push((single.lease.export, refusal.to_string()));
    Ok(recorded)
}

fn settle(
    conn: &mut Conn,
    policy: &RecordPolicy,
    results: &[Sent],
    fence: Fence,
) -> Result<Recorded, StoreError> {
    transaction(conn, |conn| settle_once(conn, policy, results, fence))
}

fn settle_once(
    conn: &mut Conn,
    policy: &RecordPolicy,
    results: &[Sent],
    fence: Fence,
) -> Result<Recorded, StoreError> {
    let (mut lanes, locked) = rows::lock_lanes(conn, results)?;
    let is_left = |sent: &Sent| locked.contains(&(sent.lease.organisation, sent.lease.webhook));
    let (left, results): (Vec<&Sent>, Vec<&Sent>) = results.iter().partition(|sent| is_left(sent));
    let (delivered, others): (Vec<_>, Vec<_>) =
        results.iter().partition(|sent| sent.attempt.outcome == Outcome::Delivered);
    let mut held = rows::take_jobs(conn, &delivered)?;
    held.extend(rows::held_jobs(conn, &others, fence)?);
    let plan = settle::plan(policy, &mut lanes, &held, &results);
    rows::delete_jobs(conn, &plan.ended_jobs)?;
    rows::reschedule_jobs(conn, &plan.rescheduled)?;
    end_exports(conn, &plan.ends)?;
    log::insert(conn, &plan.logged)?;
    rows::update_lanes(conn, &lanes)?;
    audit::write(conn, &audit::worker(), &changes::events(&lanes))?;
    let held: HashSet<AttemptId> = held.iter().map(|job| job.attempt).collect();
    let lost: Vec<_> =
        results.into_iter().filter(|sent| !held.contains(&sent.lease.attempt)).collect();
    let mut late = late::Late::default();
    let mut ended: Vec<_> = plan.ends.iter().map(|end| end.state).zip(plan.latencies).collect();
    if fence == Fence::Held {
        late = late::record(conn, &lost, policy.retention)?;
        ended.append(&mut late.ended);
    }
    crate::crash::point("before_commit");
    Ok(Recorded {
        recorded: held.len(),
        late: late.attempts,
        ended,
        disabled: changes::disabled(&lanes),
        refused: Vec::new(),
        left: left.iter().map(|sent| sent.lease.attempt).collect(),
    })
}

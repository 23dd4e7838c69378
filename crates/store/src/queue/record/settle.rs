//! What each result means for its export and its lane: decided in memory, on locked rows.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::export::{EndState, EndedBy};
use domain::id::{AttemptId, ExportId, OrganisationId};
use domain::outcome::Outcome;
use domain::retry::{Next, Tried};

use super::rows::{HeldJob, Lane, LaneKey, Rescheduled};
use super::{RecordPolicy, Sent};
use crate::queue::end::End;

/// All that a batch writes, lanes aside.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    /// Without those of delivered exports, which are gone by now.
    pub(super) ended_jobs: Vec<(OrganisationId, ExportId)>,
    pub(super) rescheduled: Vec<Rescheduled>,
    pub(super) ends: Vec<End>,
    /// From the send request to the end, beside `ends`.
    pub(super) latencies: Vec<Duration>,
    pub(super) logged: Vec<Logged<'a>>,
}

/// An attempt for the log.
#[derive(Debug)]
pub(super) struct Logged<'a> {
    pub(super) sent: &'a Sent,
    pub(super) next_attempt_at: Option<DateTime<Utc>>,
}

/// Settles every result that still holds its lease.
pub(super) fn plan<'a>(
    policy: &RecordPolicy,
    lanes: &mut BTreeMap<LaneKey, Lane>,
    held: &[HeldJob],
    results: &[&'a Sent],
) -> Plan<'a> {
    let held: HashMap<AttemptId, HeldJob> = held.iter().map(|job| (job.attempt, *job)).collect();
    let mut plan = Plan::default();
    for sent in results {
        if let Some(job) = held.get(&sent.lease.attempt) {
            settle(policy, lanes, job.stop, sent, &mut plan);
        }
    }
    plan
}

fn settle<'a>(
    policy: &RecordPolicy,
    lanes: &mut BTreeMap<LaneKey, Lane>,
    stop: Option<EndedBy>,
    sent: &'a Sent,
    plan: &mut Plan<'a>,
) {
    let lease = &sent.lease;
    let ended_at = sent.ended_at();
    let tries = lease.tries.and(&sent.attempt);
    let next = policy.retry.next(&Tried {
        attempt: &sent.attempt,
        tries,
        asked_at: lease.enqueued_at,
        ended_at,
        jitter: sent.jitter,
    });
    let lane = lanes.get_mut(&(lease.organisation, lease.webhook));
    let was_disabled = lane.as_ref().is_some_and(|lane| lane.before.disabled.is_some());
    let end = end_of(next, stop, was_disabled);
    let next_attempt_at = match (end, next) {
        (None, Next::RetryAt(run_at)) => Some(run_at),
        _ => None,
    };
    if let Some(run_at) = next_attempt_at {
        let (organisation, export) = (lease.organisation, lease.export);
        plan.rescheduled.push(Rescheduled { organisation, export, run_at, tries });
    }
    if let Some((state, ended_by)) = end {
        if sent.attempt.outcome != Outcome::Delivered {
            plan.ended_jobs.push((lease.organisation, lease.export));
        }
        plan.latencies.push((ended_at - lease.enqueued_at).to_std().unwrap_or_default());
        plan.ends.push(End {
            organisation: lease.organisation,
            export: lease.export,
            state,
            ended_by,
            outcome: Some(match state {
                // Accepted by an earlier attempt, where not by this one.
                EndState::Delivered => Outcome::Delivered,
                EndState::Failed | EndState::Cancelled => sent.attempt.outcome,
            }),
            ambiguous: state != EndState::Delivered && tries.ambiguous > 0,
            attempt_count: lease.attempt_number,
            payload_kept: policy.retention.of(state),
            at: None,
        });
    }
    let mut blocked_until = None;
    if let Some(lane) = lane {
        let health = std::mem::take(&mut lane.health);
        lane.health = health.after(&sent.attempt, ended_at, policy.lane_cap);
        lane.released += 1;
        lane.next_run_at = earliest(lane.next_run_at, next_attempt_at);
        blocked_until = lane.health.blocked_until;
    }
    // Nothing goes out before the pause of the lane is over.
    let next_attempt_at = next_attempt_at.map(|at| blocked_until.map_or(at, |until| at.max(until)));
    plan.logged.push(Logged { sent, next_attempt_at });
}

/// Whether an export ends with this attempt, and by whom.
fn end_of(next: Next, stop: Option<EndedBy>, was_disabled: bool) -> Option<(EndState, EndedBy)> {
    match (next, stop) {
        (Next::Delivered, _) | (_, Some(EndedBy::Receiver)) => {
            Some((EndState::Delivered, EndedBy::Receiver))
        }
        (Next::Refused, None | Some(EndedBy::Restriction | EndedBy::Erasure)) => {
            Some((EndState::Failed, EndedBy::Receiver))
        }
        (Next::GiveUp, None | Some(EndedBy::Restriction | EndedBy::Erasure)) => {
            Some((EndState::Failed, EndedBy::GaveUp))
        }
        // The test of a disabled webhook: one request.
        (Next::RetryAt(_), None) if was_disabled => {
            Some((EndState::Failed, EndedBy::WebhookDisabled))
        }
        // Before the next try it is derived anew.
        (Next::RetryAt(_), None | Some(EndedBy::Restriction | EndedBy::Erasure)) => None,
        (_, Some(by)) => Some((EndState::Cancelled, by)),
    }
}

fn earliest(a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

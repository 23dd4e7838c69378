//! I6: attempts are numbered from 1 without a gap, and none begins before the schedule lets it.

use std::collections::HashMap;
use std::time::Duration;

use chrono::TimeDelta;
use store::invariants::{AttemptRow, JobRow};
use uuid::Uuid;

use super::{Findings, by_export};
use crate::evidence::Evidence;

/// Jitter takes at most a fifth off a delay.
const SHORTEST: f64 = 0.8;
/// Durations are logged in whole milliseconds.
const ROUNDED: TimeDelta = TimeDelta::milliseconds(2);

pub(super) fn numbers_and_delays(evidence: &Evidence) -> Findings {
    let jobs = evidence.snapshot.queue.jobs.iter();
    let jobs: HashMap<Uuid, &JobRow> = jobs.map(|job| (job.export_id, job)).collect();
    let tries = by_export(evidence);
    let mut found = Findings::new();
    for export in &evidence.snapshot.exports {
        let attempts = tries.get(&export.id).map(Vec::as_slice).unwrap_or_default();
        let job = jobs.get(&export.id);
        let expected = match job {
            Some(job) => job.attempt_number - i32::from(job.attempt_id.is_some()),
            None => export.attempt_count,
        };
        let numbers = attempts.iter().map(|attempt| attempt.attempt_number);
        if !numbers.eq(1..=expected) {
            found.push(format!("attempts are not 1 to {expected}: {}", export.id));
        }
        if !evidence.told.resent.contains(&export.id) {
            found.extend(too_soon(evidence, attempts, job.copied()));
        }
    }
    found
}

/// The attempts of an export that began before their time.
fn too_soon(evidence: &Evidence, attempts: &[&AttemptRow], job: Option<&JobRow>) -> Findings {
    let mut found = Findings::new();
    let mut counted = 0;
    for (index, attempt) in attempts.iter().enumerate() {
        counted += usize::from(counts(attempt));
        let next = attempts.get(index + 1).map(|next| next.started_at);
        let hurried = evidence.hurried.contains(&(attempt.export_id, attempt.attempt_number));
        let leased = job.filter(|_| index + 1 == attempts.len()).and_then(|job| job.started_at);
        if let (Some(next), false) = (next.or(leased), hurried)
            && next < earliest(evidence, attempt, counted)
        {
            found.push(format!("the attempt after {} began too soon", attempt.id));
        }
    }
    found
}

fn earliest(
    evidence: &Evidence,
    attempt: &AttemptRow,
    counted: usize,
) -> chrono::DateTime<chrono::Utc> {
    let ended = attempt.started_at + TimeDelta::milliseconds(attempt.duration_ms.into());
    let schedule = &evidence.rules.schedule;
    // What is not counted waits as if it were.
    let position = counted + usize::from(!counts(attempt));
    let scheduled = schedule.get(position).or(schedule.last()).copied().unwrap_or_default();
    let delay = match (attempt.outcome.as_str(), attempt.ambiguous) {
        (_, true) => evidence.rules.ambiguous_delay,
        ("aborted", _) => Duration::ZERO,
        _ => scheduled.mul_f64(SHORTEST),
    };
    let delay = TimeDelta::from_std(delay).unwrap_or_default();
    let promised = attempt.next_attempt_at.unwrap_or(ended);
    (ended + delay).max(promised) - ROUNDED
}

/// Whether it spends a try: not what we broke off or failed at before the body was out. A 429 or 503 may
/// have had a `Retry-After`, which the log does not keep: the delays are the same.
fn counts(attempt: &AttemptRow) -> bool {
    attempt.ambiguous || !matches!(attempt.outcome.as_str(), "aborted" | "internal_error")
}

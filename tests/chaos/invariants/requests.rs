//! I3: the log is what the receiver saw. I4: no attempt reaches it twice, and another attempt
//! follows only one that did not certainly succeed.

use std::collections::{HashMap, HashSet};

use store::invariants::AttemptRow;
use uuid::Uuid;

use super::{Findings, by_export};
use crate::evidence::{Evidence, Seen};

pub(super) fn log_is_what_was_seen(evidence: &Evidence) -> Findings {
    let queue = &evidence.snapshot.queue;
    let leased = queue.jobs.iter().filter_map(|job| Some((job.attempt_id?, job.export_id)));
    let logged = evidence.snapshot.attempts.iter().map(|attempt| (attempt.id, attempt.export_id));
    let known: HashMap<Uuid, Uuid> = leased.chain(logged).collect();
    let missing =
        evidence.seen.iter().filter(|seen| known.get(&seen.attempt) != Some(&seen.export));
    let mut found: Findings = missing
        .map(|seen| {
            format!("seen, but not in the log: attempt {} of {}", seen.attempt, seen.export)
        })
        .collect();
    let answers: HashMap<Uuid, &Seen> =
        evidence.seen.iter().map(|seen| (seen.attempt, seen)).collect();
    let invented = evidence.snapshot.attempts.iter().filter(|attempt| {
        let seen = answers.get(&attempt.id).and_then(|seen| seen.answer);
        statuses(attempt).any(|status| seen != Some(status))
    });
    found.extend(
        invented
            .map(|attempt| format!("in the log with a status, but not seen so: {}", attempt.id)),
    );
    found
}

/// The statuses that the log says the receiver answered to this attempt.
fn statuses(attempt: &AttemptRow) -> impl Iterator<Item = u16> {
    let both = [attempt.http_status, attempt.late_http_status];
    both.into_iter().flatten().filter_map(|status| u16::try_from(status).ok())
}

pub(super) fn none_twice(evidence: &Evidence) -> Findings {
    let mut attempts = HashSet::new();
    let twice = evidence.seen.iter().filter(|seen| !attempts.insert(seen.attempt));
    let mut found: Findings =
        twice.map(|seen| format!("reached the receiver twice: attempt {}", seen.attempt)).collect();
    let jobs = evidence.snapshot.queue.jobs.iter();
    let waiting: HashSet<Uuid> = jobs.map(|job| job.export_id).collect();
    for (export, tries) in by_export(evidence) {
        // The last try of an export without a job is followed by nothing.
        let followed = tries.iter().rev().skip(usize::from(!waiting.contains(&export)));
        let successes = followed.filter(|attempt| attempt.outcome == "delivered").count();
        if successes > 0 && !evidence.told.resent.contains(&export) {
            found.push(format!("tried again after a recorded success: {export}"));
        }
    }
    found
}

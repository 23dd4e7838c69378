//! I1: each accepted export is there once and ends in one end state per send request.
//! I2: what is called delivered was accepted by the receiver, and what it accepted is never told as
//! plainly not delivered.

use std::collections::{HashMap, HashSet};

use store::invariants::ExportRow;
use uuid::Uuid;

use super::{Findings, accepted_late, by_export, is_success};
use crate::evidence::Evidence;

pub(super) fn each_accepted_ends_once(evidence: &Evidence) -> Findings {
    let mut found = evidence.told.complaints.clone();
    let rows: HashMap<Uuid, &ExportRow> =
        evidence.snapshot.exports.iter().map(|export| (export.id, export)).collect();
    let mut accepted = HashSet::new();
    for (key, ids) in &evidence.told.accepted {
        accepted.extend(ids.iter().copied());
        if ids.iter().any(|id| *id != ids[0]) {
            found.push(format!("one key, several exports: {key} {ids:?}"));
        }
    }
    let lost = accepted.iter().filter(|id| !rows.contains_key(id));
    found.extend(lost.map(|id| format!("accepted, but not there: {id}")));
    // A client may hear of its export only after it is there.
    let unasked = rows.keys().filter(|id| evidence.rules.quiet && !accepted.contains(id));
    found.extend(unasked.map(|id| format!("there, but never accepted: {id}")));
    let tries = by_export(evidence);
    let late = |export: &ExportRow| {
        accepted_late(tries.get(&export.id).map(Vec::as_slice).unwrap_or_default())
    };
    let ends = evidence.snapshot.exports.iter();
    found.extend(ends.filter_map(|export| end(evidence, export, late(export))));
    let jobs = evidence.snapshot.queue.jobs.iter();
    let ended = |id: &Uuid| rows.get(id).is_some_and(|export| export.end_state.is_some());
    let both = jobs.filter(|job| ended(&job.export_id));
    found.extend(both.map(|job| format!("ended, and still queued: {}", job.export_id)));
    found
}

/// What is wrong with the end of an export.
fn end(evidence: &Evidence, export: &ExportRow, late: bool) -> Option<String> {
    let now = (export.end_state.clone(), export.outcome.clone(), export.attempt_count);
    let before = evidence.history.ended.get(&export.id);
    match before {
        _ if export.end_state.is_none() && evidence.rules.quiet => {
            Some(format!("all is quiet, but not ended: {}", export.id))
        }
        // A late acceptance makes an export accepted that had ended otherwise.
        Some(before) if *before != now && late && now.0.as_deref() == Some("delivered") => None,
        Some(before) if *before != now && !evidence.told.resent.contains(&export.id) => {
            Some(format!("ended twice: {} {before:?} {now:?}", export.id))
        }
        _ => None,
    }
}

pub(super) fn delivered_was_accepted(evidence: &Evidence) -> Findings {
    let successes = evidence.seen.iter().filter(|seen| is_success(seen.answer));
    let (exports, attempts): (HashSet<Uuid>, HashSet<Uuid>) =
        successes.map(|seen| (seen.export, seen.attempt)).unzip();
    let ended = evidence.snapshot.exports.iter();
    let called = ended.filter(|export| export.end_state.as_deref() == Some("delivered"));
    let mut found: Findings = called
        .filter(|export| !exports.contains(&export.id))
        .map(|export| format!("delivered, but never accepted: export {}", export.id))
        .collect();
    let ended = evidence.snapshot.exports.iter();
    let otherwise =
        ended.filter(|export| export.end_state.as_deref().is_some_and(|end| end != "delivered"));
    found.extend(
        otherwise
            .filter(|export| exports.contains(&export.id) && !export.ambiguous)
            .map(|export| format!("accepted, but told as plainly not delivered: {}", export.id)),
    );
    let logged = evidence.snapshot.attempts.iter().filter(|attempt| attempt.outcome == "delivered");
    found.extend(
        logged
            .filter(|attempt| !attempts.contains(&attempt.id))
            .map(|attempt| format!("delivered, but never accepted: attempt {}", attempt.id)),
    );
    found
}

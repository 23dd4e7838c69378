//! I8: an attempt that was superseded changes nothing but its `late_*`, unless the receiver accepted it:
//! then its export is accepted.

use super::{Findings, accepted_late, by_export};
use crate::evidence::Evidence;

/// Ends that no attempt brings.
const WITHOUT_ATTEMPT: [&str; 2] = ["webhook_disabled", "expired"];

pub(super) fn the_late_change_nothing(evidence: &Evidence) -> Findings {
    let rows = evidence.snapshot.attempts.iter();
    let now: std::collections::HashMap<_, _> =
        rows.clone().map(|attempt| (attempt.id, attempt.fingerprint)).collect();
    let before = evidence.history.attempts.iter();
    let mut found: Findings = before
        .filter(|(id, fingerprint)| now.get(id) != Some(fingerprint))
        .map(|(id, _)| format!("logged, and changed or gone since: attempt {id}"))
        .collect();
    let late = rows.filter(|attempt| attempt.late_outcome.is_some());
    let odd = late.filter(|attempt| attempt.outcome != "worker_lost");
    found.extend(odd.map(|attempt| format!("late, but not lost: attempt {}", attempt.id)));
    found.extend(ends(evidence));
    found
}

/// Exports whose end is not what their last attempt brought: another one has meddled. Late or not, what
/// was accepted ends as delivered.
fn ends(evidence: &Evidence) -> Findings {
    let tries = by_export(evidence);
    let mut found = Findings::new();
    for export in &evidence.snapshot.exports {
        let tries = tries.get(&export.id).map(Vec::as_slice).unwrap_or_default();
        let last = tries.last().map(|attempt| attempt.outcome.as_str());
        let outcome = export.outcome.as_deref();
        if accepted_late(tries) {
            if export.end_state.as_deref().is_some_and(|end| end != "delivered") {
                found.push(format!("accepted late, but ended otherwise: {}", export.id));
            }
            continue;
        }
        let by_itself = outcome.is_some_and(|outcome| WITHOUT_ATTEMPT.contains(&outcome));
        if export.end_state.is_some() && !by_itself && outcome != last {
            found.push(format!("ended as {outcome:?} after {last:?}: {}", export.id));
        }
        if export.end_state.as_deref() != Some("delivered")
            && export.end_state.is_some()
            && last == Some("delivered")
        {
            found.push(format!("delivered, but ended otherwise: {}", export.id));
        }
    }
    found
}

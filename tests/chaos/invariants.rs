//! The eleven invariants of delivery, each a function from evidence to what breaks it.

mod control;
mod exports;
mod fence;
mod order;
mod queue;
mod requests;
mod wire;

use std::collections::HashMap;

use store::invariants::AttemptRow;
use uuid::Uuid;

use crate::evidence::{Evidence, Violation};

pub use queue::{lanes_count, leases_are_young};

/// How many there are.
pub const COUNT: usize = 11;

/// What a check finds: sentences.
type Findings = Vec<String>;

/// The checks in their order.
const CHECKS: [fn(&Evidence) -> Findings; COUNT] = [
    exports::each_accepted_ends_once,
    exports::delivered_was_accepted,
    requests::log_is_what_was_seen,
    requests::none_twice,
    wire::same_bytes_signed_in_time,
    order::numbers_and_delays,
    |evidence| leases_are_young(&evidence.snapshot.queue, evidence.rules.live_since),
    fence::the_late_change_nothing,
    control::nothing_after_a_stop,
    control::tenants_apart,
    |evidence| lanes_count(&evidence.snapshot.queue),
];

/// Everything that is broken.
pub fn broken(evidence: &Evidence) -> Vec<Violation> {
    let numbered = CHECKS.iter().enumerate();
    numbered
        .flat_map(|(index, check)| {
            let found = check(evidence).into_iter();
            found.map(move |what| Violation { invariant: index + 1, what })
        })
        .collect()
}

/// The attempts of each export, first try first.
fn by_export(evidence: &Evidence) -> HashMap<Uuid, Vec<&AttemptRow>> {
    let mut tries: HashMap<Uuid, Vec<&AttemptRow>> = HashMap::new();
    for attempt in &evidence.snapshot.attempts {
        tries.entry(attempt.export_id).or_default().push(attempt);
    }
    for attempts in tries.values_mut() {
        attempts.sort_by_key(|attempt| attempt.attempt_number);
    }
    tries
}

/// Whether the log says that the receiver accepted an export late.
fn accepted_late(tries: &[&AttemptRow]) -> bool {
    tries.iter().any(|attempt| attempt.late_outcome.as_deref() == Some("delivered"))
}

/// Whether a status is a success.
fn is_success(status: Option<u16>) -> bool {
    status.is_some_and(|status| (200..300).contains(&status))
}

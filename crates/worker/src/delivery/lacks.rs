//! Tells whoever runs the worker what fails on our side. What the machine lacks fails every delivery
//! alike: one outage each. The rest is about one export: a line with its id.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::attempt::{Attempt, OwnFault};
use domain::outcome::Outcome;
use store::Outage;
use store::queue::Lease;

/// What the machine lacked, by the words for it.
#[derive(Debug, Default)]
pub(super) struct Lacks(Mutex<BTreeMap<String, Outage>>);

impl Lacks {
    pub(super) fn tell(&self, lease: &Lease, attempt: &Attempt) {
        if attempt.outcome != Outcome::InternalError {
            // Whatever became of it, the machine lacked nothing for it: names were asked for, or a
            // connection was made.
            return self.each(|outage| outage.over());
        }
        let fault = attempt.facts.own_fault.unwrap_or(OwnFault::Defect);
        let sent = attempt.request_bytes_sent;
        match fault {
            // The resolver tells of it.
            OwnFault::NameServers => {}
            OwnFault::Descriptors | OwnFault::Memory | OwnFault::Ports => {
                let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                let outage = known.entry(fault.to_string()).or_insert_with(outage);
                outage.met(&format!("{fault} (export {})", lease.export));
            }
            OwnFault::Sealed | OwnFault::Payload | OwnFault::Defect => tracing::error!(
                export.id = %lease.export, attempt.id = %lease.attempt, webhook.id = %lease.webhook,
                request_bytes_sent = sent, %fault, "a delivery failed on our side"
            ),
        }
    }

    fn each(&self, tell: impl Fn(&Outage)) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().for_each(tell);
    }
}

fn outage() -> Outage {
    Outage::new("deliveries fail on our side", "deliveries do not fail on our side any more")
}

//! What is known about a round, from three sides: the tables, the receiver, the clients. The
//! invariants are judged on this alone.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use store::invariants::Snapshot;
use uuid::Uuid;

/// A request as the receiver noted it, before it answered.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The webhook whose URL was called.
    pub webhook: Uuid,
    /// `webhook-id`.
    pub export: Uuid,
    /// `webhook-attempt-id`.
    pub attempt: Uuid,
    /// SHA-256 of the body.
    pub body: Vec<u8>,
    /// Whether the signature is that webhook's.
    pub signed: bool,
    /// `webhook-timestamp`, seconds since 1970.
    pub timestamp: i64,
    /// When the body was complete.
    pub arrived: DateTime<Utc>,
    /// The status that was then answered, if any was.
    pub answer: Option<u16>,
}

/// What the API told its clients.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The exports that were answered with 2xx, by idempotency key: one each, if all is well.
    pub accepted: HashMap<String, Vec<Uuid>>,
    /// Exports whose cancellation was confirmed, and when.
    pub cancelled: Vec<(Uuid, DateTime<Utc>)>,
    /// Webhooks whose deletion was confirmed, and when.
    pub deleted: Vec<(Uuid, DateTime<Utc>)>,
    /// Exports that were asked for again after their end.
    pub resent: HashSet<Uuid>,
    /// Answers that no client should ever get.
    pub complaints: Vec<String>,
}

/// What was seen while the fault went on.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Fingerprint of every attempt that was ever logged.
    pub attempts: HashMap<Uuid, i64>,
    /// End state, outcome and number of attempts of every export that was ever seen ended.
    pub ended: HashMap<Uuid, (Option<String>, Option<String>, i32)>,
}

impl History {
    /// Remembers what must not change any more.
    pub fn absorb(&mut self, snapshot: &Snapshot) {
        let attempts = snapshot.attempts.iter();
        for attempt in attempts {
            self.attempts.entry(attempt.id).or_insert(attempt.fingerprint);
        }
        for export in snapshot.exports.iter().filter(|export| export.end_state.is_some()) {
            let end = (export.end_state.clone(), export.outcome.clone(), export.attempt_count);
            self.ended.entry(export.id).or_insert(end);
        }
    }
}

/// The rules that a round was run by.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Delays between tries.
    pub schedule: Vec<Duration>,
    /// Shortest wait after a try that may have arrived.
    pub ambiguous_delay: Duration,
    /// Since when a worker and the database have lived without a break.
    pub live_since: DateTime<Utc>,
    /// Whether all work should be done.
    pub quiet: bool,
}

/// Everything.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The tables.
    pub snapshot: Snapshot,
    /// The receiver's log.
    pub seen: Vec<Seen>,
    /// The clients' log.
    pub told: Told,
    /// Earlier looks at the tables.
    pub history: History,
    /// Waits that the test itself cut short: export, and the attempt after which it waited.
    pub hurried: HashSet<(Uuid, i32)>,
    /// The rules.
    pub rules: Rules,
}

/// A broken invariant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Violation {
    /// 1 to 11.
    pub invariant: usize,
    /// What was found.
    pub what: String,
}

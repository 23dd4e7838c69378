//! I5: the same `webhook-id` means the same bytes, with a valid signature, and a timestamp that
//! is right by the database's clock.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Findings;
use crate::evidence::{Evidence, Seen};

/// How much later than its timestamp a request may arrive: a worker may be stopped in between.
const LATEST: TimeDelta = TimeDelta::seconds(30);

/// How much earlier: never, but for the rounding of the two clocks' instants to seconds.
const AHEAD: TimeDelta = TimeDelta::seconds(1);

pub(super) fn same_bytes_signed_in_time(evidence: &Evidence) -> Findings {
    let exports = evidence.snapshot.exports.iter();
    let bytes: HashMap<Uuid, &[u8]> =
        exports.map(|export| (export.id, &*export.payload_sha256)).collect();
    let logged = evidence.snapshot.attempts.iter().map(|attempt| (attempt.id, attempt.started_at));
    let leased = evidence.snapshot.queue.jobs.iter();
    let leased = leased.filter_map(|job| Some((job.attempt_id?, job.started_at?)));
    let started: HashMap<Uuid, DateTime<Utc>> = logged.chain(leased).collect();
    let mut found = Findings::new();
    for seen in &evidence.seen {
        let what = |what: &str| format!("{what}: attempt {} of {}", seen.attempt, seen.export);
        if bytes.get(&seen.export) != Some(&&*seen.body) {
            found.push(what("other bytes than were frozen"));
        }
        if !seen.signed {
            found.push(what("no valid signature"));
        }
        if let Some(wrong) = wrong_time(seen, started.get(&seen.attempt)) {
            found.push(what(&wrong));
        }
    }
    found
}

fn wrong_time(seen: &Seen, started: Option<&DateTime<Utc>>) -> Option<String> {
    let early = started.is_some_and(|started| seen.timestamp < started.timestamp());
    let ahead = seen.timestamp > (seen.arrived + AHEAD).timestamp();
    let behind = seen.timestamp < (seen.arrived - LATEST).timestamp();
    let wrong = early || ahead || behind;
    wrong.then(|| format!("timestamp {} at {}", seen.timestamp, seen.arrived))
}

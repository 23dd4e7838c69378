//! I7: while a worker and the database live, no lease is left to rot. I11: a lane counts its
//! leased jobs. Both hold at any moment.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use store::invariants::Queue;

use super::Findings;

/// How long a lease may be over before some worker has seen to it.
const SEEN_TO: TimeDelta = TimeDelta::seconds(5);

/// I7, of which `live_since` is the premise.
pub fn leases_are_young(queue: &Queue, live_since: DateTime<Utc>) -> Findings {
    let old = queue.jobs.iter().filter(|job| {
        job.lease_until.is_some_and(|until| queue.now > until.max(live_since) + SEEN_TO)
    });
    old.map(|job| {
        let (until, worker) = (job.lease_until, job.worker.as_deref().unwrap_or_default());
        format!("at {} still leased by {worker} until {until:?}: {}", queue.now, job.export_id)
    })
    .collect()
}

/// I11.
pub fn lanes_count(queue: &Queue) -> Findings {
    let mut leased: HashMap<_, i32> = HashMap::new();
    for job in queue.jobs.iter().filter(|job| job.attempt_id.is_some()) {
        *leased.entry((job.organisation_id, job.webhook_id)).or_default() += 1;
    }
    let lanes = queue.lanes.iter();
    let wrong = lanes.filter_map(|lane| {
        let counted = leased.remove(&(lane.organisation_id, lane.webhook_id)).unwrap_or(0);
        let (webhook, says) = (lane.webhook_id, lane.in_flight);
        (counted != says).then(|| format!("lane {webhook} says {says}, {counted} are leased"))
    });
    wrong.collect()
}

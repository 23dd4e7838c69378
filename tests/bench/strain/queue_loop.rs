//! The worker's loop without the worker: claim and record, through the store's own functions.

use std::time::{Duration, Instant};

use chrono::DateTime;
use domain::attempt::{Attempt, Response};
use domain::outcome::Outcome;
use domain::retry::parse_schedule;
use store::maintenance::PayloadRetention;
use store::queue::{ClaimLimits, Job, RecordPolicy, Saturated, Sent, claim, record};
use store::{Db, DbConfig};

use crate::postgres::Database;

/// Jobs of one claim, as the worker has it.
const CLAIM: u32 = 256;
/// `WEBHOOK_CONCURRENCY`.
const LANE_CAP: u32 = 8;

/// What a worker with nothing in flight may claim.
pub fn claim_limits(worker: &str) -> ClaimLimits {
    ClaimLimits {
        jobs: CLAIM,
        payload_bytes: 64 * 1024 * 1024,
        oversized: true,
        lane_cap: LANE_CAP,
        lease: Duration::from_secs(30),
        worker: worker.into(),
        due_since: DateTime::UNIX_EPOCH,
        saturated: Saturated::default(),
        unresponsive: None,
    }
}

/// One connection that claims and records.
pub struct QueueLoop(Db);

impl QueueLoop {
    /// On this database.
    pub fn new(database: &Database) -> Self {
        Self(Db::new(&DbConfig::new(&*database.url, 1)).expect("an address"))
    }

    /// Claims, and records this outcome for all; how long the claim took, and of how many jobs.
    pub async fn round(&self, outcome: Outcome) -> (Duration, usize) {
        let done = self.0.run(move |conn| {
            let started = Instant::now();
            let jobs = claim(conn, &claim_limits("bench"))?;
            let elapsed = started.elapsed();
            let results: Vec<_> = jobs.into_iter().map(|job| finished(job, outcome)).collect();
            let recorded = record(conn, &policy(), &results)?;
            assert_eq!(recorded.recorded, results.len(), "each result still holds its lease");
            Ok((elapsed, results.len()))
        });
        done.await.expect("the queue's verbs")
    }
}

fn finished(job: Job, outcome: Outcome) -> Sent {
    let mut attempt = Attempt::without_request(outcome);
    if outcome == Outcome::Delivered {
        attempt.response = Some(Response {
            status: 200,
            headers: Vec::new(),
            body: Vec::new(),
            truncated: false,
            too_large: false,
        });
    }
    Sent { lease: job.lease, attempt, elapsed: Duration::from_millis(1), jitter: 0.0 }
}

fn policy() -> RecordPolicy {
    RecordPolicy {
        retry: parse_schedule("0s,5s,1m,5m,30m,2h,6h,15h").expect("a schedule"),
        lane_cap: LANE_CAP,
        retention: PayloadRetention::default(),
    }
}

//! Whether a claim gets slower behind a million jobs. Control: 10,000, by turns in the same run.
//! What is claimed is given back as `aborted`, which makes it due at once: each backlog stays as
//! large as it is.

use std::ops::Range;
use std::time::Duration;

use domain::outcome::Outcome;

use super::queue_loop::QueueLoop;
use crate::installation::Installation;
use crate::latency::Samples;
use crate::options::Options;
use crate::postgres::{Database, Postgres};
use crate::queue;
use crate::receiver::{Behaviour, url};
use crate::table::{Line, Wanted};
use crate::tenants;

const WEBHOOKS: Range<u32> = 0..200;
const SMALL: u32 = 10_000;
/// Claims on one backlog before it is the other's turn.
const TURN: u32 = 50;
/// A payload that costs little to queue a million times; the claim reads it as any other.
const PAYLOAD: &[u8] = br#"{"type":"export.created","candidates":[]}"#;

pub async fn measure(postgres: &Postgres, options: &Options) -> Line {
    let large = options.amount(1_000_000, 100_000);
    let backlogs = [SMALL, large].map(|jobs| {
        let database = filled(postgres, jobs);
        (jobs, QueueLoop::new(&database), database)
    });
    let mut samples = [Vec::new(), Vec::new()];
    for turn in 0..=options.amount(20, 4) {
        for ((_, queue, _), samples) in backlogs.iter().zip(&mut samples) {
            let claims = claims(queue).await;
            // The first turn warms up.
            if turn > 0 {
                samples.extend(claims);
            }
        }
    }
    let samples = samples.map(Samples::new);
    for ((jobs, _, database), samples) in backlogs.iter().zip(&samples) {
        println!("claim of 256 of {jobs:>9} due jobs: {}", samples.words());
        assert_eq!(queue::waiting(database, &WEBHOOKS), u64::from(*jobs), "no job is lost");
    }
    let [small, large] = samples.map(|samples| samples.percentile_ms(0.99));
    Line::new("strain: claim p99 behind 1,000,000 jobs", large, "ms")
        .beside(small, "behind 10,000")
        .wanted(Wanted::RatioAtMost(2.0))
}

/// A database with that many due jobs.
pub fn filled(postgres: &Postgres, jobs: u32) -> Database {
    let database = Installation::new(postgres).database;
    tenants::add_webhooks(&database, WEBHOOKS, |n| url(9, n, Behaviour::Ok));
    queue::add(&database, &WEBHOOKS, jobs / WEBHOOKS.end, PAYLOAD);
    database.settle();
    database
}

async fn claims(queue: &QueueLoop) -> Vec<Duration> {
    let mut claims = Vec::new();
    for _ in 0..TURN {
        let (elapsed, jobs) = queue.round(Outcome::Aborted).await;
        assert!(jobs > 0, "a full queue gives jobs");
        claims.push(elapsed);
    }
    claims
}

/// Adds as many due jobs to each webhook.
pub fn refill(database: &Database, each: u32) {
    queue::add(database, &WEBHOOKS, each, PAYLOAD);
}

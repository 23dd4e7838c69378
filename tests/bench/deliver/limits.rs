//! What the parts can do when nothing else is asked of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use bytes::Bytes;

use crate::cpu::{self, Usage};
use crate::installation::Installation;
use crate::postgres::Postgres;
use crate::queue;
use crate::receiver::{Behaviour, url};
use crate::tenants;

use super::WEBHOOKS;

/// A bare loop: how long it took and what it cost.
pub struct Loop {
    /// Seconds on the clock.
    pub seconds: f64,
    /// CPU of the client loop's process, or of all Postgres processes.
    pub cpu: Usage,
}

/// Requests at once: enough to keep both cores busy.
const CONCURRENCY: u32 = 128;

/// Posts the same body over and over with one reqwest client, to each host in turn.
pub async fn client_loop(port: u16, requests: u32) -> Loop {
    let client = reqwest::Client::builder().http1_only().no_proxy().build().expect("a client");
    let urls: Arc<Vec<_>> = Arc::new(WEBHOOKS.map(|n| url(port, n, Behaviour::Ok)).collect());
    let (body, left) = (Bytes::from(queue::payload()), Arc::new(AtomicU32::new(requests)));
    let before = cpu::usage(std::process::id());
    let started = Instant::now();
    let tasks: Vec<_> = (0..CONCURRENCY)
        .map(|_| {
            let (client, urls) = (client.clone(), Arc::clone(&urls));
            let (body, left) = (body.clone(), Arc::clone(&left));
            tokio::spawn(async move {
                let taken = |left: u32| left.checked_sub(1);
                while let Ok(turn) = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken)
                {
                    let url = &urls[turn as usize % urls.len()];
                    let answer = client.post(url).body(body.clone()).send().await;
                    assert!(answer.expect("an answer").status().is_success());
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    let cpu = cpu::usage(std::process::id()) - before;
    Loop { seconds: started.elapsed().as_secs_f64(), cpu }
}

/// Claims 256 jobs and completes them (end state, log, job), again and again, inside Postgres:
/// two durable commits a round, no fairness, no lanes, no client.
pub fn sql_loop(postgres: &Postgres, exports: u32) -> Loop {
    let database = Installation::new(postgres).database;
    tenants::add_webhooks(&database, WEBHOOKS, |n| url(9, n, Behaviour::Ok));
    queue::add(&database, &WEBHOOKS, exports / WEBHOOKS.end, &queue::payload());
    database.sql(include_str!("bare_loop.sql"));
    database.settle();
    let server = postgres.processes();
    let before = server.usage();
    let started = Instant::now();
    database.sql("CALL bare_loop()");
    let (seconds, cpu) = (started.elapsed().as_secs_f64(), server.usage() - before);
    let delivered = queue::delivered(&database, &WEBHOOKS);
    assert_eq!(delivered, u64::from(exports), "the loop completes every job");
    Loop { seconds, cpu }
}

//! What the parts can do when nothing else is asked of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use localpg::Cluster;

use crate::cpu::{self, Group, Usage};
use crate::seed;

/// A bare loop: how long it took and what it cost.
pub struct Loop {
    /// Seconds on the clock.
    pub seconds: f64,
    /// CPU of the client loop's process, or of all Postgres processes.
    pub cpu: Usage,
}

/// Requests at once: enough to keep both cores busy.
const CONCURRENCY: u32 = 128;

/// Posts the same body over and over with one reqwest client.
#[tokio::main]
pub async fn client_loop(url: String, requests: u32) -> Loop {
    // The client insists on a TLS provider, even for http.
    rustls::crypto::ring::default_provider().install_default().expect("the first provider");
    let client = reqwest::Client::builder().http1_only().no_proxy().build().expect("a client");
    let left = Arc::new(AtomicU32::new(requests));
    let before = cpu::usage(std::process::id());
    let started = Instant::now();
    let tasks: Vec<_> = (0..CONCURRENCY)
        .map(|_| {
            let (client, url, left) = (client.clone(), url.clone(), Arc::clone(&left));
            tokio::spawn(async move {
                let taken = |left: u32| left.checked_sub(1);
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok() {
                    let answer = client.post(&url).body(seed::body()).send().await;
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
pub fn sql_loop(cluster: &Cluster, jobs: u32) -> Loop {
    let database = seed::fresh_database(cluster, "http://127.0.0.1:9".to_owned(), jobs);
    seed::psql(cluster, &database, include_str!("bare_loop.sql"));
    let server = Group::of_postgres(cluster);
    let before = server.usage();
    let started = Instant::now();
    seed::psql(cluster, &database, "CALL bare_loop()");
    let (seconds, cpu) = (started.elapsed().as_secs_f64(), server.usage() - before);
    assert_eq!(seed::delivered(cluster, &database), jobs, "the loop completes every job");
    Loop { seconds, cpu }
}

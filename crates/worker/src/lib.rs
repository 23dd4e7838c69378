//! HTTP out: claim → send → record. Knows nothing of the API; they meet in Postgres.
//!
//! `run` is the whole process: the claimer leases what fits and launches deliveries, the recorder
//! writes what came of them, and keepers look after leases, the queue's health and old data.

mod backoff;
mod capture;
mod claimer;
mod classify;
mod client;
mod config;
mod crowd;
mod delivery;
mod flight;
mod frames;
mod keeper;
mod metrics;
mod probe;
mod recorder;
mod request;
mod resolve;
mod send;
mod wake;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use domain::sealing::SealingKeys;
use secrecy::ExposeSecret;
use store::maintenance::PayloadRetention;
use store::queue::RecordPolicy;
use store::{Db, DbConfig};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

pub use client::Clients;
pub use config::WorkerConfig;
pub use metrics::describe_metrics;
pub use request::{RequestError, SignedRequest, Signer};
pub use resolve::Resolver;
pub use send::Sender;

use claimer::Claimer;
use crowd::Caps;
use delivery::Delivery;
use flight::Flights;
use recorder::Recorder;

/// Connections: one that claims, one that records, five keepers.
const POOL: u32 = 7;

/// Transactions of a worker take milliseconds; one that waits so long has lost its worker.
const FROZEN: Duration = Duration::from_secs(3);

/// Shorter, so that those who wait for the lanes of a frozen worker, frozen themselves perhaps, do
/// not come into them one after the other.
const LOCKED: Duration = Duration::from_secs(2);

/// How long the last results may take to be recorded once all requests have ended.
const LAST_WORDS: Duration = Duration::from_millis(1_500);

/// Works until `shutdown` ends, then lets requests finish for the grace time, records, and
/// gives back the rest.
///
/// # Errors
/// A sentence that says which setting is wrong. While the database is away the worker waits.
pub async fn run(
    config: WorkerConfig,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let db = Db::new(&connections(&config, POOL))?;
    let policy = policy(&config);
    let worker: Arc<str> = format!("{}-{:08x}", std::process::id(), rand::random::<u32>()).into();
    let flights = Arc::new(Flights::new(config.lease, caps(&config)));
    let delivery = Arc::new(delivery(&config)?);
    let listen_url = config.database_listen_url.as_ref().unwrap_or(&config.database_url);
    let woken = wake::listen(listen_url.clone())?;
    warn_of_crash_points();
    tracing::info!(%worker, concurrency = config.concurrency, "worker starts");

    let (stop, stopped) = watch::channel(false);
    let mut keepers = keepers(&config, &db, &policy, &worker, &flights, &stopped)?;
    let (abort, aborted) = watch::channel(false);
    let (done, results) = mpsc::unbounded_channel();
    let recorder = Recorder::new(db.clone(), policy, Arc::clone(&flights), results);
    let mut recorder = tokio::spawn(recorder.run());
    let worker_name = Arc::clone(&worker);
    let flying = Arc::clone(&flights);
    let claimer = Claimer::new(db, &config, worker_name, delivery, flying, woken, done, aborted);
    // A part that ends by itself has panicked. A worker without it would hold leases and do no
    // work: it ends as a whole, and whoever runs it starts it anew.
    tokio::select! {
        claimed = claimer.run(shutdown) => claimed?,
        _ = keepers.join_next() => anyhow::bail!("a keeper ended by itself"),
        _ = &mut recorder => anyhow::bail!("the recorder ended by itself"),
    }

    tracing::info!(%worker, in_flight = flights.load().jobs, "stopping: no more claims");
    finish(recorder, config.shutdown_grace, &abort).await;
    stop.send_replace(true);
    keepers.abort_all();
    tracing::info!(%worker, left_to_others = flights.load().jobs, "worker stopped");
    Ok(())
}

/// A worker that freezes in the middle of a transaction holds lanes: not for long.
fn connections(config: &WorkerConfig, pool: u32) -> DbConfig {
    let usual = DbConfig::new(config.database_url.expose_secret(), pool);
    DbConfig { idle_in_transaction_timeout: FROZEN, lock_timeout: LOCKED, ..usual }
}

/// The way out: requests finish within the grace time, the rest is aborted and given back, and
/// what was seen is recorded.
async fn finish(mut recorder: JoinHandle<()>, grace: Duration, abort: &watch::Sender<bool>) {
    if tokio::time::timeout(grace, &mut recorder).await.is_err() {
        abort.send_replace(true);
        if tokio::time::timeout(LAST_WORDS, recorder).await.is_err() {
            tracing::warn!("results could not be recorded; their leases run out by themselves");
        }
    }
}

fn delivery(config: &WorkerConfig) -> anyhow::Result<Delivery> {
    warn_of_open_guard(config);
    let keys = SealingKeys::parse(config.secret_keys.expose_secret())
        .map_err(|error| anyhow::anyhow!("SECRET_KEYS: {error}"))?;
    let rules = config.url_rules();
    let resolver = Resolver::new(&config.dns_servers, rules.guard.clone(), config.connect_timeout)
        .context("DNS_SERVERS")?;
    let (ca, stall) = (config.extra_ca_file.as_deref(), config.request_timeout);
    let clients = Clients::new(ca, config.connect_timeout, stall)?;
    let sender = Sender::new(clients, resolver, config.request_timeout);
    // libpq never gives back what a large payload took: one connection does it for all.
    let reading = Db::new(&connections(config, 1))?;
    Ok(Delivery::new(reading, sender, Signer::new(keys, rules)))
}

fn keepers(
    config: &WorkerConfig,
    db: &Db,
    policy: &RecordPolicy,
    worker: &Arc<str>,
    flights: &Arc<Flights>,
    stopped: &watch::Receiver<bool>,
) -> anyhow::Result<JoinSet<()>> {
    // A busy pool must not cost leases: their connection is their own.
    let lease_db = Db::new(&connections(config, 1))?;
    let stopped = || stopped.clone();
    let (deadline, kept, log) = (config.export_deadline, policy.retention, config.log_retention);
    let mut keepers = JoinSet::new();
    keepers.spawn(keeper::leases(lease_db, Arc::clone(flights), stopped()));
    keepers.spawn(keeper::queue(db.clone(), policy.clone(), deadline, stopped()));
    keepers.spawn(keeper::overlooked(db.clone(), stopped()));
    keepers.spawn(keeper::elsewhere(
        db.clone(),
        Arc::clone(worker),
        Arc::clone(flights),
        stopped(),
    ));
    keepers.spawn(keeper::data(db.clone(), kept, log, stopped()));
    keepers.spawn(keeper::gauges(db.clone(), stopped()));
    Ok(keepers)
}

fn caps(config: &WorkerConfig) -> Caps {
    Caps {
        concurrency: config.concurrency,
        organisation: config.organisation_concurrency,
        host: config.host_concurrency,
        quick_within: config.request_timeout / 6,
    }
}

fn policy(config: &WorkerConfig) -> RecordPolicy {
    RecordPolicy {
        retry: config.retry_schedule.clone(),
        lane_cap: config.webhook_concurrency,
        retention: PayloadRetention {
            failed: config.payload_retention,
            delivered: config.payload_retention_delivered,
        },
    }
}

/// These are for development; in production they open the internal network.
fn warn_of_open_guard(config: &WorkerConfig) {
    if config.allow_http {
        tracing::warn!("ALLOW_HTTP is set: candidate data may leave unencrypted");
    }
    if !config.allow_nets.is_empty() {
        tracing::warn!(nets = ?config.allow_nets, "ALLOW_NETS is set: deliveries may reach these networks");
    }
}

/// A build for tests must not pass for another.
fn warn_of_crash_points() {
    if !store::crash::POINTS.is_empty() {
        tracing::warn!(points = ?store::crash::POINTS, "a build for tests: crash points are compiled in");
    }
}

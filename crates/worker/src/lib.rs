//! HTTP out: claim → send → record. Knows nothing of the API; they meet in Postgres.
//!
//! `run` is the whole process: the claimer leases what fits and launches deliveries, the recorder
//! writes what came of them, and maintenance looks after leases, the queue and old data.

mod admission;
mod backoff;
mod capture;
mod claimer;
mod classify;
mod client;
mod config;
mod delivery;
mod descriptors;
mod fault;
mod frames;
mod in_flight;
mod lease;
mod listener;
mod mail;
mod maintenance;
mod metrics;
mod probe;
mod recorder;
mod request;
mod resolve;
mod send;
mod stage;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use domain::sealing::SealingKeys;
use secrecy::ExposeSecret;
use store::db::Gate;
use store::maintenance::PayloadRetention;
use store::queue::RecordPolicy;
use store::{Db, DbConfig};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;

pub use client::Clients;
pub use config::WorkerConfig;
pub use mail::MailConfig;
pub use metrics::describe_metrics;
pub use request::Stamp;
pub use resolve::Resolver;
pub use send::Sender;
pub use stage::Signed;

use admission::{Admission, Caps};
use claimer::{Claimer, Launcher};
use delivery::Delivery;
use in_flight::InFlight;
use lease::LeaseClock;
use recorder::Recorder;
use request::Signer;

/// Connections of claims and results: one each, whatever else there is to do.
const POOL: u32 = 2;

/// Transactions of a worker take milliseconds; one that waits so long has lost its worker.
const FROZEN: Duration = Duration::from_secs(3);

/// Shorter, so that those who wait for the lanes of a frozen worker, frozen themselves perhaps, do
/// not come into them one after the other.
const LOCKED: Duration = Duration::from_secs(2);

/// How long the last results may take to be recorded once all requests have ended.
const LAST_RESULTS: Duration = Duration::from_millis(1_500);

/// What claimer, deliveries, recorder and maintenance share.
struct Shared {
    /// Unique among all running workers.
    worker: Arc<str>,
    in_flight: InFlight,
    admission: Admission,
    lease: LeaseClock,
    /// Exports changed: live streams are to be told.
    changed: Notify,
}

/// Works until `shutdown` ends, then lets requests finish for the grace time, records, and
/// gives back the rest. Nothing is asked of the database while the gate is shut.
///
/// # Errors
/// A sentence that says which setting is wrong. While the database is away the worker waits.
pub async fn run(
    config: WorkerConfig,
    gate: &Gate,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    descriptors::provide(config.concurrency)?;
    let mut shutdown = std::pin::pin!(shutdown);
    let db = Db::new(&connections(&config, gate, POOL))?;
    let policy = Arc::new(policy(&config));
    let shared = Arc::new(shared(&config));
    let delivery = Arc::new(delivery(&config, gate)?);
    let listen_url = config.database_listen_url.as_ref().unwrap_or(&config.database_url);
    listener::check(listen_url)?;
    let post = mail::Post::new(&config)?;
    warn_of_crash_points();
    tokio::select! {
        () = gate.opened() => {}
        () = &mut shutdown => return Ok(()),
    }
    let new_jobs = listener::start(listen_url.clone(), db.clone())?;
    let worker = Arc::clone(&shared.worker);
    tracing::info!(%worker, concurrency = config.concurrency, "worker starts");

    let (stop, stopped) = watch::channel(false);
    let lease_db = Db::new(&connections(&config, gate, 1))?;
    let upkeep = Db::new(&DbConfig {
        share: maintenance::SHARE,
        ..connections(&config, gate, maintenance::CONNECTIONS)
    })?;
    let mut maintenance =
        maintenance::start(&config, &upkeep, lease_db, &policy, &shared, &stopped);
    if let Some(post) = post {
        maintenance.spawn(post.run(upkeep.clone(), stopped.clone()));
    }
    let (abort, aborted) = watch::channel(false);
    let (sender, results) = mpsc::unbounded_channel();
    let recorder = Recorder::new(db.clone(), policy, Arc::clone(&shared), results);
    let mut recorder = tokio::spawn(recorder.run());
    let launcher =
        Launcher { shared: Arc::clone(&shared), delivery, abort: aborted, results: sender };
    let claimer = Claimer::new(db, &config, Arc::clone(&shared), new_jobs, launcher);
    // A part that ends by itself has panicked. A worker without it would hold leases and do no
    // work: it ends as a whole, and whoever runs it starts it anew.
    tokio::select! {
        claimed = claimer.run(shutdown) => claimed?,
        _ = maintenance.join_next() => anyhow::bail!("a part of maintenance ended by itself"),
        _ = &mut recorder => anyhow::bail!("the recorder ended by itself"),
    }

    tracing::info!(%worker, in_flight = shared.in_flight.load().jobs, "stopping: no more claims");
    finish(recorder, config.shutdown_grace, &abort).await;
    stop.send_replace(true);
    maintenance.abort_all();
    tracing::info!(%worker, left_to_others = shared.in_flight.load().jobs, "worker stopped");
    Ok(())
}

fn shared(config: &WorkerConfig) -> Shared {
    let caps = Caps {
        concurrency: config.concurrency,
        organisation: config.organisation_concurrency,
        host: config.host_concurrency,
        responsive_within: config.request_timeout / 6,
    };
    Shared {
        worker: format!("{}-{:08x}", std::process::id(), rand::random::<u32>()).into(),
        in_flight: InFlight::default(),
        admission: Admission::new(caps),
        lease: LeaseClock::new(config.lease),
        changed: Notify::new(),
    }
}

/// A worker that freezes in the middle of a transaction holds lanes: not for long.
fn connections(config: &WorkerConfig, gate: &Gate, pool: u32) -> DbConfig {
    let usual = DbConfig::new(config.database_url.expose_secret(), pool);
    let gate = gate.clone();
    DbConfig { idle_in_transaction_timeout: FROZEN, lock_timeout: LOCKED, gate, ..usual }
}

/// The way out: requests finish within the grace time, the rest is aborted and given back, and
/// what was seen is recorded.
async fn finish(mut recorder: JoinHandle<()>, grace: Duration, abort: &watch::Sender<bool>) {
    if tokio::time::timeout(grace, &mut recorder).await.is_err() {
        abort.send_replace(true);
        if tokio::time::timeout(LAST_RESULTS, recorder).await.is_err() {
            tracing::warn!("results could not be recorded; their leases run out by themselves");
        }
    }
}

fn delivery(config: &WorkerConfig, gate: &Gate) -> anyhow::Result<Delivery> {
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
    let reading = Db::new(&connections(config, gate, 1))?;
    Ok(Delivery::new(reading, sender, Signer::new(keys, rules)))
}

fn policy(config: &WorkerConfig) -> RecordPolicy {
    RecordPolicy {
        retry: domain::retry::RetryPolicy {
            ambiguous_delay: config.ambiguous_delay,
            ..config.retry_schedule.clone()
        },
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

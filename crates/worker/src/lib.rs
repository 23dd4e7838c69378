//! HTTP out: claim → send → record. Knows nothing of the API; they meet in Postgres.
//!
//! `run` is the whole process: a round records what has come in and claims what fits, requests
//! run beside it, and three keepers look after leases, the queue's health and old data.

mod capture;
mod classify;
mod client;
mod config;
mod delivery;
mod flight;
mod frames;
mod keeper;
mod probe;
mod record;
mod request;
mod resolve;
mod round;
mod send;

use std::sync::Arc;

use anyhow::Context;
use domain::sealing::SealingKeys;
use secrecy::ExposeSecret;
use store::queue::RecordPolicy;
use store::retention::PayloadRetention;
use store::{Db, DbConfig};
use tokio::sync::watch;

pub use client::Clients;
pub use config::WorkerConfig;
pub use request::{RequestError, SignedRequest, sign};
pub use resolve::Resolver;
pub use send::Sender;

use delivery::Delivery;
use flight::Flights;
use round::Rounds;

/// Connections for rounds, large payloads and the two slower keepers.
const POOL: u32 = 4;

/// Works until `shutdown` ends, then lets requests finish for the grace time, records, and
/// gives back the rest.
///
/// # Errors
/// A sentence that says which setting is wrong. The database may be away at the start: the
/// worker waits for it.
pub async fn run(
    config: WorkerConfig,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let url = config.database_url.expose_secret();
    let db = Db::new(&DbConfig::new(url, POOL))?;
    let lease_db = Db::new(&DbConfig::new(url, 1))?;
    let keys = SealingKeys::parse(config.secret_keys.expose_secret())
        .map_err(|error| anyhow::anyhow!("SECRET_KEYS: {error}"))?;
    warn_of_open_guard(&config);
    let rules = config.url_rules();
    let resolver = Resolver::new(&config.dns_servers, rules.guard.clone(), config.connect_timeout)
        .context("DNS_SERVERS")?;
    let clients = Clients::new(config.extra_ca_file.as_deref(), config.connect_timeout)?;
    let sender = Sender::new(clients, resolver, config.request_timeout);
    let policy = policy(&config);
    let worker = policy.worker.clone();
    tracing::info!(worker, concurrency = config.concurrency, "worker starts");

    let flights = Arc::new(Flights::new(config.lease));
    let (stop, stopped) = watch::channel(false);
    let keepers = [
        tokio::spawn(keeper::leases(lease_db, Arc::clone(&flights), stopped.clone())),
        tokio::spawn(keeper::queue(
            db.clone(),
            policy.clone(),
            config.export_deadline,
            stopped.clone(),
        )),
        tokio::spawn(keeper::data(
            db.clone(),
            policy.retention,
            config.log_retention,
            stopped.clone(),
        )),
        tokio::spawn(keeper::gauges(db.clone(), stopped)),
    ];
    let delivery = Arc::new(Delivery::new(db.clone(), sender, keys, rules, Arc::clone(&flights)));
    let rounds = Rounds::new(db, &config, policy, delivery, flights);
    rounds.run(shutdown).await;
    stop.send_replace(true);
    for keeper in keepers {
        keeper.await.context("a keeper panicked")?;
    }
    tracing::info!(worker, "worker stopped");
    Ok(())
}

fn policy(config: &WorkerConfig) -> RecordPolicy {
    RecordPolicy {
        retry: config.retry_schedule.clone(),
        lane_cap: config.webhook_concurrency,
        retention: PayloadRetention {
            failed: config.payload_retention,
            delivered: config.payload_retention_delivered,
        },
        worker: format!("{}-{:08x}", std::process::id(), rand::random::<u32>()),
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

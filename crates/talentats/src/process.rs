//! The two processes that a deployment runs, with their logs and their metrics port. Both start
//! without a database and wait for it.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use secrecy::{ExposeSecret, SecretString};
use store::DbConfig;
use store::db::{Gate, check_url};

use crate::cli::{ApiArguments, WorkerArguments};
use crate::stop::Stop;
use crate::{keys, lifeline, logging, metrics};

/// How long the API waits before it listens: where the database is there, it is ready from its first
/// request on.
const FIRST_LOOK: Duration = Duration::from_secs(1);

/// `talentats api`, until it is told to stop.
///
/// # Errors
/// When it cannot start.
pub(crate) async fn api(arguments: ApiArguments) -> anyhow::Result<()> {
    logging::start();
    let mut stop = Stop::listen()?;
    lifeline::watch(&arguments.lifeline)?;
    let (config, gate) = (arguments.config, Gate::shut());
    let mut refused = pin!(keep(&config.database_url, &config.secret_keys, &gate)?);
    let listener = api::bind(&config)?;
    metrics::serve(arguments.metrics_addr)?;
    api::describe_metrics();
    tokio::select! {
        error = &mut refused => return Err(error),
        () = gate.opened() => {}
        () = tokio::time::sleep(FIRST_LOOK) => {}
    }
    tokio::select! {
        error = refused => Err(error),
        served = api::serve(config, gate.clone(), listener, async move { stop.asked().await }) => served,
    }
}

/// `talentats worker`, until it is told to stop.
///
/// # Errors
/// When it cannot start.
pub(crate) async fn worker(arguments: WorkerArguments) -> anyhow::Result<()> {
    logging::start();
    let mut stop = Stop::listen()?;
    lifeline::watch(&arguments.lifeline)?;
    let (config, gate) = (arguments.config, Gate::shut());
    let refused = keep(&config.database_url, &config.secret_keys, &gate)?;
    metrics::serve(arguments.metrics_addr)?;
    worker::describe_metrics();
    tokio::select! {
        error = refused => Err(error),
        worked = worker::run(config, &gate, async move { stop.asked().await }) => worked,
    }
}

/// Keeps the gate: it opens once the database is there, migrated, and sealed with these keys. The
/// future ends with what is not waited for.
///
/// # Errors
/// One sentence: a setting that cannot be read.
fn keep(
    url: &SecretString,
    secret_keys: &SecretString,
    gate: &Gate,
) -> anyhow::Result<impl Future<Output = anyhow::Error> + use<>> {
    let url = url.expose_secret();
    check_url(url).map_err(|form| anyhow!("DATABASE_URL is not a connection string: {form}"))?;
    let keys = Arc::new(keys::parse(secret_keys)?);
    let (gate, config) = (gate.clone(), DbConfig::new(url, 1));
    let kept = tokio::spawn(async move {
        let kept = gate.keep(config, move |conn| keys::check(&keys, conn)).await;
        kept.map_or_else(anyhow::Error::from, |never: Infallible| match never {})
    });
    Ok(async move { kept.await.unwrap_or_else(anyhow::Error::from) })
}

/// The OpenAPI document, as committed.
///
/// # Errors
/// When it does not serialise.
pub(crate) fn openapi() -> anyhow::Result<String> {
    serde_json::to_string_pretty(&api::openapi::document()).context("the OpenAPI document")
}

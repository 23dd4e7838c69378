//! The two processes that a deployment runs, with their logs and their metrics port.

use anyhow::Context;
use secrecy::ExposeSecret;
use secrecy::{ExposeSecret, SecretString};

use crate::cli::{ApiArguments, WorkerArguments};
use crate::stop::Stop;
use crate::{database, lifeline, logging, metrics};

/// `talentats api`, until it is told to stop.
///
/// # Errors
/// When it cannot start.
pub(crate) async fn api(arguments: ApiArguments) -> anyhow::Result<()> {
    logging::start();
    let mut stop = Stop::listen()?;
    lifeline::watch(&arguments.lifeline)?;
    check_database(&arguments.config.database_url).await?;
    let listener = api::bind(&arguments.config)?;
    metrics::serve(arguments.metrics_addr)?;
    database::check(arguments.config.database_url.expose_secret()).await?;
    api::describe_metrics();
    api::serve(arguments.config, listener, async move { stop.asked().await }).await
}

/// `talentats worker`, until it is told to stop.
///
/// # Errors
/// When it cannot start.
pub(crate) async fn worker(arguments: WorkerArguments) -> anyhow::Result<()> {
    logging::start();
    let mut stop = Stop::listen()?;
    lifeline::watch(&arguments.lifeline)?;
    check_database(&arguments.config.database_url).await?;
    metrics::serve(arguments.metrics_addr)?;
    database::check(arguments.config.database_url.expose_secret()).await?;
    worker::run(arguments.config, async move { stop.asked().await }).await
}

/// The OpenAPI document, as committed.
///
/// # Errors
/// When it does not serialise.
pub(crate) fn openapi() -> anyhow::Result<String> {
    serde_json::to_string_pretty(&api::openapi::document()).context("the OpenAPI document")
}

/// A wrong DATABASE_URL ends the start with a sentence; only a database that goes away later is
/// waited for.
async fn check_database(url: &SecretString) -> anyhow::Result<()> {
    let url = url.expose_secret().to_owned();
    Ok(tokio::task::spawn_blocking(move || store::migrate::check(&url)).await??)
}

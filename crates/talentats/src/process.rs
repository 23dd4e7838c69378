//! The two processes that a deployment runs, with their logs and their metrics port.

use anyhow::Context;
use secrecy::ExposeSecret;

use crate::cli::{ApiArguments, WorkerArguments};
use crate::stop::Stop;
use crate::{database, keys, lifeline, logging, metrics};

/// `talentats api`, until it is told to stop.
///
/// # Errors
/// When it cannot start.
pub(crate) async fn api(arguments: ApiArguments) -> anyhow::Result<()> {
    logging::start();
    let mut stop = Stop::listen()?;
    lifeline::watch(&arguments.lifeline)?;
    database::check(arguments.config.database_url.expose_secret()).await?;
    keys::check(&arguments.config.database_url, &arguments.config.secret_keys).await?;
    let listener = api::bind(&arguments.config)?;
    metrics::serve(arguments.metrics_addr)?;
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
    database::check(arguments.config.database_url.expose_secret()).await?;
    keys::check(&arguments.config.database_url, &arguments.config.secret_keys).await?;
    metrics::serve(arguments.metrics_addr)?;
    worker::describe_metrics();
    worker::run(arguments.config, async move { stop.asked().await }).await
}

/// The OpenAPI document, as committed.
///
/// # Errors
/// When it does not serialise.
pub(crate) fn openapi() -> anyhow::Result<String> {
    serde_json::to_string_pretty(&api::openapi::document()).context("the OpenAPI document")
}

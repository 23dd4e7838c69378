//! `talentats send`: a made-up export to a receiver that is being written, from the developer's own
//! machine: built, signed and sent by what the worker uses, and told in words for who writes it.

mod address;
mod words;

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use chrono::{DateTime, Utc};
use domain::address::{AddressGuard, parse_net};
use domain::attempt::Attempt;
use domain::outcome::Outcome;
use domain::payload::sample_test;
use domain::signature::SigningSecret;
use domain::webhook_url::WebhookUrl;
use reqwest::header::HeaderMap;
use serde_json::Value;
use uuid::Uuid;
use worker::{Clients, Resolver, Sender, Signed, Stamp};

use crate::answer;
use crate::cli::SendArguments;
use words::{Sent, words};

/// What the worker has by default (`CONNECT_TIMEOUT`).
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Sends one request and tells what came back.
///
/// # Errors
/// When nothing can be sent, and when the receiver did not accept it.
pub(crate) async fn run(arguments: SendArguments) -> anyhow::Result<()> {
    let url = address::address(&arguments.url)?;
    let secrets: Result<Vec<_>, _> =
        arguments.secret.concat().iter().map(|secret| SigningSecret::parse(secret)).collect();
    let secrets = secrets?;
    ensure!(
        !secrets.is_empty(),
        "not given: WEBHOOK_SECRET (or --secret); --help tells what it is"
    );
    let now = Utc::now();
    let stamp = Stamp {
        export: arguments.id.unwrap_or_else(Uuid::now_v7).into(),
        attempt: Uuid::now_v7().into(),
        attempt_number: arguments.attempt,
        timestamp: arguments.timestamp.unwrap_or_else(|| now.timestamp()),
    };
    let body = body(&arguments, &stamp, now)?;
    let host = url.host().to_owned();
    let (people, bytes, timeout) = (people(&body), body.len(), arguments.timeout);
    let headers = stamp.headers(&secrets, &body);
    tell_request(&url, &headers, bytes)?;
    let organisation = Uuid::nil().into();
    let signed = Signed { organisation, url, headers, body: body.into(), signed_at: now };
    let attempt = sender(timeout)?.send(signed).await;
    tell_answer(&attempt, &Sent { host: &host, people, bytes, timeout })
}

/// Any address: it is the developer's own machine, and their own choice.
fn anywhere() -> anyhow::Result<AddressGuard> {
    let allow = ["0.0.0.0/0", "::/0"].map(parse_net).into_iter().collect::<Result<_, _>>();
    Ok(AddressGuard { allow: allow.map_err(anyhow::Error::msg)?, deny: Vec::new() })
}

fn body(arguments: &SendArguments, stamp: &Stamp, now: DateTime<Utc>) -> anyhow::Result<Vec<u8>> {
    match &arguments.body {
        Some(file) => {
            std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
        }
        None => Ok(serde_json::to_vec(&sample_test(stamp.export, now))?),
    }
}

/// How many people a body carries; none where it is no payload.
fn people(body: &[u8]) -> Option<u32> {
    let body = serde_json::from_slice::<Value>(body).ok()?;
    u32::try_from(body.get("candidates")?.as_array()?.len()).ok()
}

fn sender(timeout: Duration) -> anyhow::Result<Sender> {
    let resolver = Resolver::of_machine(anywhere()?, CONNECT_TIMEOUT);
    Ok(Sender::new(Clients::new(None, CONNECT_TIMEOUT, timeout)?, resolver, timeout))
}

fn tell_request(url: &WebhookUrl, headers: &HeaderMap, bytes: usize) -> anyhow::Result<()> {
    answer::line(&format!("POST {} · {bytes} bytes", url.as_str()))?;
    for (name, value) in headers {
        answer::line(&format!("  {name}: {}", value.to_str().unwrap_or_default()))?;
    }
    Ok(())
}

/// # Errors
/// When the receiver did not accept it: what came of it, by the word that the log has for it.
fn tell_answer(attempt: &Attempt, sent: &Sent<'_>) -> anyhow::Result<()> {
    if let Some(response) = &attempt.response {
        let took = attempt.timing.total_ms;
        answer::line(&format!("answered {} after {took} ms", response.status))?;
        for (name, value) in &response.headers {
            answer::line(&format!("  {name}: {value}"))?;
        }
        let cut = response.truncated;
        let text = api::receiver_text::body(&response.headers, &response.body, cut);
        text.lines().try_for_each(|line| answer::line(&format!("  {line}")))?;
    }
    let (what, advice) = words(attempt, sent);
    if attempt.outcome != Outcome::Delivered {
        bail!("{what} ({})\n{advice}", attempt.outcome);
    }
    answer::line(&what)
}

//! `talentats send`: a made-up export to a receiver that is being written, from the developer's own
//! machine: built, signed and sent by what the worker uses, and told in the same words.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use chrono::{DateTime, Utc};
use domain::address::{AddressGuard, parse_net};
use domain::attempt::Attempt;
use domain::explanation::{Contacts, Explanation, Subject, explain_attempt};
use domain::export::ExportStatus;
use domain::outcome::Outcome;
use domain::payload::sample_test;
use domain::signature::SigningSecret;
use domain::webhook_url::{AllowPorts, UrlRules, WebhookUrl};
use reqwest::Url;
use serde_json::Value;
use tokio::net::TcpStream;
use uuid::Uuid;
use worker::{Clients, Resolver, Sender, Signed, Stamp};

use crate::answer;
use crate::cli::SendArguments;

/// What the worker has by default (`CONNECT_TIMEOUT`).
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The name that every machine gives itself.
const LOCALHOST: &str = "localhost";

/// Sends one request and tells what came back.
///
/// # Errors
/// When nothing can be sent, and when the receiver did not accept it.
pub(crate) async fn run(arguments: SendArguments) -> anyhow::Result<()> {
    let rules = UrlRules { allow_http: true, allow_ports: AllowPorts::Any, guard: anywhere()? };
    let url = local(&arguments.url).await;
    let url = rules
        .check(&url)
        .map_err(|refusal| anyhow!("--url: {refusal}; here an address will do, too"))?;
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
    let sent =
        Sent { host: url.host().to_owned(), people: people(&body), bytes: body.len(), stamp };
    let headers = stamp.headers(&secrets, &body);
    sent.tell_request(&url, &headers)?;
    let organisation = Uuid::nil().into();
    let signed = Signed { organisation, url, headers, body: body.into(), signed_at: now };
    let attempt = sender(arguments.timeout)?.send(signed).await;
    sent.tell_answer(&attempt)
}

/// Any address: it is the developer's own machine, and their own choice.
fn anywhere() -> anyhow::Result<AddressGuard> {
    let allow = ["0.0.0.0/0", "::/0"].map(parse_net).into_iter().collect::<Result<_, _>>();
    Ok(AddressGuard { allow: allow.map_err(anyhow::Error::msg)?, deny: Vec::new() })
}

/// The worker looks names up in the DNS alone, which knows no localhost: the loopback address stands
/// for it, the one where somebody listens.
async fn local(text: &str) -> String {
    let Some(mut url) = Url::parse(text).ok().filter(|url| url.host_str() == Some(LOCALHOST))
    else {
        return text.to_owned();
    };
    let port = url.port_or_known_default().unwrap_or_default();
    let listens = async |address: IpAddr| TcpStream::connect((address, port)).await.is_ok();
    let (four, six) = (IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST));
    let loopback = if !listens(four).await && listens(six).await { six } else { four };
    match url.set_ip_host(loopback) {
        Ok(()) => url.into(),
        Err(()) => text.to_owned(),
    }
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
    let resolver = Resolver::new(&[], anywhere()?, CONNECT_TIMEOUT)?;
    Ok(Sender::new(Clients::new(None, CONNECT_TIMEOUT, timeout)?, resolver, timeout))
}

/// What went out, for the words about it.
struct Sent {
    stamp: Stamp,
    host: String,
    people: Option<u32>,
    bytes: usize,
}

impl Sent {
    fn tell_request(
        &self,
        url: &WebhookUrl,
        headers: &reqwest::header::HeaderMap,
    ) -> anyhow::Result<()> {
        answer::line(&format!("POST {} · {} bytes", url.as_str(), self.bytes))?;
        for (name, value) in headers {
            answer::line(&format!("  {name}: {}", value.to_str().unwrap_or_default()))?;
        }
        Ok(())
    }

    /// # Errors
    /// When the receiver did not accept it: what the log would say.
    fn tell_answer(&self, attempt: &Attempt) -> anyhow::Result<()> {
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
        let words = self.words(attempt);
        if attempt.outcome != Outcome::Delivered {
            bail!("{} ({})\n{}", words.explanation, attempt.outcome, words.advice);
        }
        match self.people {
            Some(_) => answer::line(&words.explanation),
            None => answer::line(&format!("{} accepted it.", self.host)),
        }
    }

    /// The words that a reader of the log gets.
    fn words(&self, attempt: &Attempt) -> Explanation {
        let subject = Subject {
            export_id: self.stamp.export,
            status: ExportStatus::Failed,
            ended_by: None,
            outcome: Some(attempt.outcome),
            ambiguous: attempt.ambiguous,
            may_have_arrived: attempt.ambiguous,
            arrivals: &[],
            first_accepted_at: None,
            late: None,
            anything_sent: attempt.request_bytes_sent > 0,
            partly_sent: attempt.request_bytes_sent > 0,
            stopping: false,
            held_until: None,
            http_status: attempt.response.as_ref().map(|response| response.status),
            host: &self.host,
            candidate_count: self.people.unwrap_or_default(),
            payload_bytes: u64::try_from(self.bytes).unwrap_or(u64::MAX),
            attempt_number: self.stamp.attempt_number,
            at: Some(Utc::now()),
            next_attempt_at: None,
            pause: None,
            payload_gone: false,
            continued_as: None,
            derived: None,
            elsewhere: None,
            now: Utc::now(),
            facts: &attempt.facts,
        };
        explain_attempt(&subject, &Contacts::default())
    }
}

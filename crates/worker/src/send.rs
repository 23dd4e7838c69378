//! One POST, one attempt: whatever happens, a value comes out. Knows no database, and never
//! fails or panics on what a receiver does.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::attempt::{Attempt, Facts, OwnFault, Timing, is_ambiguous};
use domain::outcome::Outcome;
use domain::retry::parse_retry_after;
use http::Method;
use http::header::RETRY_AFTER;
use tokio::time::Instant;

use crate::capture;
use crate::classify::{classify, timed_out};
use crate::client::Clients;
use crate::frames::{Frames, Payload};
use crate::probe::{PROBE, Phase, Probe};
use crate::resolve::Resolver;
use crate::stage::Signed;

const MIB: u64 = 1024 * 1024;

/// Sends signed requests.
pub struct Sender {
    clients: Clients,
    resolver: Resolver,
    request_timeout: Duration,
}

impl Sender {
    /// A sender; `request_timeout` is the one deadline around resolution, connection, request
    /// and the head of the answer, prolonged by 1 s per MiB of payload.
    pub fn new(clients: Clients, resolver: Resolver, request_timeout: Duration) -> Self {
        Self { clients, resolver, request_timeout }
    }

    /// Resolves, vets, connects, sends and reads.
    pub async fn send(&self, signed: Signed) -> Attempt {
        self.send_probed(&Arc::new(Probe::start()), signed).await
    }

    /// The same, with a probe that shows how far it has come.
    pub(crate) async fn send_probed(&self, probe: &Arc<Probe>, signed: Signed) -> Attempt {
        let body_bytes = signed.body.len();
        let deadline = Instant::now() + self.deadline(body_bytes as u64);
        let resolved = tokio::time::timeout_at(deadline, self.resolver.vetted(&signed.url));
        let by_name = signed.url.literal().is_none();
        let addresses = match resolved.await.unwrap_or(Err(Outcome::DnsTimeout.into())) {
            Ok(addresses) => addresses,
            Err(unresolved) => {
                probe.set_target(Vec::new(), body_bytes, by_name);
                return probe.complete(unresolved.attempt());
            }
        };
        probe.set_target(addresses, body_bytes, by_name);
        let exchange = self.exchange(signed, deadline);
        probe.complete(PROBE.scope(Arc::clone(probe), exchange).await)
    }

    fn deadline(&self, body_bytes: u64) -> Duration {
        self.request_timeout + Duration::from_secs(body_bytes / MIB)
    }

    async fn exchange(&self, signed: Signed, deadline: Instant) -> Attempt {
        let Ok(client) = self.clients.of(signed.organisation) else {
            return Attempt::of_own_fault(OwnFault::Defect);
        };
        let probe = PROBE.with(Arc::clone);
        let url = signed.url.url().clone();
        let (frames, mut payload) = Frames::new(signed.body, Arc::clone(&probe));
        let mut post = reqwest::Request::new(Method::POST, url.clone());
        *post.headers_mut() = signed.headers;
        *post.body_mut() = Some(reqwest::Body::wrap(frames));
        let mut attempt = match tokio::time::timeout_at(deadline, client.execute(post)).await {
            Ok(Ok(answer)) => {
                let now = signed.signed_at + TimeDelta::milliseconds(probe.elapsed_ms().into());
                let attempt = answered(&answer, &url, &probe, now);
                finish(attempt, answer, &mut payload, deadline).await
            }
            Ok(Err(error)) => self.timed(broken(&error, &probe)),
            Err(_) => self.timed(failed(timed_out(probe.phase(), probe.body_sent()), &probe)),
        };
        attempt.facts.wants_tls = url.scheme() == "http" && wants_tls(&attempt);
        attempt
    }

    /// Adds how long the receiver was given, where that was too short.
    fn timed(&self, mut attempt: Attempt) -> Attempt {
        if matches!(attempt.outcome, Outcome::RequestSendTimeout | Outcome::ResponseTimeout) {
            attempt.facts.timeout_s = u32::try_from(self.request_timeout.as_secs()).ok();
        }
        attempt
    }
}

/// What the head of an answer means. It stands, whatever comes after it.
fn answered(
    answer: &reqwest::Response,
    url: &url::Url,
    probe: &Probe,
    now: DateTime<Utc>,
) -> Attempt {
    let first_byte_ms = Some(probe.elapsed_ms());
    let status = answer.status().as_u16();
    let taken_for_bot = capture::is_of_guard(status, answer.headers());
    let outcome = match Outcome::of_status(status) {
        // It does not know whether the receiver is gone for good, and a webhook ends by that.
        Outcome::Gone if taken_for_bot => Outcome::Http4xx,
        outcome => outcome,
    };
    let header = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let once = answer.headers().get_all(RETRY_AFTER).iter().count() == 1;
    let retry_after_s = header.filter(|_| once).and_then(|value| parse_retry_after(value, now));
    let redirect = (outcome == Outcome::RedirectRefused)
        .then(|| capture::redirect(answer.headers(), url))
        .flatten();
    let (redirect_host, redirect_differs) = redirect.unzip();
    let facts = Facts {
        redirect_host,
        redirect_differs: redirect_differs.unwrap_or_default(),
        taken_for_bot,
        ..Facts::default()
    };
    let attempt = Attempt {
        ambiguous: is_ambiguous(outcome, Some(status), probe.body_sent()),
        timing: Timing { first_byte_ms, ..Timing::default() },
        facts,
        resolved_address: answer.remote_addr().map(|address| address.ip()),
        retry_after_s,
        response: Some(capture::head(answer)),
        ..Attempt::without_request(outcome)
    };
    probe.answer(&attempt);
    attempt
}

/// Reads the body of an answer. A receiver may accept before it has read everything: it still
/// gets the rest of the request, until the deadline. One that refuses gets no more.
async fn finish(
    attempt: Attempt,
    answer: reqwest::Response,
    payload: &mut Payload,
    deadline: Instant,
) -> Attempt {
    let accepted = attempt.outcome == Outcome::Delivered;
    let sending = async {
        if accepted {
            let _ = tokio::time::timeout_at(deadline, payload.taken()).await;
        }
    };
    let reading = async {
        match attempt.response.clone() {
            Some(head) => Some(capture::body(answer, head).await),
            None => None,
        }
    };
    let (response, ()) = tokio::join!(reading, sending);
    let mut attempt = Attempt { response, ..attempt };
    attempt.facts.taken_for_bot |= attempt.response.as_ref().is_some_and(capture::is_page_of_guard);
    attempt
}

/// Whether who was asked without TLS wants it: it says so, or answers in what is no HTTP.
fn wants_tls(attempt: &Attempt) -> bool {
    attempt.outcome == Outcome::ProtocolError
        || attempt.response.as_ref().is_some_and(capture::wants_tls)
}

fn broken(error: &reqwest::Error, probe: &Probe) -> Attempt {
    let (outcome, facts) = classify(error, probe);
    let mut attempt = failed(outcome, probe);
    attempt.facts = facts;
    attempt
}

/// No answer came. If the whole request was out by then, the receiver may have acted on it.
fn failed(outcome: Outcome, probe: &Probe) -> Attempt {
    let out = matches!(probe.phase(), Phase::Exchange | Phase::Waiting) && probe.body_sent();
    Attempt { ambiguous: is_ambiguous(outcome, None, out), ..Attempt::without_request(outcome) }
}

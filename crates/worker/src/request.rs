//! From a job to the request that goes out: pure, no I/O. The bytes are the frozen ones; only
//! the signature is of this attempt.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::sealing::{Context, Field, SealingKeys};
use domain::signature::{SigningSecret, signature_header};
use domain::webhook_url::{UrlRefusal, UrlRules, WebhookUrl};
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use store::queue::Job;

const AGENT: &str = concat!("talentATS-Webhooks/", env!("CARGO_PKG_VERSION"));

/// A signed request, ready to be sent.
#[derive(Debug)]
pub struct SignedRequest {
    /// Where to.
    pub url: WebhookUrl,
    /// All headers but those of the transport.
    pub headers: HeaderMap,
    /// The frozen payload.
    pub body: Bytes,
}

/// Why a job cannot become a request.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The rules for URLs refuse it now.
    #[error("the URL is no longer allowed: {0}")]
    Url(UrlRefusal),
    /// A sealed value does not open, or does not hold what it should.
    #[error("{0}")]
    Sealed(String),
}

/// Opens URL and secrets, checks the URL against today's rules, and signs. `now` is the
/// database's clock, so that a worker with a wrong clock signs rightly.
///
/// # Errors
/// [`RequestError`].
pub fn sign(
    job: &Job,
    body: Bytes,
    now: DateTime<Utc>,
    keys: &SealingKeys,
    rules: &UrlRules,
) -> Result<SignedRequest, RequestError> {
    let url = open(job, keys, Field::Url, &job.url_sealed)?;
    let url = rules.check(&url).map_err(RequestError::Url)?;
    let secrets = job
        .secrets_sealed
        .iter()
        .map(|sealed| {
            let secret = open(job, keys, Field::Secret, sealed)?;
            SigningSecret::parse(&secret).map_err(|error| RequestError::Sealed(error.to_string()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let timestamp = now.timestamp();
    let signature = signature_header(&secrets, job.export, timestamp, &body);
    Ok(SignedRequest { url, headers: headers(job, timestamp, &signature), body })
}

fn open(
    job: &Job,
    keys: &SealingKeys,
    field: Field,
    sealed: &[u8],
) -> Result<String, RequestError> {
    let context = Context { organisation: job.organisation, webhook: job.webhook, field };
    keys.open(context, sealed).map_err(|error| RequestError::Sealed(error.to_string()))
}

fn headers(job: &Job, timestamp: i64, signature: &str) -> HeaderMap {
    let text = |value: &str| HeaderValue::from_str(value).expect("ids and base64 are ASCII");
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    headers.insert("webhook-id", text(&job.export.to_string()));
    headers.insert("webhook-timestamp", HeaderValue::from(timestamp));
    headers.insert("webhook-signature", text(signature));
    headers.insert("webhook-attempt-id", text(&job.attempt.to_string()));
    headers.insert("webhook-attempt-number", HeaderValue::from(job.attempt_number));
    headers
}

//! From a job to the request that goes out: no I/O. The bytes are the frozen ones; only
//! the signature is of this attempt.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::attempt;
use domain::id::{AttemptId, ExportId, WebhookId};
use domain::sealing::{Context, Field, SealingKeys};
use domain::signature::{SigningSecret, signature_header};
use domain::webhook_url::{UrlRefusal, UrlRules, WebhookUrl};
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use lru::LruCache;
use store::queue::{Job, Target};

use crate::stage::Signed;

/// Webhooks whose URL and secrets are kept open.
const KEPT_OPEN: NonZeroUsize = NonZeroUsize::new(1_024).expect("not zero");

/// Why a job cannot become a request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestError {
    /// The rules for URLs refuse it now.
    #[error("the URL is no longer allowed: {0}")]
    Url(UrlRefusal),
    /// A sealed value does not open, or does not hold what it should.
    #[error("a sealed value does not open")]
    Sealed,
}

/// What the headers of a request tell of its attempt.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// The export: the `webhook-id`.
    pub export: ExportId,
    /// The attempt.
    pub attempt: AttemptId,
    /// Its number within the export, from 1.
    pub attempt_number: u32,
    /// When it began, in whole seconds since 1970.
    pub timestamp: i64,
}

/// Signs requests. Opened URLs and secrets are kept while their sealed forms stay the same.
pub(crate) struct Signer {
    keys: SealingKeys,
    rules: UrlRules,
    opened: Mutex<LruCache<WebhookId, Arc<Opened>>>,
}

/// What a job carries sealed, and what was in it.
struct Opened {
    target: Arc<Target>,
    url: WebhookUrl,
    secrets: Vec<SigningSecret>,
}

impl Signer {
    /// A signer with the keys that open, and the rules that a URL must keep today.
    pub(crate) fn new(keys: SealingKeys, rules: UrlRules) -> Self {
        Self { keys, rules, opened: Mutex::new(LruCache::new(KEPT_OPEN)) }
    }

    /// Opens URL and secrets, checks the URL against the rules, and signs. `now` is the
    /// database's clock, so that a worker with a wrong clock signs rightly.
    ///
    /// # Errors
    /// [`RequestError`].
    pub(crate) fn sign(
        &self,
        job: &Job,
        body: Bytes,
        now: DateTime<Utc>,
    ) -> Result<Signed, RequestError> {
        let opened = self.open(job)?;
        let stamp = Stamp {
            export: job.lease.export,
            attempt: job.lease.attempt,
            attempt_number: job.lease.attempt_number,
            timestamp: now.timestamp(),
        };
        let headers = stamp.headers(&opened.secrets, &body);
        let organisation = job.lease.organisation;
        Ok(Signed { organisation, url: opened.url.clone(), headers, body, signed_at: now })
    }

    fn open(&self, job: &Job) -> Result<Arc<Opened>, RequestError> {
        if let Some(opened) = self.opened().get(&job.lease.webhook)
            && opened.target == job.target
        {
            return Ok(Arc::clone(opened));
        }
        let url = self.unseal(job, Field::Url, &job.target.url_sealed)?;
        let secrets = job.target.secrets_sealed.iter().map(|sealed| {
            let secret = self.unseal(job, Field::Secret, sealed)?;
            SigningSecret::parse(&secret).map_err(|_| RequestError::Sealed)
        });
        let opened = Arc::new(Opened {
            url: self.rules.check(&url).map_err(RequestError::Url)?,
            secrets: secrets.collect::<Result<_, _>>()?,
            target: Arc::clone(&job.target),
        });
        self.opened().put(job.lease.webhook, Arc::clone(&opened));
        Ok(opened)
    }

    fn unseal(&self, job: &Job, field: Field, sealed: &[u8]) -> Result<String, RequestError> {
        let context =
            Context { organisation: job.lease.organisation, webhook: job.lease.webhook, field };
        self.keys.open(context, sealed).map_err(|_| RequestError::Sealed)
    }

    fn opened(&self) -> MutexGuard<'_, LruCache<WebhookId, Arc<Opened>>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stamp {
    /// All headers of the request but those of the transport, signed with each of the secrets.
    pub fn headers<'a>(
        &self,
        secrets: impl IntoIterator<Item = &'a SigningSecret>,
        body: &[u8],
    ) -> HeaderMap {
        let signature = signature_header(secrets, self.export, self.timestamp, body);
        let text = |value: &str| HeaderValue::from_str(value).expect("ids and base64 are ASCII");
        let mut headers = HeaderMap::with_capacity(9);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(attempt::USER_AGENT));
        // The log shows answers as text, and unpacks none: a small one may unpack to a large one.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert("webhook-id", text(&self.export.to_string()));
        headers.insert("webhook-timestamp", HeaderValue::from(self.timestamp));
        headers.insert("webhook-signature", text(&signature));
        headers.insert("webhook-attempt-id", text(&self.attempt.to_string()));
        headers.insert("webhook-attempt-number", HeaderValue::from(self.attempt_number));
        headers
    }
}

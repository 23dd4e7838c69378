//! The stages of an export on its way through the worker, one type each: `Leased` → `Signed` →
//! `Sent` → `Settled`. Each function takes one stage and answers the next.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::id::OrganisationId;
use domain::webhook_url::WebhookUrl;
use http::HeaderMap;
use store::queue::{Job, Recorded};
use tokio::time::Instant;

/// The attempt is over, whether or not anything left; its result waits to be recorded.
pub(crate) use store::queue::Sent;

/// Claimed: ours to send, once, until the lease runs out.
#[derive(Debug)]
pub(crate) struct Leased {
    pub(crate) job: Job,
    pub(crate) claimed: Claimed,
}

/// When a claim was made, by our monotonic clock. The database's clock was read in between.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claimed {
    /// When it was asked for: leases are no younger.
    pub(crate) asked_at: Instant,
    /// When its answer had come: the database's clock was read before.
    pub(crate) answered_at: Instant,
}

/// Opened, checked and signed: a request that is ready to leave.
#[derive(Debug)]
pub struct Signed {
    /// Whose it is: connections are never shared between organisations.
    pub organisation: OrganisationId,
    /// Where to.
    pub url: WebhookUrl,
    /// All headers but those of the transport.
    pub headers: HeaderMap,
    /// The frozen payload.
    pub body: Bytes,
    /// When it was signed, by the database's clock; a `Retry-After` date is read by it, too.
    pub signed_at: DateTime<Utc>,
}

/// Recorded in one transaction: the leases are given back.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) sent: Arc<Vec<Sent>>,
    pub(crate) recorded: Recorded,
}

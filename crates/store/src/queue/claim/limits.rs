//! What one claim may take.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::id::{OrganisationId, WebhookId};

/// What one claim may take.
#[derive(Debug, Clone)]
pub struct ClaimLimits {
    /// Most jobs.
    pub jobs: u32,
    /// Most bytes of payloads above [`super::SMALL_PAYLOAD_BYTES`], all jobs together.
    pub payload_bytes: u64,
    /// Whether one job above that budget may go, because no other large payload is in flight.
    pub oversized: bool,
    /// Most jobs in flight per webhook, over all workers.
    pub lane_cap: u32,
    /// How long the lease lasts unless renewed.
    pub lease: Duration,
    /// Who claims: unique among all running workers.
    pub worker: Arc<str>,
    /// No lane has been due since before this instant ([`super::oldest_due`]); the epoch where
    /// that is not known.
    pub due_since: DateTime<Utc>,
    /// Who is left out, because enough is in flight.
    pub saturated: Saturated,
    /// What webhooks may have in flight that are not known to be responsive, while room is short.
    pub unresponsive: Option<UnresponsiveLimit>,
}

/// Who has as much in flight as may be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saturated {
    /// Organisations.
    pub organisations: Vec<OrganisationId>,
    /// Hosts of URLs, each with an organisation that has something in flight there: others may
    /// still have their turn.
    pub hosts: Vec<(OrganisationId, String)>,
}

/// A limit for webhooks whose receivers may hang, so that they leave room for the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnresponsiveLimit {
    /// Most jobs in flight of each of them.
    pub cap: u32,
    /// Most jobs of all of them that this claim may take.
    pub jobs: u32,
    /// The webhooks that are responsive, to which it does not apply.
    pub responsive: Vec<WebhookId>,
}

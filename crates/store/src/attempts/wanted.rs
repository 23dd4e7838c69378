//! Which attempts are listed.

use chrono::{DateTime, Utc};
use domain::id::{ExportId, WebhookId};
use domain::outcome::Outcome;
use domain::search::Exact;

use super::query;
use crate::filter;

/// Which attempts are listed; all conditions hold together. Without `from` and without
/// `export_id`, those of the 31 days before `to`, or before now.
#[derive(Debug, Clone, Default)]
pub struct AttemptFilter {
    /// Of this export.
    pub export_id: Option<ExportId>,
    /// To this webhook.
    pub webhook_id: Option<WebhookId>,
    /// That ended as one of these; all where none is named.
    pub outcomes: Vec<Outcome>,
    /// That were answered so.
    pub http_status: Option<u16>,
    /// That this names.
    pub q: Option<Exact>,
    /// To this host, punycode; masked as the actor may read it.
    pub host: Option<String>,
    /// Begun at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Begun before this instant.
    pub to: Option<DateTime<Utc>>,
    /// Asked for by this subject or API key, or by whoever has this e-mail address.
    pub requested_by: Option<String>,
}

impl AttemptFilter {
    /// The same filter, whose window does not move on with the clock while its pages are read.
    #[must_use]
    pub fn as_of(self, now: DateTime<Utc>) -> Self {
        Self { from: query::shown_from(&self, now), ..self }
    }

    pub(super) fn asked(&self) -> filter::Asked<'_> {
        let (requested_by, host) = (self.requested_by.as_deref(), self.host.as_deref());
        let (webhook, export) = (self.webhook_id, self.export_id);
        filter::Asked { webhook, export, requested_by, host, vacancy: None }
    }
}

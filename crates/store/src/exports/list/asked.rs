//! Which exports are listed.

use chrono::{DateTime, Utc};
use domain::export::ExportStatus;
use domain::id::{VacancyId, WebhookId};
use domain::search::Exact;

use crate::filter::Asked;

/// Which exports are listed; all conditions hold together.
#[derive(Debug, Clone, Default)]
pub struct ExportFilter {
    /// That stand at one of these; all where none is named.
    pub statuses: Vec<ExportStatus>,
    /// To this webhook.
    pub webhook_id: Option<WebhookId>,
    /// Of this vacancy.
    pub vacancy_id: Option<VacancyId>,
    /// Asked for by this subject or API key, or by whoever has this e-mail address.
    pub requested_by: Option<String>,
    /// That this names.
    pub q: Option<Exact>,
    /// To this host, punycode; masked as the actor may read it.
    pub host: Option<String>,
    /// Those that are flagged, or those that are not.
    pub flagged: Option<bool>,
    /// Asked for at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Asked for before this instant.
    pub to: Option<DateTime<Utc>>,
}

impl ExportFilter {
    pub(super) fn asked(&self) -> Asked<'_> {
        let (requested_by, host) = (self.requested_by.as_deref(), self.host.as_deref());
        let (webhook, vacancy) = (self.webhook_id, self.vacancy_id);
        Asked { webhook, vacancy, requested_by, host, ..Asked::default() }
    }
}

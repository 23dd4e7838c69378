//! What was noticed of an export while it was made, so that who asks for it can be warned.

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{OrganisationId, WebhookId};
use domain::import::{ApplicationStatus, VacancyStatus};
use domain::payload::ApplicationRecord;
use domain::warning::{AlreadySent, Facts};

use super::freeze::Frozen;
use super::prepare::{Earlier, Target};

/// For how many days it is told that somebody went to a webhook.
const REMEMBERED_DAYS: i64 = 90;

/// What was noticed.
#[derive(Clone, PartialEq)]
pub struct Noticed {
    /// Whose webhook it is.
    pub organisation_id: OrganisationId,
    /// Where to.
    pub webhook_id: WebhookId,
    /// Its host.
    pub host: String,
    /// Its sealed URL.
    pub url_sealed: Vec<u8>,
    /// The rest.
    pub facts: Facts,
}

/// The host may be a secret: only the id is printed.
impl std::fmt::Debug for Noticed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Noticed").field("webhook_id", &self.webhook_id).finish_non_exhaustive()
    }
}

/// What is counted while people come.
pub(super) struct Tally {
    facts: Facts,
    already_sent: u32,
    /// The newest export that carried any of them there.
    earlier: Option<Earlier>,
}

impl Tally {
    pub(super) fn new(target: &Target, vacancy: Option<VacancyStatus>, now: DateTime<Utc>) -> Self {
        let facts = Facts {
            candidate_count: 0,
            payload_bytes: 0,
            already_sent: None,
            may_not_be_contacted: 0,
            consent_expired: 0,
            rejected: 0,
            vacancy: vacancy.unwrap_or(VacancyStatus::Open),
            ever_accepted: target.last_delivered_at.is_some(),
            failing_since: target.failing_since,
            disabled_at: target.disabled.map(|(at, _)| at),
            now,
        };
        Self { facts, already_sent: 0, earlier: None }
    }

    /// One of those who go.
    pub(super) fn count(&mut self, record: &ApplicationRecord, earlier: Option<Earlier>) {
        let facts = &mut self.facts;
        facts.may_not_be_contacted += u32::from(record.person.can_contact == Some(false));
        let consent = record.person.consent_expires_at;
        facts.consent_expired += u32::from(consent.is_some_and(|until| until <= facts.now));
        facts.rejected += u32::from(record.status == ApplicationStatus::Rejected);
        let lately = facts.now - TimeDelta::days(REMEMBERED_DAYS);
        if let Some(earlier) = earlier.filter(|earlier| earlier.at >= lately) {
            self.already_sent += 1;
            if self.earlier.as_ref().is_none_or(|newest| newest.id < earlier.id) {
                self.earlier = Some(earlier);
            }
        }
    }

    pub(super) fn noticed(self, frozen: &Frozen) -> Noticed {
        let Self { mut facts, already_sent, earlier } = self;
        facts.candidate_count = u32::try_from(frozen.candidate_count).unwrap_or(u32::MAX);
        facts.payload_bytes = frozen.payload_bytes as u64;
        facts.already_sent = earlier.map(|earlier| {
            let Earlier { id: export_id, at, by } = earlier;
            AlreadySent { count: already_sent, export_id, at, by }
        });
        Noticed {
            organisation_id: frozen.context.organisation.id,
            webhook_id: frozen.target.id,
            host: frozen.target.host.clone(),
            url_sealed: frozen.target.url_sealed.clone(),
            facts,
        }
    }
}

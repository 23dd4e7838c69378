//! What was noticed of an export while it was made, so that who asks for it can be warned.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::actor::Actor;
use domain::id::{ExportId, OrganisationId, WebhookId};
use domain::import::{ApplicationStatus, VacancyStatus};
use domain::warning::{AlreadySent, Facts};
use uuid::Uuid;

use super::freeze::Frozen;
use super::prepare::{Person, Target};
use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::row::requester;
use crate::schema::exports;

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
    /// The newest export that carried any of these people there.
    earlier: Option<ExportId>,
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
    earlier: Option<ExportId>,
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
    pub(super) fn count(&mut self, person: &Person) {
        let (facts, record) = (&mut self.facts, &person.record);
        facts.may_not_be_contacted += u32::from(record.person.can_contact == Some(false));
        let consent = record.person.consent_expires_at;
        facts.consent_expired += u32::from(consent.is_some_and(|until| until <= facts.now));
        facts.rejected += u32::from(record.status == ApplicationStatus::Rejected);
        self.already_sent += u32::from(person.earlier.is_some());
        self.earlier = self.earlier.max(person.earlier);
    }

    pub(super) fn noticed(self, frozen: &Frozen) -> Noticed {
        let Self { mut facts, already_sent, earlier } = self;
        facts.candidate_count = u32::try_from(frozen.candidate_count).unwrap_or(u32::MAX);
        facts.payload_bytes = frozen.payload_bytes as u64;
        facts.already_sent = earlier.map(|export_id| AlreadySent {
            count: already_sent,
            export_id,
            at: facts.now,
            by: None,
        });
        Noticed {
            organisation_id: frozen.context.organisation.id,
            webhook_id: frozen.target.id,
            host: frozen.target.host.clone(),
            url_sealed: frozen.target.url_sealed.clone(),
            facts,
            earlier,
        }
    }
}

type Asked = (String, String, String, String, DateTime<Utc>);

impl Noticed {
    /// Adds when the newest of the earlier exports was asked for, and by whom. Most have none.
    pub(super) fn complete(&mut self, conn: &mut Conn, actor: &Actor) -> Result<(), StoreError> {
        let Some(earlier) = self.earlier else { return Ok(()) };
        let asked: Option<Asked> = exports::table
            .find((Uuid::from(organisation_of(actor)?), Uuid::from(earlier)))
            .select((
                exports::requested_by_type,
                exports::requested_by_id,
                exports::requested_by_name,
                exports::requested_by_email,
                exports::requested_at,
            ))
            .first(conn)
            .optional()?;
        // Forgotten since the look, it was not in the last 90 days.
        self.facts.already_sent = match (self.facts.already_sent.take(), asked) {
            (Some(sent), Some((kind, id, name, email, at))) => {
                let by = Some(requester(&kind, id, name, email)?);
                Some(AlreadySent { at, by, ..sent })
            }
            _ => None,
        };
        Ok(())
    }
}

//! The format on the wire, version 1.x: the envelope. Every key is always there; objects are
//! never null, their leaves may be; lists may be empty. Only additions are allowed within 1.x.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::candidate::Candidate;
use crate::export::words;
use crate::id::{ExportId, OrganisationId, VacancyId};
use crate::import::{opaque_debug, required_instant};
use crate::include::Include;
use crate::requester::Requester;

words!(
    /// What a payload carries; open.
    PayloadType {
        /// Candidates of a vacancy.
        CandidatesExported = "candidates.exported",
    }
);

/// One request: all candidates of an export, in the order in which they were selected.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CandidatesExported)]
pub struct Payload {
    /// Always `candidates.exported`.
    #[serde(rename = "type")]
    pub payload_type: PayloadType,
    /// Version of this format; within 1.x only additions are made.
    #[schema(value_type = String, example = "1.0", pattern = "^1\\.[0-9]+$")]
    pub schema_version: &'static str,
    /// When the export was accepted.
    #[serde(with = "required_instant")]
    pub timestamp: DateTime<Utc>,
    /// Made-up people: a try of the webhook.
    pub test: bool,
    /// The export.
    pub export: ExportMember,
    /// Who sends.
    pub organisation: OrganisationMember,
    /// What the people applied for.
    pub vacancy: VacancyMember,
    /// The people.
    pub candidates: Vec<Candidate>,
}

/// The export that a payload belongs to.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CandidatesExportedExport)]
pub struct ExportMember {
    /// Its id, also the `webhook-id` header: the same on every try.
    pub id: ExportId,
    /// When it was accepted.
    #[serde(with = "required_instant")]
    pub requested_at: DateTime<Utc>,
    /// Who exported; name and e-mail only where the webhook asked for `requester`.
    pub requested_by: Requester,
    /// How many people are in `candidates`.
    pub candidate_count: usize,
    /// The export whose people this one sends again to another webhook.
    #[schema(required)]
    pub resent_from: Option<ExportId>,
    /// The field groups that the webhook receives.
    pub include: Include,
}

/// Who sends.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CandidatesExportedOrganisation)]
pub struct OrganisationMember {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
}

/// What the people applied for; made up in a test.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CandidatesExportedVacancy)]
pub struct VacancyMember {
    /// Its id.
    pub id: VacancyId,
    /// The organisation's own key.
    pub reference: String,
    /// Title of the position.
    pub title: String,
    /// Department.
    #[schema(required)]
    pub department: Option<String>,
    /// Place of work.
    #[schema(required)]
    pub location: Option<String>,
    /// Public page of the position.
    #[schema(required)]
    pub url: Option<String>,
}

opaque_debug!(Payload, ExportMember, OrganisationMember, VacancyMember);

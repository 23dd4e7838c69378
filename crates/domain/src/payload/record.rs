//! What the store reads to build a payload.

use chrono::{DateTime, Utc};

use crate::export::ExportType;
use crate::id::{ApplicationId, CandidateId, ExportId, OrganisationId, VacancyId};
use crate::import::{
    Answer, ApplicationStatus, Assessment, Attachment, Contact, Experience, Qualification, Rating,
    opaque_debug,
};
use crate::include::Include;
use crate::requester::Requester;

/// What all people of a payload share.
#[derive(Clone)]
pub struct PayloadContext {
    /// The export; the `webhook-id` on the wire.
    pub export_id: ExportId,
    /// Candidates, or a test.
    pub export_type: ExportType,
    /// The database's now, when the export was accepted.
    pub requested_at: DateTime<Utc>,
    /// Who exported; name and e-mail are cut unless the webhook asked for them.
    pub requester: Requester,
    /// The sender.
    pub organisation: OrganisationRecord,
    /// The vacancy that all people applied for.
    pub vacancy: VacancyRecord,
    /// What the webhook receives.
    pub include: Include,
    /// The export that this one was derived from.
    pub resent_from: Option<ExportId>,
}

/// The sender.
#[derive(Clone)]
pub struct OrganisationRecord {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
}

/// A vacancy.
#[derive(Clone)]
pub struct VacancyRecord {
    /// Its id.
    pub id: VacancyId,
    /// The organisation's own key.
    pub reference: String,
    /// Title of the position.
    pub title: String,
    /// Department.
    pub department: Option<String>,
    /// Place of work.
    pub location: Option<String>,
    /// Public page of the position.
    pub url: Option<String>,
    /// Names of the stages in their order: where a stage stands in it is its `order`.
    pub stages: Vec<String>,
}

/// One application with its person.
#[derive(Clone)]
pub struct ApplicationRecord {
    /// Its id.
    pub id: ApplicationId,
    /// The organisation's own key.
    pub reference: String,
    /// The person.
    pub person: PersonRecord,
    /// Where it stands as a whole.
    pub status: ApplicationStatus,
    /// Name of its stage.
    pub stage: String,
    /// When it came there.
    pub stage_entered_at: Option<DateTime<Utc>>,
    /// When the person applied.
    pub applied_at: DateTime<Utc>,
    /// When an import last changed it.
    pub updated_at: DateTime<Utc>,
    /// Where it came from.
    pub source: Option<String>,
    /// The cover letter.
    pub cover_letter: Option<String>,
    /// Answers, sensitive ones too: they are dropped here.
    pub answers: Vec<Answer>,
    /// The overall rating.
    pub rating: Option<Rating>,
    /// Results of tests and exercises.
    pub assessments: Vec<Assessment>,
}

/// A person.
#[derive(Clone)]
pub struct PersonRecord {
    /// Their id.
    pub id: CandidateId,
    /// The organisation's own key.
    pub reference: String,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// The whole name.
    pub full_name: String,
    /// The address to use.
    pub email: Option<String>,
    /// The phone number to use, as entered.
    pub phone: Option<String>,
    /// Whether the person may be contacted.
    pub can_contact: Option<bool>,
    /// Until when their consent lasts.
    pub consent_expires_at: Option<DateTime<Utc>>,
    /// Addresses, numbers, links.
    pub contact: Contact,
    /// Education and certificates.
    pub qualifications: Vec<Qualification>,
    /// Jobs.
    pub experience: Vec<Experience>,
    /// Names of skills.
    pub skills: Vec<String>,
    /// Labels that the organisation gave.
    pub tags: Vec<String>,
    /// Links to files.
    pub attachments: Vec<Attachment>,
}

opaque_debug!(PayloadContext, OrganisationRecord, VacancyRecord, ApplicationRecord, PersonRecord,);

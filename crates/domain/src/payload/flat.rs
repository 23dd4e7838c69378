//! The flat members of a person on the wire: who it is, and copies of nested ones.

use chrono::{DateTime, Utc};
use serde::Serialize;

use utoipa::ToSchema;

use crate::id::{ApplicationId, CandidateId, ExportId, VacancyId};
use crate::import::{ApplicationStatus, Figure, opaque_debug, optional_instant};

/// Which of the export's people this is: whatever the webhook receives, this is there.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
pub struct Identity {
    /// Position in the export, from 1.
    #[schema(minimum = 1)]
    pub sequence: usize,
    /// Copy of `export.id`.
    pub export_id: ExportId,
    /// Copy of `test`.
    pub test: bool,
    /// The person.
    pub candidate_id: CandidateId,
    /// The organisation's own key of the person.
    pub candidate_reference: String,
    /// The application. With the export's id: what to dedupe on.
    pub application_id: ApplicationId,
    /// The organisation's own key of the application.
    pub application_reference: String,
    /// Copy of `vacancy.id`.
    pub vacancy_id: VacancyId,
    /// Copy of `vacancy.reference`.
    pub vacancy_reference: String,
    /// Copy of `vacancy.title`.
    pub vacancy_title: String,
    /// The whole name.
    pub full_name: String,
    /// Given name.
    #[schema(required)]
    pub first_name: Option<String>,
    /// Family name; null for people with one name.
    #[schema(required)]
    pub last_name: Option<String>,
}

/// Copies of what a mapping needs; null where their group is left out.
#[derive(Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Flat {
    /// The e-mail address to use.
    #[schema(required)]
    pub email: Option<String>,
    /// The phone number to use; E.164 where it can be told.
    #[schema(required)]
    pub phone: Option<String>,
    /// Copy of `contact.address.city`.
    #[schema(required)]
    pub city: Option<String>,
    /// Copy of `contact.address.country`.
    #[schema(required)]
    pub country: Option<String>,
    /// The first link of type linkedin.
    #[schema(required)]
    pub linkedin_url: Option<String>,
    /// Title of the first current job.
    #[schema(required)]
    pub current_title: Option<String>,
    /// Employer of the first current job.
    #[schema(required)]
    pub current_employer: Option<String>,
    /// Copy of `application.status`.
    #[schema(required)]
    pub application_status: Option<ApplicationStatus>,
    /// Copy of `application.applied_at`.
    #[serde(with = "optional_instant")]
    #[schema(required)]
    pub applied_at: Option<DateTime<Utc>>,
    /// Copy of `application.source`.
    #[schema(required)]
    pub source: Option<String>,
    /// Copy of `stage.name`.
    #[schema(required)]
    pub stage_name: Option<String>,
    /// Copy of `stage.order`.
    #[schema(required, minimum = 1)]
    pub stage_order: Option<usize>,
    /// Copy of `ratings.overall.value`.
    #[schema(required, value_type = Option<f64>)]
    pub rating: Option<Figure>,
    /// Copy of `ratings.overall.scale_max`.
    #[schema(required, value_type = Option<f64>)]
    pub rating_scale_max: Option<Figure>,
}

opaque_debug!(Identity, Flat);

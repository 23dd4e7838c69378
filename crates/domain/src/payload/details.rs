//! The groups of a person on the wire. A group that is left out is empty: its leaves are null.

use chrono::{DateTime, Utc};
use serde::Serialize;

use utoipa::ToSchema;

use crate::import::{
    ApplicationStatus, Assessment, Attachment, Contact, Experience, Figure, Qualification,
    opaque_debug, optional_instant,
};

/// What is known about a person and their application, by group.
#[derive(Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Details {
    /// Whether the person may be contacted; null where unknown.
    #[schema(required)]
    pub can_contact: Option<bool>,
    /// Until when their consent lasts.
    #[serde(with = "optional_instant")]
    #[schema(required)]
    pub consent_expires_at: Option<DateTime<Utc>>,
    /// How to reach the person.
    pub contact: Contact,
    /// The application as a whole.
    pub application: PayloadApplication,
    /// The cover letter.
    #[schema(required)]
    pub cover_letter: Option<String>,
    /// Answers to the questions of the vacancy.
    pub answers: Vec<PayloadAnswer>,
    /// Where in the pipeline the application stands.
    pub stage: PayloadStage,
    /// Ratings by the organisation.
    pub ratings: Ratings,
    /// Results of tests and exercises.
    pub assessments: Vec<Assessment>,
    /// Education and certificates.
    pub qualifications: Vec<Qualification>,
    /// Jobs.
    pub experience: Vec<Experience>,
    /// Names of skills.
    pub skills: Vec<String>,
    /// Links to files.
    pub attachments: Vec<Attachment>,
    /// Labels that the organisation gave.
    pub tags: Vec<String>,
}

/// The application as a whole.
#[derive(Clone, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = CandidatesExportedApplication)]
pub struct PayloadApplication {
    /// Open: treat unknown as other.
    #[schema(required)]
    pub status: Option<ApplicationStatus>,
    /// When the person applied.
    #[serde(with = "optional_instant")]
    #[schema(required)]
    pub applied_at: Option<DateTime<Utc>>,
    /// When it last changed.
    #[serde(with = "optional_instant")]
    #[schema(required)]
    pub updated_at: Option<DateTime<Utc>>,
    /// Where it came from.
    #[schema(required)]
    pub source: Option<String>,
}

/// An answer to a question of the vacancy.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CandidatesExportedAnswer)]
pub struct PayloadAnswer {
    /// The question.
    pub question: String,
    /// The answer; null where it was left open.
    #[schema(required)]
    pub answer: Option<String>,
}

/// Where in the pipeline the application stands.
#[derive(Clone, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = CandidatesExportedStage)]
pub struct PayloadStage {
    /// Name of the stage.
    #[schema(required)]
    pub name: Option<String>,
    /// Its position among the vacancy's stages, from 1.
    #[schema(required, minimum = 1)]
    pub order: Option<usize>,
    /// When the application came there.
    #[serde(with = "optional_instant")]
    #[schema(required)]
    pub entered_at: Option<DateTime<Utc>>,
}

/// Ratings by the organisation.
#[derive(Clone, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = CandidatesExportedRatings)]
pub struct Ratings {
    /// All in all.
    pub overall: OverallRating,
}

/// The overall rating, with its scale.
#[derive(Clone, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = CandidatesExportedOverallRating)]
pub struct OverallRating {
    /// The rating; null where nobody rated.
    #[schema(required, value_type = Option<f64>)]
    pub value: Option<Figure>,
    /// Worst possible.
    #[schema(required, value_type = Option<f64>)]
    pub scale_min: Option<Figure>,
    /// Best possible.
    #[schema(required, value_type = Option<f64>)]
    pub scale_max: Option<Figure>,
    /// How many people rated.
    #[schema(required)]
    pub count: Option<u32>,
}

opaque_debug!(Details, PayloadApplication, PayloadAnswer, PayloadStage, Ratings, OverallRating,);

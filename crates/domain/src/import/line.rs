//! The lines of an import: one vacancy, candidate or application each.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::instant;
use super::profile::{
    Answer, Assessment, Attachment, Contact, Experience, Qualification, Rating, opaque_debug,
};
use super::{ApplicationStatus, Patch, VacancyStatus};

/// One line of an import, by its `kind`.
#[derive(Clone, PartialEq)]
pub enum Line {
    /// `vacancy`.
    Vacancy(VacancyLine),
    /// `candidate`.
    Candidate(CandidateLine),
    /// `application`.
    Application(ApplicationLine),
}

/// A position that people apply for.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VacancyLine {
    /// Read before the rest of the line.
    #[serde(default)]
    kind: IgnoredAny,
    /// The organisation's own key.
    pub reference: String,
    /// Title of the position.
    pub title: String,
    /// Department.
    #[serde(default)]
    pub department: Patch<String>,
    /// Place of work.
    #[serde(default)]
    pub location: Patch<String>,
    /// Public page of the position.
    #[serde(default)]
    pub url: Patch<String>,
    /// Null: open.
    #[serde(default)]
    pub status: Patch<VacancyStatus>,
    /// Names of the stages in their order; at least one, no name twice.
    pub stages: Vec<String>,
}

/// A person.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CandidateLine {
    /// Read before the rest of the line.
    #[serde(default)]
    kind: IgnoredAny,
    /// The organisation's own key.
    pub reference: String,
    /// Given name. One of the three names must be there; all three are replaced together.
    #[serde(default)]
    pub first_name: Option<String>,
    /// Family name; null for people with one name.
    #[serde(default)]
    pub last_name: Option<String>,
    /// The whole name as the person writes it, if it is not first and last name.
    #[serde(default)]
    full_name: Option<String>,
    /// The address to use.
    #[serde(default)]
    pub email: Patch<String>,
    /// The phone number to use.
    #[serde(default)]
    pub phone: Patch<String>,
    /// Whether the person may be contacted.
    #[serde(default)]
    pub can_contact: Patch<bool>,
    /// Until when their consent lasts.
    #[serde(default, deserialize_with = "instant::patch")]
    pub consent_expires_at: Patch<DateTime<Utc>>,
    /// Processing is restricted (GDPR Art. 18): never exported. Null: no.
    #[serde(default)]
    pub restricted: Patch<bool>,
    /// Addresses, numbers, links.
    #[serde(default)]
    pub contact: Patch<Contact>,
    /// Education and certificates.
    #[serde(default)]
    pub qualifications: Patch<Vec<Qualification>>,
    /// Jobs.
    #[serde(default)]
    pub experience: Patch<Vec<Experience>>,
    /// Names of skills.
    #[serde(default)]
    pub skills: Patch<Vec<String>>,
    /// Labels that the organisation gave.
    #[serde(default)]
    pub tags: Patch<Vec<String>>,
    /// Links to files.
    #[serde(default)]
    pub attachments: Patch<Vec<Attachment>>,
}

impl CandidateLine {
    /// The three names, each with its pointer.
    pub(super) fn names_mut(&mut self) -> [(&'static str, &mut Option<String>); 3] {
        [
            ("/first_name", &mut self.first_name),
            ("/last_name", &mut self.last_name),
            ("/full_name", &mut self.full_name),
        ]
    }

    /// The full name as given, else first and last name.
    pub fn full_name(&self) -> String {
        if let Some(given) = &self.full_name {
            return given.clone();
        }
        let names = [&self.first_name, &self.last_name].map(|name| name.as_deref().unwrap_or(""));
        names.join(" ").trim().to_owned()
    }
}

/// A candidate in a vacancy.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationLine {
    /// Read before the rest of the line.
    #[serde(default)]
    kind: IgnoredAny,
    /// The organisation's own key.
    pub reference: String,
    /// Reference of the vacancy, which comes before.
    pub vacancy: String,
    /// Reference of the candidate, who comes before.
    pub candidate: String,
    /// Null: active.
    #[serde(default)]
    pub status: Patch<ApplicationStatus>,
    /// One of the vacancy's stages.
    pub stage: String,
    /// When it came there.
    #[serde(default, deserialize_with = "instant::patch")]
    pub stage_entered_at: Patch<DateTime<Utc>>,
    /// When the person applied.
    #[serde(with = "instant::required")]
    pub applied_at: DateTime<Utc>,
    /// Where the application came from.
    #[serde(default)]
    pub source: Patch<String>,
    /// The cover letter.
    #[serde(default)]
    pub cover_letter: Patch<String>,
    /// Answers to the questions of the vacancy.
    #[serde(default)]
    pub answers: Patch<Vec<Answer>>,
    /// The overall rating.
    #[serde(default)]
    pub rating: Patch<Rating>,
    /// Results of tests and exercises.
    #[serde(default)]
    pub assessments: Patch<Vec<Assessment>>,
}

opaque_debug!(Line, VacancyLine, CandidateLine, ApplicationLine);

//! The members of a problem document (RFC 9457).

use chrono::{DateTime, Utc};
use domain::export::ExportStatus;
use domain::id::{ApplicationId, ExportId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Extras, Kind, Problem};

/// An RFC 9457 problem document: the body of every answer with a status of 400 or more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "/problems/invalid",
    "title": "Some values are not accepted",
    "status": 422,
    "detail": "Some values are not accepted; see errors.",
    "instance": "urn:uuid:0b0a9d06-8a5c-4a5e-9c9b-5d5e3a8f5f6e",
    "errors": [{"pointer": "/name", "line": null, "application_id": null, "detail": "at most 100 characters"}],
    "errors_total": 1
}))]
pub struct ProblemDocument {
    /// What kind of problem: `/problems/{slug}`, which can be fetched.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Few words, the same for each problem of this kind.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What happened to this request, and what to do.
    pub detail: String,
    /// The request, `urn:uuid:…`: quote it to support.
    pub instance: Option<String>,
    /// What is wrong in the input; at most 100 are named.
    pub errors: Vec<FieldError>,
    /// How many there are.
    pub errors_total: usize,
    /// Members of some problems only.
    #[serde(flatten)]
    pub extras: Extras,
}

/// One value that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the body or line; `/name` for a query parameter; empty for
    /// the whole.
    pub pointer: String,
    /// Line of an import, from 1; null elsewhere.
    pub line: Option<u64>,
    /// The application that it speaks of; null where it is of none.
    pub application_id: Option<ApplicationId>,
    /// What is expected. Never the value.
    pub detail: String,
}

/// An export that keeps its webhook from being deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BlockingExport {
    /// The export.
    pub id: ExportId,
    /// Where it stands.
    pub status: ExportStatus,
    /// When it is tried next; null while it is on the wire, and for what the webhook is still to take over
    /// from the one that it replaced.
    pub next_attempt_at: Option<DateTime<Utc>>,
}

impl FieldError {
    /// A value that is not accepted, by its JSON pointer.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let (pointer, detail) = (pointer.into(), detail.into());
        Self { pointer, line: None, application_id: None, detail }
    }

    /// The same in a line of an import.
    pub fn in_line(line: u64, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { line: Some(line), ..Self::new(pointer, detail) }
    }

    /// The same, speaking of an application.
    #[must_use]
    pub fn of_application(self, id: ApplicationId) -> Self {
        Self { application_id: Some(id), ..self }
    }
}

impl From<&Problem> for ProblemDocument {
    fn from(problem: &Problem) -> Self {
        Self {
            kind: problem.0.kind,
            title: problem.0.kind.title(),
            status: problem.status().as_u16(),
            detail: problem.0.detail.clone(),
            instance: problem.0.instance.map(|id| format!("urn:uuid:{id}")),
            errors: problem.0.errors.clone(),
            errors_total: problem.0.errors_total,
            extras: problem.0.extras.clone(),
        }
    }
}

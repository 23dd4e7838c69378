//! What of somebody went to a webhook before.

use chrono::{DateTime, Utc};
use domain::explanation::short_label;
use domain::export::ExportStatus;
use domain::id::ExportId;
use serde::Serialize;
use utoipa::ToSchema;

/// An export that carries somebody to a webhook.
#[derive(Serialize, ToSchema)]
pub struct LastExport {
    /// Its id; a recruiter may read their own only.
    pub export_id: ExportId,
    /// When it was asked for.
    pub at: DateTime<Utc>,
    /// Who asked for it: the name, or else the e-mail address; null where neither is shared.
    #[schema(example = "Ben Example")]
    pub by: Option<String>,
    /// Where it stands.
    pub status: ExportStatus,
    /// The same in a few words.
    #[schema(example = "Accepted")]
    pub status_label: String,
}

impl From<store::applications::LastExport> for LastExport {
    fn from(last: store::applications::LastExport) -> Self {
        let status_label = short_label(last.status, last.accepted).to_owned();
        Self { export_id: last.id, at: last.at, by: last.by, status: last.status, status_label }
    }
}

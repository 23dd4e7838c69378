//! A look at an export before it is confirmed: what would go out, who cannot, and what to know.

use std::sync::Arc;

use actix_web::{post, web};
use domain::export::CannotGoReason;
use domain::id::ApplicationId;
use domain::warning::Warning;
use serde::Serialize;
use serde_json::value::RawValue;
use store::exports::{Refused, Unexportable};
use utoipa::ToSchema;

use super::LeftOut;
use super::asked::{PreviewExport, named};
use super::refused::{pointer, refused};
use super::warned::warned;
use crate::authorized::{self, Authorized, Caller};
use crate::extract::{Json, NoParameters, Query};
use crate::problem::Problem;
use crate::redaction;
use crate::state::State;

/// People who are shown where nobody says how many.
const SAMPLE: usize = 3;

/// What an export would be, now.
#[derive(Serialize, ToSchema)]
pub struct ExportPreview {
    /// The first people, exactly as they would go out: members of `candidates` in the payload. Their
    /// `export_id` alone is made up (`00000000-0000-0000-0000-000000000000`): there is no export yet.
    #[schema(value_type = Vec<domain::payload::Candidate>)]
    pub sample: Vec<Box<RawValue>>,
    /// How many people would go.
    #[schema(example = 25)]
    pub candidate_count: u32,
    /// Bytes of the payload: exactly those that an export would have now, since ids and times have a fixed
    /// length.
    #[schema(example = 48_213)]
    pub payload_bytes: u64,
    /// People who withdrew or are restricted, by reason: whom `left_out: skip` leaves out.
    pub left_out: Vec<LeftOut>,
    /// Who cannot go, and why; the first hundred.
    pub cannot_go: Vec<CannotGo>,
    /// How many there are.
    #[schema(example = 2)]
    pub cannot_go_total: usize,
    /// Whether an export would be accepted now, as it is asked for here.
    pub can_be_created: bool,
    /// What would go out, in a digest: given to the export, it is refused once that has changed. Null where
    /// nobody would go.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub selection_digest: Option<String>,
    /// What to know before these people are sent.
    pub warnings: Vec<Warning>,
}

/// Somebody who cannot go.
#[derive(Serialize, ToSchema)]
pub struct CannotGo {
    /// JSON pointer to the application in the body; `/select` where a filter found it.
    #[schema(example = "/application_ids/4")]
    pub pointer: String,
    /// The application.
    pub application_id: ApplicationId,
    /// Name of the person; null where there is no such application in this vacancy.
    #[schema(example = "Ada Example")]
    pub full_name: Option<String>,
    /// Why.
    pub reason: CannotGoReason,
}

/// Preview an export
///
/// Shows what would go out, who cannot go and why, and what to know before; changes nothing. What one
/// export never takes (too many candidates, too many bytes, nobody) is refused as there.
#[utoipa::path(
    tag = "exports",
    request_body = PreviewExport,
    responses((status = 200, description = "What an export would be, now", body = ExportPreview))
)]
#[post("/v1/exports/preview")]
pub(crate) async fn preview_export(
    state: web::Data<State>,
    call: Authorized<authorized::Export, (Query<NoParameters>, Json<PreviewExport>)>,
) -> Result<web::Json<ExportPreview>, Problem> {
    let Authorized { caller, input: (_, Json(body)), .. } = call;
    let sample = body.sample.unwrap_or(SAMPLE);
    let (new, place) = body.asked(&state)?;
    let named = named(&new);
    let actor = Arc::clone(&caller.actor);
    let look = move |db: &mut _| store::exports::preview(db, &actor, &new, sample);
    let preview = state.db.run_apart(look).await?;
    let preview = preview.map_err(|refusal| refused(refusal, named, place))?;
    ExportPreview::new(preview, &state, &caller).map(web::Json)
}

impl ExportPreview {
    fn new(
        preview: store::exports::Preview,
        state: &State,
        caller: &Caller,
    ) -> Result<Self, Problem> {
        let sample = preview.sample.into_iter().map(raw).collect::<Result<_, _>>()?;
        Ok(Self {
            sample,
            candidate_count: preview.candidate_count,
            payload_bytes: preview.payload_bytes,
            left_out: LeftOut::list(preview.left_out),
            cannot_go: preview.cannot_go.into_iter().map(CannotGo::from).collect(),
            cannot_go_total: preview.cannot_go_total,
            can_be_created: preview.can_be_created,
            selection_digest: preview.selection_digest.map(|it| redaction::hexadecimal(&it)),
            warnings: warned(state, caller, &preview.noticed),
        })
    }
}

fn raw(json: Vec<u8>) -> Result<Box<RawValue>, Problem> {
    let text = String::from_utf8(json).map_err(Problem::internal)?;
    RawValue::from_string(text).map_err(Problem::internal)
}

impl From<Refused> for CannotGo {
    fn from(refused: Refused) -> Self {
        let reason = match refused.why {
            Unexportable::NotFound => CannotGoReason::NotFound,
            Unexportable::Duplicate => CannotGoReason::Duplicate,
            Unexportable::Withdrawn => CannotGoReason::Withdrawn,
            Unexportable::Restricted => CannotGoReason::Restricted,
        };
        let pointer = pointer(&refused);
        Self { pointer, application_id: refused.id, full_name: refused.full_name, reason }
    }
}

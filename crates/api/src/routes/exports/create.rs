//! Confirming an export: one batch, one request, never split.

use std::sync::Arc;

use actix_web::{HttpResponse, post, web};
use domain::audit::ObjectType;
use domain::warning::Warning;
use serde::Serialize;
use store::exports::CreateRefusal;
use utoipa::ToSchema;

use super::asked::{CreateExport, named};
use super::picked::Place;
use super::refused::refused;
use super::warned::warned;
use super::{Export, queued};
use crate::authorized::{self, Authorized};
use crate::extract::{IdempotencyKey, Json, NoParameters, Query};
use crate::problem::Problem;
use crate::state::State;

/// An export that was just accepted.
#[derive(Serialize, ToSchema)]
pub struct AcceptedExport {
    /// It.
    #[serde(flatten)]
    pub export: Export,
    /// What to know about it, as a preview tells it; empty when an earlier request under the same key
    /// made it.
    pub warnings: Vec<Warning>,
}

/// Create an export
///
/// Freezes the payload and queues it: one request with all candidates. Nothing is queued when
/// one application cannot go, unless such are to be left out.
#[utoipa::path(
    tag = "exports",
    request_body = CreateExport,
    responses((
        status = 202,
        description = "Queued",
        body = AcceptedExport,
        headers(("Location" = String, description = "Where the export is"))
    ))
)]
#[post("/v1/exports")]
pub(crate) async fn create_export(
    state: web::Data<State>,
    call: Authorized<authorized::Export, (Query<NoParameters>, IdempotencyKey, Json<CreateExport>)>,
) -> Result<HttpResponse, Problem> {
    let Authorized { caller, input: (_, key, Json(body)), .. } = call;
    let idempotency_key = key.scoped(&caller, "create_export", &body)?;
    let (mut new, place) = body.asked(&state)?;
    new.idempotency_key = idempotency_key;
    let named = named(&new);
    let (actor, others) = (Arc::clone(&caller.actor), Arc::clone(&state.together));
    let create = move |db: &mut _| store::exports::create_together(db, &actor, &new, &others);
    let created = state.db.run_apart(create).await?;
    let (accepted, noticed) = created.map_err(|refusal| refused(refusal, named, place))?;
    let warnings = noticed.map(|noticed| warned(&state, &caller, &noticed)).unwrap_or_default();
    let (mut response, export) = queued(&state, &caller, accepted).await;
    Ok(response.json(AcceptedExport { export, warnings }))
}

/// Why a test was not queued: its webhook is in the path, so that an unknown one is a 404.
pub(crate) fn test_refused(refusal: CreateRefusal) -> Problem {
    match refusal {
        CreateRefusal::Unknown { .. } => Problem::not_found(),
        refusal => {
            let nothing = [ObjectType::Vacancy.into(), ObjectType::Webhook.into()];
            refused(refusal, nothing, Place::Ids)
        }
    }
}

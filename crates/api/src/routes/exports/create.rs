//! Confirming an export: one batch, one request, never split.

use std::sync::Arc;

use actix_web::{HttpResponse, post, web};
use domain::audit::ObjectType;
use domain::export::DisabledReason;
use domain::id::{ApplicationId, VacancyId, WebhookId};
use serde::{Deserialize, Serialize};
use store::audit::Object;
use store::exports::{CreateRefusal, NewExport, Refused, Unexportable};
use utoipa::ToSchema;
use validator::Validate;

use super::{Export, accepted};
use crate::authorized::{self, Authorized, organisation_unknown};
use crate::extract::{IdempotencyKey, Json, NoParameters, Query};
use crate::problem::{Extras, FieldError, Kind, Problem};
use crate::state::State;

/// What an export is made of.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "vacancy_id": crate::openapi::examples::VACANCY,
    "webhook_id": crate::openapi::examples::WEBHOOK,
    "application_ids": [crate::openapi::examples::APPLICATION]
}))]
pub struct CreateExport {
    /// The vacancy that all of them applied for.
    vacancy_id: VacancyId,
    /// Where to.
    webhook_id: WebhookId,
    /// Whom, in the order of the payload; each once.
    #[schema(min_items = 1)]
    application_ids: Vec<ApplicationId>,
}

/// Create an export
///
/// Freezes the payload and queues it: one request with all candidates. Nothing is queued when
/// one application cannot go.
#[utoipa::path(
    tag = "exports",
    request_body = CreateExport,
    params((
        "Idempotency-Key" = Option<String>, Header,
        description = "Makes a repetition safe for 24 h",
        min_length = 1, max_length = 255, pattern = "^[!-~]+$"
    )),
    responses((
        status = 202,
        description = "Queued",
        body = Export,
        headers(
            ("Location" = String, description = "Where the export is"),
            ("Idempotency-Replayed" = String, description = "true when an earlier request under this key made it")
        )
    ))
)]
#[post("/v1/exports")]
pub(crate) async fn create_export(
    state: web::Data<State>,
    call: Authorized<authorized::Export, (Query<NoParameters>, IdempotencyKey, Json<CreateExport>)>,
) -> Result<HttpResponse, Problem> {
    let Authorized { caller, input: (_, key, Json(body)), .. } = call;
    let new = NewExport {
        idempotency_key: key.scoped(&caller, "create_export", &body)?,
        vacancy_id: body.vacancy_id,
        webhook_id: body.webhook_id,
        application_ids: body.application_ids,
        limits: state.export_limits(),
    };
    let named = [Object::from(new.vacancy_id), Object::from(new.webhook_id)];
    let actor = Arc::clone(&caller.actor);
    let created = state.db.run_apart(move |db| store::exports::create(db, &actor, &new)).await?;
    Ok(accepted(&state, &caller, created.map_err(|refusal| refused(refusal, named))?))
}

/// Why a test was not queued: its webhook is in the path, so that an unknown one is a 404.
pub(crate) fn test_refused(refusal: CreateRefusal) -> Problem {
    match refusal {
        CreateRefusal::Unknown { .. } => Problem::not_found(),
        refusal => refused(refusal, [ObjectType::Vacancy.into(), ObjectType::Webhook.into()]),
    }
}

/// `named` are the vacancy and the webhook that were asked for.
fn refused(refusal: CreateRefusal, named: [Object; 2]) -> Problem {
    match refusal {
        CreateRefusal::OrganisationUnknown => organisation_unknown(),
        CreateRefusal::Unknown { vacancy, webhook } => unknown([vacancy, webhook], named),
        CreateRefusal::NoCandidates => {
            Problem::invalid_value("/application_ids", "at least one application")
        }
        CreateRefusal::TooManyCandidates { limit, actual } => {
            let detail = format!(
                "An export takes {limit} candidates at most, and these are {actual}: select fewer."
            );
            over(Kind::TooManyCandidates, detail, limit, actual)
        }
        CreateRefusal::PayloadTooLarge { limit, actual } => {
            let detail = format!(
                "An export takes {limit} bytes at most, and these are {actual} at \
                 least: select fewer candidates."
            );
            over(Kind::ExportTooLarge, detail, limit, actual)
        }
        CreateRefusal::Applications { refused, total } => unexportable(refused, total),
        CreateRefusal::Disabled { reason, .. } => disabled(reason),
        CreateRefusal::KeyReused => key_reused(),
        CreateRefusal::TooManyTests { limit, retry_after_s } => {
            let detail = format!("This webhook was tested {limit} times within an hour.");
            Problem::new(Kind::TooManyRequests, detail).with_retry_after(retry_after_s.into())
        }
    }
}

fn unknown(unknown: [bool; 2], named: [Object; 2]) -> Problem {
    let places = ["/vacancy_id", "/webhook_id"].into_iter().zip(named).zip(unknown);
    let unknown = places.filter(|(_, unknown)| *unknown).map(|(place, _)| place);
    let (errors, objects) =
        unknown.map(|(pointer, object)| (FieldError::new(pointer, "not found"), object)).unzip();
    Problem::invalid(errors).with_not_found(objects)
}

fn over(kind: Kind, detail: String, limit: usize, actual: usize) -> Problem {
    let number = |count: usize| u64::try_from(count).ok();
    let extras = Extras { limit: number(limit), actual: number(actual), ..Extras::default() };
    let errors = vec![FieldError::new("/application_ids", detail.clone())];
    Problem::new(kind, detail).with_errors(errors).with_extras(extras)
}

fn unexportable(refused: Vec<Refused>, total: usize) -> Problem {
    let named = |refused: Refused| {
        let why = match refused.why {
            Unexportable::NotFound => "not found in this vacancy",
            Unexportable::Duplicate => "named twice",
            Unexportable::Withdrawn => "withdrawn: cannot be exported",
            Unexportable::Restricted => "processing of this person is restricted",
        };
        let pointer = format!("/application_ids/{}", refused.index);
        FieldError::new(pointer, format!("{}: {why}", refused.id))
    };
    let detail = "Nothing was queued: some applications cannot be exported; see errors.";
    let not_found = refused.iter().filter(|refused| refused.why == Unexportable::NotFound);
    let not_found = not_found.map(|refused| refused.id.into()).collect();
    Problem::new(Kind::ApplicationsNotExportable, detail)
        .with_not_found(not_found)
        .with_errors(refused.into_iter().map(named).collect())
        .with_errors_total(total)
}

/// The webhook is disabled.
pub(crate) fn disabled(reason: DisabledReason) -> Problem {
    let why = match reason {
        DisabledReason::Gone => "its receiver said that the address is closed for good",
        DisabledReason::Failing => "it failed for days without a break",
    };
    let detail = format!(
        "This webhook is disabled: {why}. An organisation admin can test it as it is, and enable it \
         for exports once the test is accepted."
    );
    Problem::new(Kind::WebhookDisabled, detail)
}

/// The key stands for another request.
pub(crate) fn key_reused() -> Problem {
    let detail = "This Idempotency-Key was used for another request; use a fresh one.";
    Problem::new(Kind::IdempotencyKeyReused, detail)
}

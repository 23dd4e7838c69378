//! Deleting, testing and enabling a webhook, and changing its secret.

use std::sync::Arc;

use actix_web::{HttpResponse, delete, post, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::export::EndState;
use domain::id::WebhookId;
use domain::sealing::{Context, Field};
use domain::signature::SigningSecret;
use serde::{Deserialize, Serialize};
use store::Conn;
use store::webhooks::{DeleteRefusal, EnableRefusal, InProgress, RotateRefusal};
use utoipa::ToSchema;
use validator::Validate;

use super::{UrlShown, Webhook};
use crate::authorized::{Authorized, ManageWebhooks};
use crate::extract::{IdempotencyKey, NoBody, NoParameters, PathId, Query};
use crate::observe;
use crate::problem::{BlockingExport, Extras, Kind, Problem};
use crate::routes::exports::accepted;
use crate::routes::exports::create::test_refused;
use crate::state::State;

/// Parameters of a deletion.
#[derive(Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeleteWebhookQuery {
    /// Cancel what is not on the wire, let finish what is.
    #[serde(default)]
    #[param(default = false)]
    cancel_pending: bool,
}

/// A rotation.
#[derive(Serialize, ToSchema)]
pub struct RotatedSecret {
    /// The new signing secret: keep it, it is shown only now.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")]
    pub secret: String,
    /// Until when the secret before it signs along.
    pub old_signs_until: DateTime<Utc>,
}

/// Delete a webhook
///
/// Gone at once for lists and exports; its exports and attempts stay readable.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = WebhookId, Path, description = "Id of the webhook"), DeleteWebhookQuery),
    responses((status = 204, description = "Deleted"))
)]
#[delete("/v1/webhooks/{id}")]
pub(crate) async fn delete_webhook(
    state: web::Data<State>,
    call: Authorized<ManageWebhooks, (PathId<WebhookId>, Query<DeleteWebhookQuery>)>,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), Query(query)) = call.input;
    let cancel = query.cancel_pending;
    let delete =
        move |conn: &mut Conn, actor: &Actor| store::webhooks::delete(conn, actor, id, cancel);
    let deleted = call.caller.run(&state, delete).await?.map_err(not_deleted)?;
    // Workers count the rest, when they write it.
    observe::ended(EndState::Cancelled, deleted.written);
    state.ended();
    Ok(HttpResponse::NoContent().finish())
}

/// Test a webhook
///
/// Queues an export of two made-up candidates with `"test": true`: same queue, same worker,
/// same log. Ten an hour. A disabled webhook is tried with a single request, and stays disabled.
#[utoipa::path(
    tag = "webhooks",
    params(
        ("id" = WebhookId, Path, description = "Id of the webhook"),
        (
        "Idempotency-Key" = Option<String>, Header,
        description = "Makes a repetition safe for 24 h",
        min_length = 1, max_length = 255, pattern = "^[!-~]+$"
    ),
        (
        "Prefer" = Option<String>, Header,
        description = "`wait=10` (RFC 7240): the answer comes with the outcome, or after so many seconds, 30 at most; unknown preferences are ignored"
    )
    ),
    responses((
        status = 202,
        description = "Queued",
        body = crate::routes::exports::Export,
        headers(
            ("Location" = String, description = "Where the export is"),
            ("Preference-Applied" = String, description = "`wait=N`, as it was applied")
        )
    ))
)]
#[post("/v1/webhooks/{id}/test")]
pub(crate) async fn test_webhook(
    state: web::Data<State>,
    call: Authorized<
        ManageWebhooks,
        (PathId<WebhookId>, Query<NoParameters>, IdempotencyKey, NoBody),
    >,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), _, key, _) = call.input;
    let key = key.scoped(&call.caller, "test_webhook", &id)?;
    let actor = Arc::clone(&call.caller.actor);
    let test =
        state.db.run_apart(move |db| store::exports::create_test(db, &actor, id, key.as_ref()));
    Ok(accepted(&state, &call.caller, test.await?.map_err(test_refused)?).await)
}

/// Change the signing secret
///
/// Makes a new secret. Each earlier one signs along for 24 hours after it was replaced, the newest
/// first in `webhook-signature`, so that the receiver may change over in that time; five at most.
/// It takes no `Idempotency-Key` and needs none: it is repeated safely. Where the answer was lost, call
/// it again for a secret that is known: the one that the receiver knows keeps its time.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = WebhookId, Path, description = "Id of the webhook")),
    responses((status = 200, description = "Changed", body = RotatedSecret))
)]
#[post("/v1/webhooks/{id}/rotate-secret")]
pub(crate) async fn rotate_webhook_secret(
    state: web::Data<State>,
    call: Authorized<ManageWebhooks, (PathId<WebhookId>, Query<NoParameters>, NoBody)>,
) -> Result<web::Json<RotatedSecret>, Problem> {
    let organisation = call.caller.organisation()?;
    let (PathId(id), ..) = call.input;
    let secret = SigningSecret::from_random(rand::random()).reveal();
    let context = Context { organisation, webhook: id, field: Field::Secret };
    let sealed = state.keys.seal(context, rand::random(), &secret);
    let rotate = move |conn: &mut Conn, actor: &Actor| {
        store::webhooks::rotate_secret(conn, actor, id, &sealed)
    };
    let old_signs_until = call.caller.run(&state, rotate).await?.map_err(not_rotated)?;
    Ok(web::Json(RotatedSecret { secret, old_signs_until }))
}

/// End the overlap of signing secrets
///
/// Earlier secrets stop signing at once; the current one stays as it is. Where none signs along,
/// nothing happens.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = WebhookId, Path, description = "Id of the webhook")),
    responses((status = 200, description = "Only the current secret signs", body = Webhook))
)]
#[post("/v1/webhooks/{id}/end-rotation")]
pub(crate) async fn end_webhook_rotation(
    state: web::Data<State>,
    call: Authorized<ManageWebhooks, (PathId<WebhookId>, Query<NoParameters>, NoBody)>,
) -> Result<web::Json<Webhook>, Problem> {
    let (PathId(id), ..) = call.input;
    let end = move |conn: &mut Conn, actor: &Actor| {
        if !store::webhooks::end_rotation(conn, actor, id)? {
            return Ok(None);
        }
        store::webhooks::get(conn, actor, id)
    };
    let row = call.caller.run(&state, end).await?.ok_or_else(Problem::not_found)?;
    let webhook = Webhook::new(row, call.caller.role, &state.keys, UrlShown::Whole)?;
    Ok(web::Json(webhook))
}

/// Enable a webhook
///
/// After delivery to it was switched off by itself. Nothing happens to one that is enabled.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = WebhookId, Path, description = "Id of the webhook")),
    responses((status = 200, description = "Enabled", body = Webhook))
)]
#[post("/v1/webhooks/{id}/enable")]
pub(crate) async fn enable_webhook(
    state: web::Data<State>,
    call: Authorized<ManageWebhooks, (PathId<WebhookId>, Query<NoParameters>, NoBody)>,
) -> Result<web::Json<Webhook>, Problem> {
    let (PathId(id), ..) = call.input;
    let enable =
        move |conn: &mut Conn, actor: &Actor| match store::webhooks::enable(conn, actor, id)? {
            Ok(()) | Err(EnableRefusal::NotDisabled) => store::webhooks::get(conn, actor, id),
            Err(EnableRefusal::Unknown) => Ok(None),
        };
    let row = call.caller.run(&state, enable).await?.ok_or_else(Problem::not_found)?;
    let webhook = Webhook::new(row, call.caller.role, &state.keys, UrlShown::Whole)?;
    Ok(web::Json(webhook))
}

fn not_deleted(refusal: DeleteRefusal) -> Problem {
    let (exports, total) = match refusal {
        DeleteRefusal::Unknown => return Problem::not_found(),
        DeleteRefusal::InProgress { exports, total } => (exports, total),
    };
    let blocking = |export: InProgress| BlockingExport {
        id: export.export_id,
        status: export.status,
        next_attempt_at: export.next_attempt_at,
    };
    let some = if total == 1 { "1 export".to_owned() } else { format!("{total} exports") };
    let detail = format!(
        "Still in progress to this webhook: {some}. Wait for the end, or delete it with \
         ?cancel_pending=true."
    );
    Problem::new(Kind::ExportsInProgress, detail).with_extras(Extras {
        exports: Some(exports.into_iter().map(blocking).collect()),
        actual: Some(total),
        ..Extras::default()
    })
}

fn not_rotated(refusal: RotateRefusal) -> Problem {
    let (limit, until) = match refusal {
        RotateRefusal::Unknown => return Problem::not_found(),
        RotateRefusal::TooMany { limit, until } => (limit, until),
    };
    let detail = format!(
        "{limit} earlier secrets sign along already. End that with POST \
         /v1/webhooks/{{id}}/end-rotation once the receiver has the current one, or wait until the \
         oldest stops at {}.",
        until.format("%H:%M UTC, %-d %b")
    );
    let extras = Extras { limit: u64::try_from(limit).ok(), ..Extras::default() };
    Problem::new(Kind::RotationInProgress, detail).with_extras(extras)
}

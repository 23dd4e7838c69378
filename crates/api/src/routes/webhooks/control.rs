//! Deleting, testing and enabling a webhook, and changing its secret.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, post, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::export::EndState;
use domain::id::WebhookId;
use domain::sealing::{Context, Field};
use domain::signature::SigningSecret;
use serde::{Deserialize, Serialize};
use store::idempotency_keys::{IdempotencyKey as StoredKey, Once, once_called};
use store::webhooks::{DeleteRefusal, EnableRefusal, InProgress, RotateRefusal};
use store::{Conn, StoreError};
use utoipa::ToSchema;
use validator::Validate;

use super::{UrlShown, Webhook};
use crate::authorized::{Authorized, Caller, ManageWebhooks};
use crate::extract::{IdempotencyKey, NoBody, NoParameters, PathId, Query};
use crate::observe;
use crate::problem::{BlockingExport, Extras, Kind, Problem};
use crate::replay;
use crate::routes::exports::accepted;
use crate::routes::exports::create::test_refused;
use crate::state::State;

/// A change of the webhook in the path that takes no more than that.
type OnAWebhook =
    Authorized<ManageWebhooks, (PathId<WebhookId>, Query<NoParameters>, IdempotencyKey, NoBody)>;

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
    /// The new signing secret: keep it, it is shown only now. Null when an earlier request under the
    /// same `Idempotency-Key` made it.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")]
    pub secret: Option<String>,
    /// Until when the secret before it signs along; null when that was ended since.
    pub old_signs_until: Option<DateTime<Utc>>,
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
    call: Authorized<
        ManageWebhooks,
        (PathId<WebhookId>, Query<DeleteWebhookQuery>, IdempotencyKey, NoBody),
    >,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), Query(query), key, _) = call.input;
    let cancel = query.cancel_pending;
    let key = key.scoped(&call.caller, "delete_webhook", &(id, cancel))?;
    let delete = move |conn: &mut Conn, actor: &Actor| {
        once_called(conn, actor, key.as_ref(), |conn| {
            let deleted = store::webhooks::delete(conn, actor, id, cancel)?;
            Ok(deleted.map(|deleted| (deleted, id.into())))
        })
    };
    let once = call.caller.run(&state, delete).await?.map_err(not_deleted)?;
    if let Once::Done(deleted) = &once {
        // Workers count the rest, when they write it.
        observe::ended(EndState::Cancelled, deleted.written);
        state.ended();
    }
    Ok(replay::answer(StatusCode::NO_CONTENT, replay::is_replay(&once)?).finish())
}

/// Test a webhook
///
/// Queues an export of two made-up candidates with `"test": true`: same queue, same worker,
/// same log. Ten an hour. A disabled webhook is tried with a single request, and stays disabled.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = WebhookId, Path, description = "Id of the webhook")),
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
    call: OnAWebhook,
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
/// It is repeated safely: where the answer was lost, call it again without the `Idempotency-Key`, or
/// with a new one, for a secret that is known; the one that the receiver knows keeps its time. Under the
/// same key nothing is changed again, and `secret` is null: it is kept nowhere in the clear.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = WebhookId, Path, description = "Id of the webhook")),
    responses((status = 200, description = "Changed", body = RotatedSecret))
)]
#[post("/v1/webhooks/{id}/rotate-secret")]
pub(crate) async fn rotate_webhook_secret(
    state: web::Data<State>,
    call: OnAWebhook,
) -> Result<HttpResponse, Problem> {
    let organisation = call.caller.organisation()?;
    let (PathId(id), _, key, _) = call.input;
    let key = key.scoped(&call.caller, "rotate_webhook_secret", &id)?;
    let secret = SigningSecret::from_random(rand::random()).reveal();
    let context = Context { organisation, webhook: id, field: Field::Secret };
    let sealed = state.keys.seal(context, rand::random(), &secret);
    let rotate = move |conn: &mut Conn, actor: &Actor| {
        let once = once_called(conn, actor, key.as_ref(), |conn| {
            let rotated = store::webhooks::rotate_secret(conn, actor, id, &sealed)?;
            Ok(rotated.map(|until| (until, id.into())))
        })?;
        let Ok(Once::Replayed { .. }) = once else { return Ok(once.map(|once| (once, None))) };
        let row = store::webhooks::get(conn, actor, id)?;
        Ok(once.map(|once| (once, row)))
    };
    let (once, row) = call.caller.run(&state, rotate).await?.map_err(not_rotated)?;
    let replayed = replay::is_replay(&once)?;
    let rotated = match once {
        Once::Done(until) => RotatedSecret { secret: Some(secret), old_signs_until: Some(until) },
        _ => RotatedSecret {
            secret: None,
            old_signs_until: row.ok_or_else(replay::gone)?.rotation_ends_at,
        },
    };
    Ok(replay::answer(StatusCode::OK, replayed).json(rotated))
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
    call: OnAWebhook,
) -> Result<HttpResponse, Problem> {
    let end = |conn: &mut Conn, actor: &Actor, id| store::webhooks::end_rotation(conn, actor, id);
    change(&state, call, "end_webhook_rotation", end).await
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
    call: OnAWebhook,
) -> Result<HttpResponse, Problem> {
    let enable = |conn: &mut Conn, actor: &Actor, id| {
        let enabled = store::webhooks::enable(conn, actor, id)?;
        Ok(!matches!(enabled, Err(EnableRefusal::Unknown)))
    };
    change(&state, call, "enable_webhook", enable).await
}

/// Changes a webhook once under the key of the request, and answers it as it stands then. `work` says
/// whether there is such a webhook.
async fn change(
    state: &State,
    call: OnAWebhook,
    operation: &str,
    work: impl Fn(&mut Conn, &Actor, WebhookId) -> Result<bool, StoreError> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), _, key, _) = call.input;
    let key = key.scoped(&call.caller, operation, &id)?;
    let work = move |conn: &mut Conn, actor: &Actor| work(conn, actor, id);
    changed(state, &call.caller, (id, key), work).await
}

/// The same for a change that takes more than the webhook.
pub(super) async fn changed(
    state: &State,
    caller: &Caller,
    (id, key): (WebhookId, Option<StoredKey>),
    work: impl Fn(&mut Conn, &Actor) -> Result<bool, StoreError> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let change = move |conn: &mut Conn, actor: &Actor| {
        let once = once_called(conn, actor, key.as_ref(), |conn| {
            Ok(if work(conn, actor)? { Ok(((), id.into())) } else { Err(()) })
        })?;
        let Ok(once) = once else { return Ok(None) };
        Ok(Some((once, store::webhooks::get(conn, actor, id)?)))
    };
    let (once, row) = caller.run(state, change).await?.ok_or_else(Problem::not_found)?;
    let replayed = replay::is_replay(&once)?;
    let row = row.ok_or_else(Problem::not_found)?;
    let webhook = Webhook::new(row, caller.role, &state.keys, UrlShown::Whole)?;
    Ok(replay::answer(StatusCode::OK, replayed).json(webhook))
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

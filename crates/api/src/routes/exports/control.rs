//! Cancelling an export, and sending it again to the same webhook.

use actix_web::{HttpResponse, post, web};
use domain::actor::Actor;
use domain::export::EndState;
use domain::id::ExportId;
use store::Conn;
use store::exports::{CancelRefusal, Cancelled, ResendRefusal};

use super::create::{disabled, key_reused};
use super::{Export, accepted};
use crate::authorized::{self, Authorized};
use crate::extract::{IdempotencyKey, NoBody, NoParameters, PathId, Query};
use crate::observe;
use crate::problem::{Kind, Problem};
use crate::state::State;

/// Cancel an export
///
/// 200 when it ended; 202 when an attempt is on the wire, which finishes first.
#[utoipa::path(
    tag = "exports",
    params(("id" = ExportId, Path, description = "Id of the export")),
    responses(
        (status = 200, description = "Cancelled", body = Export),
        (status = 202, description = "Ends with the attempt that is on the wire", body = Export)
    )
)]
#[post("/v1/exports/{id}/cancel")]
pub(crate) async fn cancel_export(
    state: web::Data<State>,
    call: Authorized<authorized::Export, (PathId<ExportId>, Query<NoParameters>, NoBody)>,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), ..) = call.input;
    let cancel = move |conn: &mut Conn, actor: &Actor| store::exports::cancel(conn, actor, id);
    let (cancelled, export) = call.caller.run(&state, cancel).await?.map_err(not_cancelled)?;
    let mut response = match cancelled {
        Cancelled::Ended => {
            observe::ended(EndState::Cancelled, 1);
            state.ended();
            HttpResponse::Ok()
        }
        Cancelled::OnTheWire => HttpResponse::Accepted(),
    };
    Ok(response.json(Export::new(export, call.caller.role, &state.contacts)))
}

/// Resend an export
///
/// From an end state, to the same webhook: same id, same bytes; attempt numbers go on. Where somebody
/// in it was restricted or withdrew since, a derived export with the others goes out instead:
/// `resent_from` names this one, `left_out` says how many.
#[utoipa::path(
    tag = "exports",
    params(
        ("id" = ExportId, Path, description = "Id of the export"),
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
        description = "Queued again",
        body = Export,
        headers(
            ("Location" = String, description = "Where the export is"),
            ("Preference-Applied" = String, description = "`wait=N`, as it was applied"),
            ("Idempotency-Replayed" = String, description = "true when an earlier request under this key did it")
        )
    ))
)]
#[post("/v1/exports/{id}/resend")]
pub(crate) async fn resend_export(
    state: web::Data<State>,
    call: Authorized<
        authorized::Export,
        (PathId<ExportId>, Query<NoParameters>, IdempotencyKey, NoBody),
    >,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), _, key, _) = call.input;
    let key = key.scoped(&call.caller, "resend_export", &id)?;
    let resend =
        move |conn: &mut Conn, actor: &Actor| store::exports::resend(conn, actor, id, key.as_ref());
    let export = call.caller.run(&state, resend).await?.map_err(not_resent)?;
    Ok(accepted(&state, &call.caller, export).await)
}

fn not_cancelled(refusal: CancelRefusal) -> Problem {
    match refusal {
        CancelRefusal::Unknown => Problem::not_found(),
        CancelRefusal::AlreadyEnded(status) => {
            Problem::new(Kind::ExportFinished, format!("This export has ended: {status}."))
        }
    }
}

fn not_resent(refusal: ResendRefusal) -> Problem {
    match refusal {
        ResendRefusal::Unknown => Problem::not_found(),
        ResendRefusal::InProgress => {
            Problem::new(Kind::ExportInProgress, "This export is in progress: wait for its end.")
        }
        ResendRefusal::PayloadGone => Problem::new(
            Kind::PayloadNotKept,
            "The payload was deleted at the end of its retention: export the candidates again.",
        ),
        ResendRefusal::WebhookDeleted => Problem::new(
            Kind::WebhookDeleted,
            "The webhook was deleted: export the candidates to another one.",
        ),
        ResendRefusal::WebhookDisabled { reason, .. } => disabled(reason),
        ResendRefusal::NobodyLeft => Problem::new(
            Kind::NobodyLeft,
            "Nobody in this export may be sent any more: they were restricted or withdrew.",
        ),
        ResendRefusal::KeyReused => key_reused(),
    }
}

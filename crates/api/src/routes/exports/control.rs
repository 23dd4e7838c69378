//! Cancelling an export, and forgetting what it carried.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, post, web};
use domain::actor::Actor;
use domain::export::EndState;
use domain::id::ExportId;
use store::Conn;
use store::exports::{CancelRefusal, Cancelled, ForgetRefusal};
use store::idempotency_keys::{Once, once_called};

use super::Export;
use crate::authorized::{self, Authorized};
use crate::extract::{IdempotencyKey, NoBody, NoParameters, PathId, Query};
use crate::observe;
use crate::problem::{Kind, Problem};
use crate::replay;
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
    call: Authorized<
        authorized::Export,
        (PathId<ExportId>, Query<NoParameters>, IdempotencyKey, NoBody),
    >,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), _, key, _) = call.input;
    let key = key.scoped(&call.caller, "cancel_export", &id)?;
    let cancel = move |conn: &mut Conn, actor: &Actor| {
        let once = once_called(conn, actor, key.as_ref(), |conn| {
            let cancelled = store::exports::cancel(conn, actor, id)?;
            Ok(cancelled.map(|cancelled| (cancelled, id.into())))
        })?;
        let Ok(Once::Replayed { .. }) = once else { return Ok(once.map(|once| (once, None))) };
        let earlier = store::exports::get(conn, actor, id)?;
        Ok(once.map(|once| (once, earlier)))
    };
    let (once, earlier) = call.caller.run(&state, cancel).await?.map_err(not_cancelled)?;
    let replayed = replay::is_replay(&once)?;
    let export = match once {
        Once::Done((cancelled, export)) => {
            observe::ended(EndState::Cancelled, u64::from(cancelled == Cancelled::Ended));
            state.ended();
            export
        }
        _ => earlier.ok_or_else(Problem::not_found)?,
    };
    let on_the_wire = export.status.in_progress();
    let status = if on_the_wire { StatusCode::ACCEPTED } else { StatusCode::OK };
    let export = Export::new(export, call.caller.role, &state.contacts);
    Ok(replay::answer(status, replayed).json(export))
}

/// Forget the payload of an export
///
/// Before its time: nobody reads the frozen bytes or resends them any more, and what receivers answered
/// is forgotten with them. Digest, size and log stay. Of an export that has ended; again: 204, too.
#[utoipa::path(
    tag = "exports",
    params(("id" = ExportId, Path, description = "Id of the export")),
    responses((status = 204, description = "Forgotten"))
)]
#[delete("/v1/exports/{id}/payload")]
pub(crate) async fn forget_export_payload(
    state: web::Data<State>,
    call: Authorized<
        authorized::Export,
        (PathId<ExportId>, Query<NoParameters>, IdempotencyKey, NoBody),
    >,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), _, key, _) = call.input;
    let key = key.scoped(&call.caller, "forget_export_payload", &id)?;
    let forget = move |conn: &mut Conn, actor: &Actor| {
        once_called(conn, actor, key.as_ref(), |conn| {
            let forgotten = store::exports::forget_payload(conn, actor, id)?;
            Ok(forgotten.map(|forgotten| (forgotten, id.into())))
        })
    };
    let once = call.caller.run(&state, forget).await?.map_err(not_forgotten)?;
    Ok(replay::answer(StatusCode::NO_CONTENT, replay::is_replay(&once)?).finish())
}

fn not_cancelled(refusal: CancelRefusal) -> Problem {
    match refusal {
        CancelRefusal::Unknown => Problem::not_found(),
        CancelRefusal::AlreadyEnded(status) => {
            Problem::new(Kind::ExportFinished, format!("This export has ended: {status}."))
        }
    }
}

fn not_forgotten(refusal: ForgetRefusal) -> Problem {
    match refusal {
        ForgetRefusal::Unknown => Problem::not_found(),
        ForgetRefusal::InProgress => Problem::new(
            Kind::ExportInProgress,
            "This export is in progress and still needs its data: wait for its end, or cancel it.",
        ),
    }
}

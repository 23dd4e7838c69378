//! Cancelling an export, and forgetting what it carried.

use actix_web::{HttpResponse, delete, post, web};
use domain::actor::Actor;
use domain::export::EndState;
use domain::id::ExportId;
use store::Conn;
use store::exports::{CancelRefusal, Cancelled, ForgetRefusal};

use super::Export;
use crate::authorized::{self, Authorized};
use crate::extract::{NoBody, NoParameters, PathId, Query};
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
            HttpResponse::Ok()
        }
        Cancelled::OnTheWire => HttpResponse::Accepted(),
    };
    Ok(response.json(Export::new(export, call.caller.role, &state.contacts)))
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
    call: Authorized<authorized::Export, (PathId<ExportId>, Query<NoParameters>, NoBody)>,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), ..) = call.input;
    let forget =
        move |conn: &mut Conn, actor: &Actor| store::exports::forget_payload(conn, actor, id);
    call.caller.run(&state, forget).await?.map_err(not_forgotten)?;
    Ok(HttpResponse::NoContent().finish())
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

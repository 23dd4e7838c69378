//! Live status: events of one export until its end, or of all that the caller may see.

use actix_web::{HttpRequest, HttpResponse, get, web};
use domain::actor::Actor;
use domain::id::ExportId;
use store::Conn;
use store::queue::Standing;

use crate::authorized::{Authorized, SeeExports};
use crate::extract::{NoParameters, PathId, Query};
use crate::problem::Problem;
use crate::state::State;
use crate::stream::{Since, Stream};
use crate::watcher::{Event, Subject};

/// Follow an export
///
/// Server-sent events: `event: status` with an `ExportEvent` as its data, first as it stands now, then with
/// each change; `event: end` (`EndEvent`) when it has ended, and the stream closes. A comment comes every
/// 15 seconds, when the caller is checked again. Read it with `fetch` and the bearer token in the header;
/// ten streams a member. Where a stream breaks off, open it again: it begins with the present state.
#[utoipa::path(
    tag = "exports",
    params(("id" = ExportId, Path, description = "Id of the export")),
    responses((
        status = 200,
        description = "Events until the end of the export",
        content_type = "text/event-stream",
        body = String,
        example = "event: status\ndata: {\"export_id\":\"019aafc6-7d10-7cc1-9e5b-6f0c5b3f2a11\",\"organisation_id\":\"019aafc6-7d10-7cc1-9e5b-6f0c5b3f2a10\",\"status\":\"delivered\",\"attempt_count\":1}\n\nevent: end\ndata: {\"reason\":\"finished\"}\n\n"
    ))
)]
#[get("/v1/exports/{id}/events")]
pub(crate) async fn follow_export(
    state: web::Data<State>,
    request: HttpRequest,
    call: Authorized<SeeExports, (PathId<ExportId>, Query<NoParameters>)>,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), _) = call.input;
    let place = state.watcher.place(&call.caller.actor)?;
    // Before it is read: what happens meanwhile is heard.
    let listener = state.watcher.listen(Subject::Export(id));
    let get = move |conn: &mut Conn, actor: &Actor| store::exports::get(conn, actor, id);
    let export = call.caller.run(&state, get).await?.ok_or_else(Problem::not_found)?;
    let standing = Standing {
        organisation_id: export.organisation_id,
        export_id: id,
        requested_by_id: export.requested_by.id,
        status: export.status,
        attempt_count: export.attempt_count,
    };
    let now = Event::new(&standing, chrono::Utc::now().timestamp_micros());
    Ok(Stream::new(state, request, call.caller, listener, place).of_one(&now))
}

/// Follow exports
///
/// Server-sent events of all exports that the caller may see, without an end: `event: begin`
/// (`BeginEvent`) first, then `event: status` (`ExportEvent`) with each change. With `Last-Event-ID`, what
/// happened since is told again, of the last five minutes and 1,000 exports at most; `missed` says that there
/// was more: read the list then. An event may come twice: it says how things stand. A member in person also
/// gets `event: notification` (`NotificationEvent`) when they are told something: these are not told again,
/// so read the list of notifications after `begin`. `event: end`
/// (`EndEvent`) says why the stream closes; a comment comes every 15 seconds, when the caller is checked
/// again, with the `id` to go on from. Read it with `fetch` and the bearer token in the header; ten streams a member.
#[utoipa::path(
    tag = "exports",
    params((
        "Last-Event-ID" = Option<String>, Header,
        description = "The `id` of the last event of a stream that broke off"
    )),
    responses((
        status = 200,
        description = "Events",
        content_type = "text/event-stream",
        body = String,
        example = "id: 1764151200000000\nevent: begin\ndata: {\"missed\":false}\n\n"
    ))
)]
#[get("/v1/exports/events")]
pub(crate) async fn follow_exports(
    state: web::Data<State>,
    request: HttpRequest,
    call: Authorized<SeeExports, Query<NoParameters>>,
) -> Result<HttpResponse, Problem> {
    let place = state.watcher.place(&call.caller.actor)?;
    let listener = state.watcher.listen(Subject::all_of(&call.caller.actor));
    let since = Since::of(&request);
    Stream::new(state, request, call.caller, listener, place).of_all(since).await
}

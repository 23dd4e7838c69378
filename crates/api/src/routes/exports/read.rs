//! Looking at exports: the list, one of them, its attempts and its frozen bytes.

pub(crate) mod download;

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::export::ExportStatus;
use domain::id::{ExportId, OrganisationId, VacancyId, WebhookId};
use domain::role::Role;
use serde::{Deserialize, Serialize};
use store::Conn;
use store::exports::ExportFilter;
use validator::Validate;

use super::Export;
use crate::authorized::{Authorized, SeeExports, SeePayload};
use crate::extract::{NoParameters, PathId, Query, instant, several};
use crate::page::{DEFAULT_LIMIT, LARGEST_LIMIT, List, Listing, filter};
use crate::problem::{Kind, Problem};
use crate::routes::attempts::Attempt;
use crate::state::State;

/// Parameters of the list.
#[derive(Deserialize, Serialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportsQuery {
    /// Only those that stand at one of these, separated by commas; in whatever case.
    #[serde(default, deserialize_with = "several::words")]
    #[param(style = Form, explode = false, min_items = 1)]
    status: Vec<ExportStatus>,
    /// Only those to this webhook, live or deleted.
    webhook_id: Option<WebhookId>,
    /// Only those of this vacancy; not for support.
    vacancy_id: Option<VacancyId>,
    /// Only those that this member or API key asked for: an id, or an e-mail address. Where nobody
    /// of it has asked for an export: 422.
    requested_by: Option<String>,
    /// Only those to this host (`hooks.example.com`), in whatever spelling; a URL of the host will do. One that no
    /// webhook has or had: 422.
    #[serde(default, deserialize_with = "filter::host")]
    #[param(min_length = 1)]
    host: Option<String>,
    /// Only what this names: an id of an export (the `webhook-id` that a receiver quotes), of an attempt (the
    /// `webhook-attempt-id`) or of a webhook, the e-mail address of who asked, or a whole host, each as it
    /// was pasted: in quotation marks, with the name of a header, with a name before the address. What is
    /// there for nobody or not for you: an empty list. Of no such kind: 422.
    #[validate(length(max = 400, message = "at most 400 characters"))]
    #[param(min_length = 1, max_length = 400)]
    q: Option<String>,
    /// Only those asked for at or after this instant (`2026-11-23T10:14:59Z`); a date without a time is a whole UTC day.
    #[serde(default, deserialize_with = "instant::from")]
    from: Option<DateTime<Utc>>,
    /// Only those asked for before this instant; a date without a time is a whole UTC day, and
    /// those asked for on it are meant, too.
    #[serde(default, deserialize_with = "instant::to")]
    to: Option<DateTime<Utc>>,
    /// Only those that are flagged as unusual, or only those that are not. For admins and support.
    flagged: Option<bool>,
    /// Support only: those of this organisation.
    organisation_id: Option<OrganisationId>,
    /// Items of a page.
    #[validate(range(min = 1, max = LARGEST_LIMIT, message = "1 to 200"))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// Parameters of the attempts of an export.
#[derive(Deserialize, Serialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportAttemptsQuery {
    /// Items of a page.
    #[validate(range(min = 1, max = LARGEST_LIMIT, message = "1 to 200"))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// List exports
///
/// Newest first. Recruiters see their own, support those of all organisations.
#[utoipa::path(
    tag = "exports",
    params(ExportsQuery),
    responses((status = 200, description = "A page of exports", body = List<Export>))
)]
#[get("/v1/exports")]
pub(crate) async fn list_exports(
    state: web::Data<State>,
    call: Authorized<SeeExports, Query<ExportsQuery>>,
) -> Result<web::Json<List<Export>>, Problem> {
    let Query(query) = call.input;
    let listing = Listing::new("exports", &call.caller, &query)?;
    let after = listing.position(query.cursor.as_deref())?;
    let caller = call.caller.within(query.organisation_id)?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let wanted = query.filter(caller.role)?;
    let list = move |conn: &mut Conn, actor: &Actor| {
        store::exports::list(conn, actor, &wanted, after, limit)
    };
    let page = caller.run(&state, list).await?.map_err(filter::unknown)?;
    let role = caller.role;
    Ok(web::Json(listing.page(page, |row| Export::new(row, role, &state.contacts))))
}

/// Get an export
///
/// Where it stands, what happened and who has to do what.
#[utoipa::path(
    tag = "exports",
    params(("id" = ExportId, Path, description = "Id of the export")),
    responses((status = 200, description = "The export", body = Export))
)]
#[get("/v1/exports/{id}")]
pub(crate) async fn get_export(
    state: web::Data<State>,
    call: Authorized<SeeExports, (PathId<ExportId>, Query<NoParameters>)>,
) -> Result<web::Json<Export>, Problem> {
    let (PathId(id), _) = call.input;
    let get = move |conn: &mut Conn, actor: &Actor| store::exports::get(conn, actor, id);
    let row = call.caller.run(&state, get).await?.ok_or_else(Problem::not_found)?;
    Ok(web::Json(Export::new(row, call.caller.role, &state.contacts)))
}

/// Get the payload of an export
///
/// The frozen bytes, exactly as each attempt sends them. Once somebody in it was erased, what is left to read
/// of them: `payload_sha256` and `payload_bytes` are still of what was sent.
#[utoipa::path(
    tag = "exports",
    params(("id" = ExportId, Path, description = "Id of the export")),
    responses((status = 200, description = "The payload", body = domain::payload::Payload))
)]
#[get("/v1/exports/{id}/payload")]
pub(crate) async fn get_export_payload(
    state: web::Data<State>,
    call: Authorized<SeePayload, (PathId<ExportId>, Query<NoParameters>)>,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), _) = call.input;
    let payload = move |conn: &mut Conn, actor: &Actor| store::exports::payload(conn, actor, id);
    let body = call.caller.run(&state, payload).await?.ok_or_else(Problem::not_found)?;
    let detail = "The data of this export is no longer kept.";
    let body = body.ok_or_else(|| Problem::new(Kind::PayloadGone, detail))?;
    Ok(HttpResponse::Ok().insert_header(ContentType::json()).body(body))
}

/// List the attempts of an export
///
/// Oldest first; one under way has no outcome yet.
#[utoipa::path(
    tag = "exports",
    params(("id" = ExportId, Path, description = "Id of the export"), ExportAttemptsQuery),
    responses((status = 200, description = "A page of attempts", body = List<Attempt>))
)]
#[get("/v1/exports/{id}/attempts")]
pub(crate) async fn list_export_attempts(
    state: web::Data<State>,
    call: Authorized<SeeExports, (PathId<ExportId>, Query<ExportAttemptsQuery>)>,
) -> Result<web::Json<List<Attempt>>, Problem> {
    let (PathId(id), Query(query)) = call.input;
    let listing = Listing::new(&format!("attempts of {id}"), &call.caller, &query)?;
    let after = listing.position(query.cursor.as_deref())?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let attempts = move |conn: &mut Conn, actor: &Actor| {
        store::attempts::of_export(conn, actor, id, after, limit)
    };
    let page = call.caller.run(&state, attempts).await?.ok_or_else(Problem::not_found)?;
    let role = call.caller.role;
    Ok(web::Json(listing.page(page, |row| Attempt::new(row, role, &state.contacts))))
}

impl ExportsQuery {
    /// Support learns nothing about vacancies, so it may not ask for one either.
    fn filter(self, role: Role) -> Result<ExportFilter, Problem> {
        if self.vacancy_id.is_some() && role == Role::Support {
            return Err(Problem::invalid_value("/vacancy_id", "not for support"));
        }
        if self.flagged.is_some() && role == Role::Recruiter {
            return Err(Problem::invalid_value("/flagged", "for admins and support"));
        }
        filter::check_window(self.from, self.to)?;
        Ok(ExportFilter {
            statuses: self.status,
            webhook_id: self.webhook_id,
            vacancy_id: self.vacancy_id,
            requested_by: self.requested_by,
            q: filter::exact(self.q.as_deref())?,
            host: self.host,
            flagged: self.flagged,
            from: self.from,
            to: self.to,
        })
    }
}

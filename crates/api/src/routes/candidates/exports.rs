//! Where a person's data went, as a list and as a page to print.

use actix_web::http::header::{CONTENT_SECURITY_POLICY, ContentType};
use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::export::{EndedBy, ExportStatus};
use domain::id::{ApplicationId, CandidateId, ExportId, VacancyId, WebhookId};
use domain::requester::Requester;
use serde::{Deserialize, Serialize};
use store::Conn;
use store::candidates::Whereabouts;
use utoipa::ToSchema;
use validator::Validate;

use super::page;
use crate::authorized::{Authorized, FindCandidates};
use crate::extract::{PathId, Query};
use crate::page::{DEFAULT_LIMIT, LARGEST_LIMIT, List, Listing};
use crate::problem::Problem;
use crate::receipt;
use crate::routes::exports::receipt::ReceiptFormat;
use crate::state::State;

/// How sure it is that a receiver has somebody's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// All of it went out and the receiver answered, whatever it said.
    Sent,
    /// Some of a request reached the connection, and nobody said what came of it.
    MayHaveBeenSent,
    /// A request is on the wire.
    BeingSentNow,
    /// Not yet.
    Waiting,
    /// Nothing was sent, and nothing will be.
    NotSent,
}

/// One export that carries a person.
#[derive(Serialize, ToSchema)]
pub struct CandidateExport {
    /// The export.
    pub export_id: ExportId,
    /// Which application of theirs.
    pub application_id: ApplicationId,
    /// From which vacancy.
    pub vacancy_id: Option<VacancyId>,
    /// The webhook.
    pub webhook_id: WebhookId,
    /// Its name.
    #[schema(example = "Zapier: new hires")]
    pub webhook_name: String,
    /// When it was deleted; null while it lives.
    pub webhook_deleted_at: Option<DateTime<Utc>>,
    /// Its host.
    #[schema(example = "hooks.zapier.com")]
    pub host: String,
    /// The field groups that it receives, also once it is deleted.
    #[schema(example = json!(["contact", "application"]))]
    pub include: Vec<String>,
    /// When the export was asked for.
    pub requested_at: DateTime<Utc>,
    /// Who asked.
    pub requested_by: Requester,
    /// Where the export stands.
    pub status: ExportStatus,
    /// Who brought its end: `erasure` and `restriction` cut somebody out of it.
    pub ended_by: Option<EndedBy>,
    /// The export that it was derived from.
    pub resent_from: Option<ExportId>,
    /// The export that carries it on.
    pub continued_as: Option<ExportId>,
    /// Attempts by which some of it was sent.
    #[schema(example = 1)]
    pub attempts: u32,
    /// When the first of them began.
    pub first_at: Option<DateTime<Utc>>,
    /// When the last of them began.
    pub last_at: Option<DateTime<Utc>>,
    /// How sure it is that the receiver has it.
    pub certainty: Certainty,
}

/// Parameters of where it went.
#[derive(Deserialize, Serialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CandidateExportsQuery {
    /// How it comes: as a list, or as a page to print of at most 200.
    #[serde(default)]
    #[param(default = "json")]
    format: ReceiptFormat,
    /// Items of a page.
    #[validate(range(min = 1, max = LARGEST_LIMIT, message = "1 to 200"))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// List where a candidate's data went
///
/// Each export that carries the person, by webhook, and how sure it is that its receiver has the data: any
/// attempt counts that reached the connection, a 500 too. It answers for who was erased, too, by ids alone.
/// Each look is told to the audit.
#[utoipa::path(
    tag = "candidates",
    params(("id" = CandidateId, Path, description = "Id of the candidate"), CandidateExportsQuery),
    responses((status = 200, description = "A page of exports", content(
        (List<CandidateExport> = "application/json"),
        (String = "text/html"),
    )))
)]
#[get("/v1/candidates/{id}/exports")]
pub(crate) async fn list_candidate_exports(
    state: web::Data<State>,
    call: Authorized<FindCandidates, (PathId<CandidateId>, Query<CandidateExportsQuery>)>,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), Query(query)) = call.input;
    let listing = Listing::new(&format!("exports of {id}"), &call.caller, &query)?;
    let after = listing.position(query.cursor.as_deref())?;
    let default = match query.format {
        ReceiptFormat::Json => DEFAULT_LIMIT,
        ReceiptFormat::Html => LARGEST_LIMIT,
    };
    let limit = query.limit.unwrap_or(default);
    let read = move |conn: &mut Conn, actor: &Actor| {
        let exports = store::candidates::exports(conn, actor, id, after, limit)?;
        let Some(exports) = exports else { return Ok(None) };
        let erased = match query.format {
            ReceiptFormat::Json => None,
            ReceiptFormat::Html => store::candidates::summary(conn, actor, id)?,
        };
        Ok(Some((exports, erased)))
    };
    let found = call.caller.run(&state, read).await?;
    let (exports, erased) = found.ok_or_else(Problem::not_found)?;
    let list = listing.page(exports, CandidateExport::from);
    Ok(match query.format {
        ReceiptFormat::Json => HttpResponse::Ok().json(list),
        ReceiptFormat::Html => HttpResponse::Ok()
            .insert_header(ContentType::html())
            .insert_header((CONTENT_SECURITY_POLICY, receipt::POLICY.as_str()))
            .body(page::page(id, erased.as_ref(), &list, Utc::now())),
    })
}

impl From<Whereabouts> for CandidateExport {
    fn from(row: Whereabouts) -> Self {
        Self {
            export_id: row.export_id,
            application_id: row.application_id,
            vacancy_id: row.vacancy_id,
            webhook_id: row.receiver.webhook_id,
            webhook_name: row.receiver.webhook_name,
            webhook_deleted_at: row.receiver.webhook_deleted_at,
            host: row.receiver.host,
            include: row.receiver.include,
            requested_at: row.requested_at,
            requested_by: row.requested_by,
            status: row.status,
            ended_by: row.ended_by,
            resent_from: row.resent_from,
            continued_as: row.continued_as,
            attempts: row.attempts,
            first_at: row.first_at,
            last_at: row.last_at,
            certainty: row.certainty.into(),
        }
    }
}

impl From<store::candidates::Certainty> for Certainty {
    fn from(certainty: store::candidates::Certainty) -> Self {
        use store::candidates::Certainty as Known;
        match certainty {
            Known::Sent => Self::Sent,
            Known::MayHaveBeenSent => Self::MayHaveBeenSent,
            Known::BeingSentNow => Self::BeingSentNow,
            Known::Waiting => Self::Waiting,
            Known::NotSent => Self::NotSent,
        }
    }
}

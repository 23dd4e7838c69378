//! Who is in an export.

use actix_web::{get, web};
use domain::actor::Actor;
use domain::id::{ApplicationId, CandidateId, ExportId};
use serde::{Deserialize, Serialize};
use store::Conn;
use utoipa::ToSchema;
use validator::Validate;

use crate::authorized::{Authorized, SeePayload};
use crate::extract::{PathId, Query};
use crate::page::{DEFAULT_LIMIT, LARGEST_LIMIT, List, Listing};
use crate::problem::Problem;
use crate::state::State;

/// One person of an export, as they are called now. Of those who are gone only the ids are left.
#[derive(Serialize, ToSchema)]
pub struct PersonInExport {
    /// Place in the payload, from 1.
    #[schema(example = 1, minimum = 1)]
    pub sequence: u32,
    /// The application.
    pub application_id: ApplicationId,
    /// The organisation's own key of the application; null once it is gone.
    #[schema(example = "A-2001")]
    pub application_reference: Option<String>,
    /// The person.
    pub candidate_id: CandidateId,
    /// The organisation's own key of the person; null once they are gone.
    #[schema(example = "C-1007")]
    pub candidate_reference: Option<String>,
    /// The whole name; null once they are gone.
    #[schema(example = "Ada Example")]
    pub full_name: Option<String>,
}

/// Parameters of the people of an export.
#[derive(Deserialize, Serialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportPeopleQuery {
    /// Items of a page.
    #[validate(range(min = 1, max = LARGEST_LIMIT, message = "1 to 200"))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// List the people of an export
///
/// In the order of the payload, also once that is no longer kept. A test carries nobody. Each page is
/// told to the audit.
#[utoipa::path(
    tag = "exports",
    params(("id" = ExportId, Path, description = "Id of the export"), ExportPeopleQuery),
    responses((status = 200, description = "A page of people", body = List<PersonInExport>))
)]
#[get("/v1/exports/{id}/people")]
pub(crate) async fn list_export_people(
    state: web::Data<State>,
    call: Authorized<SeePayload, (PathId<ExportId>, Query<ExportPeopleQuery>)>,
) -> Result<web::Json<List<PersonInExport>>, Problem> {
    let (PathId(id), Query(query)) = call.input;
    let listing = Listing::new(&format!("people of {id}"), &call.caller, &query)?;
    let after = listing.position(query.cursor.as_deref())?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let people =
        move |conn: &mut Conn, actor: &Actor| store::exports::people(conn, actor, id, after, limit);
    let page = call.caller.run(&state, people).await?.ok_or_else(Problem::not_found)?;
    Ok(web::Json(listing.page(page, PersonInExport::from)))
}

impl From<store::exports::PersonInExport> for PersonInExport {
    fn from(row: store::exports::PersonInExport) -> Self {
        Self {
            sequence: row.sequence,
            application_id: row.application_id,
            application_reference: row.application_reference,
            candidate_id: row.candidate_id,
            candidate_reference: row.candidate_reference,
            full_name: row.full_name,
        }
    }
}

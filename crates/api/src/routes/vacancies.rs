//! Vacancies, with how many applications stand at each stage.

use actix_web::{get, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::id::VacancyId;
use domain::import::VacancyStatus;
use serde::{Deserialize, Serialize};
use store::Conn;
use store::vacancies::{NoWords, VacancyFilter};
use utoipa::ToSchema;
use validator::Validate;

use crate::authorized::{Authorized, SeeVacancies};
use crate::extract::{NoParameters, PathId, Query, several};
use crate::page::{DEFAULT_LIMIT, LARGEST_LIMIT, List, Listing};
use crate::problem::Problem;
use crate::state::State;

/// A position that people apply for.
#[derive(Serialize, ToSchema)]
pub struct Vacancy {
    /// Its id.
    pub id: VacancyId,
    /// The organisation's own key.
    #[schema(example = "ENG-042")]
    pub reference: String,
    /// Title of the position.
    #[schema(example = "Backend Engineer")]
    pub title: String,
    /// Department.
    #[schema(example = "Engineering")]
    pub department: Option<String>,
    /// Place of work.
    #[schema(example = "Leeds, GB")]
    pub location: Option<String>,
    /// Public page of the position.
    pub url: Option<String>,
    /// Whether it takes applications.
    pub status: VacancyStatus,
    /// Its stages in their order.
    pub stages: Vec<Stage>,
    /// Applications at all stages.
    #[schema(example = 24)]
    pub application_count: u64,
    /// When it was first imported.
    pub created_at: DateTime<Utc>,
    /// When an import last changed it.
    pub updated_at: DateTime<Utc>,
}

/// A stage of a vacancy.
#[derive(Serialize, ToSchema)]
pub struct Stage {
    /// Its name.
    #[schema(example = "Shortlisted")]
    pub name: String,
    /// Its position, from 1.
    #[schema(example = 3)]
    pub order: u32,
    /// Applications that stand there.
    #[schema(example = 7)]
    pub application_count: u64,
}

/// Parameters of the list.
#[derive(Deserialize, Serialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VacanciesQuery {
    /// Only those that stand at one of these, separated by commas; in whatever case.
    #[serde(default, deserialize_with = "several::words")]
    #[param(style = Form, explode = false, min_items = 1)]
    status: Vec<VacancyStatus>,
    /// Only those in whose title, reference, department or location all these words stand, in any order, each
    /// as a whole or in part; case, accents, hyphens, dots and commas aside. Nothing left of it: 422.
    #[validate(length(min = 1, max = 200, message = "1 to 200 characters"))]
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    /// Items of a page.
    #[validate(range(min = 1, max = LARGEST_LIMIT, message = "1 to 200"))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// List vacancies
///
/// The vacancies of the organisation, newest first.
#[utoipa::path(
    tag = "vacancies",
    params(VacanciesQuery),
    responses((status = 200, description = "A page of vacancies", body = List<Vacancy>))
)]
#[get("/v1/vacancies")]
pub(crate) async fn list_vacancies(
    state: web::Data<State>,
    call: Authorized<SeeVacancies, Query<VacanciesQuery>>,
) -> Result<web::Json<List<Vacancy>>, Problem> {
    let Query(query) = call.input;
    let listing = Listing::new("vacancies", &call.caller, &query)?;
    let after = listing.position(query.cursor.as_deref())?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let filter = VacancyFilter { statuses: query.status, q: query.q };
    let list = move |conn: &mut Conn, actor: &Actor| {
        store::vacancies::list(conn, actor, &filter, after, limit)
    };
    let page = call.caller.run(&state, list).await?.map_err(|NoWords| no_words())?;
    Ok(web::Json(listing.page(page, Vacancy::from)))
}

fn no_words() -> Problem {
    let detail = "at least one letter or digit of a title, a reference, a department or a location";
    Problem::invalid_value("/q", detail)
}

/// Get a vacancy
///
/// With its stages and how many applications stand at each.
#[utoipa::path(
    tag = "vacancies",
    params(("id" = VacancyId, Path, description = "Id of the vacancy")),
    responses((status = 200, description = "The vacancy", body = Vacancy))
)]
#[get("/v1/vacancies/{id}")]
pub(crate) async fn get_vacancy(
    state: web::Data<State>,
    call: Authorized<SeeVacancies, (PathId<VacancyId>, Query<NoParameters>)>,
) -> Result<web::Json<Vacancy>, Problem> {
    let (PathId(id), _) = call.input;
    let get = move |conn: &mut Conn, actor: &Actor| store::vacancies::get(conn, actor, id);
    let row = call.caller.run(&state, get).await?;
    Ok(web::Json(row.ok_or_else(Problem::not_found)?.into()))
}

impl From<store::vacancies::Vacancy> for Vacancy {
    fn from(row: store::vacancies::Vacancy) -> Self {
        Self {
            id: row.id,
            reference: row.reference,
            title: row.title,
            department: row.department,
            location: row.location,
            url: row.url,
            status: row.status,
            application_count: row.stages.iter().map(|stage| stage.applications).sum(),
            stages: row.stages.into_iter().map(Stage::from).collect(),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl From<store::vacancies::StageCount> for Stage {
    fn from(row: store::vacancies::StageCount) -> Self {
        Self { name: row.name, order: row.order, application_count: row.applications }
    }
}

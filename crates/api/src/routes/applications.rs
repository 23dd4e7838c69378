//! The applications of a vacancy: what a recruiter picks from.

use actix_web::{get, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::id::{ApplicationId, CandidateId, VacancyId, WebhookId};
use domain::import::ApplicationStatus;
use domain::import::Figure;
use serde::{Deserialize, Serialize};
use store::applications::{ApplicationFilter, FilterRefusal, ListRefusal, Listed, Sort};
use store::filter::UnknownFilter;
use store::{Conn, Page};
use utoipa::ToSchema;
use validator::Validate;

use crate::authorized::{Authorized, SeeVacancies};
use crate::extract::{PathId, Query, instant, several};
use crate::page::{DEFAULT_LIMIT, LARGEST_LIMIT, List, Listing, filter};
use crate::problem::Problem;
use crate::state::State;

mod last_export;
mod position;
pub mod sort;

use last_export::LastExport;
use position::Position;
use sort::ApplicationSort;

/// A candidate in a vacancy.
#[derive(Serialize, ToSchema)]
pub struct Application {
    /// Its id: what an export takes.
    pub id: ApplicationId,
    /// The person.
    pub candidate_id: CandidateId,
    /// The organisation's own key of the person.
    #[schema(example = "C-1007")]
    pub candidate_reference: String,
    /// The organisation's own key of the application.
    #[schema(example = "A-2001")]
    pub application_reference: String,
    /// Name of the person.
    #[schema(example = "Ada Example")]
    pub full_name: String,
    /// E-mail address of the person.
    #[schema(example = "ada@example.com")]
    pub email: Option<String>,
    /// Name of the stage.
    #[schema(example = "Shortlisted")]
    pub stage: String,
    /// Position of the stage among those of the vacancy, from 1.
    #[schema(example = 3)]
    pub stage_order: Option<u32>,
    /// The overall rating, on its own scale.
    pub rating: Option<Rating>,
    /// When the person applied.
    pub applied_at: DateTime<Utc>,
    /// Where it stands as a whole; withdrawn ones cannot be exported.
    pub status: ApplicationStatus,
    /// Processing of the person is restricted: cannot be exported.
    pub restricted: bool,
    /// The newest export with this person to the webhook `webhook_id`, of a colleague's, too: in progress,
    /// accepted, or such that it may have arrived. Null where there is none among the last ten, and
    /// without `webhook_id`.
    pub last_export: Option<LastExport>,
}

/// A page of applications.
#[derive(Serialize, ToSchema)]
pub struct ApplicationList {
    /// The items, in the order of the list.
    pub items: Vec<Application>,
    /// Send it as `cursor` for the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// How many there are on all pages, those who cannot be exported included; null without `count`.
    #[schema(example = 812)]
    pub total: Option<u64>,
}

/// The overall rating of an application; numbers keep the form in which they were imported.
#[derive(Serialize, ToSchema)]
pub struct Rating {
    /// The rating, within its scale.
    #[schema(value_type = f64, example = 4.5)]
    pub value: Figure,
    /// Worst possible.
    #[schema(value_type = f64, example = 1)]
    pub scale_min: Figure,
    /// Best possible.
    #[schema(value_type = f64, example = 5)]
    pub scale_max: Figure,
    /// How many people rated.
    #[schema(example = 2)]
    pub count: Option<u32>,
}

/// Parameters of the list.
#[derive(Deserialize, Serialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApplicationsQuery {
    /// Only those at one of these stages of the vacancy, by name, separated by commas; in whatever
    /// case. For example `Shortlisted,Interview`; a name that has a comma is written as it is. A stage that the vacancy has not: 422.
    #[validate(length(max = 2000, message = "at most 2,000 characters"))]
    #[param(max_length = 2000)]
    stage: Option<String>,
    /// Only those that stand as a whole at one of these, separated by commas; in whatever case.
    #[serde(default, deserialize_with = "several::words")]
    #[param(style = Form, explode = false, min_items = 1)]
    status: Vec<ApplicationStatus>,
    /// Only people in whose name or e-mail address all these words stand, in any order, each as a
    /// whole or in part; case, accents, apostrophes, hyphens, dots and commas aside. What is written
    /// as one word is found as several, too (`McDonald` finds `Mc Donald`, `obrien jose` José O'Brien). Nothing left of it: 422.
    #[validate(length(min = 1, max = 200, message = "1 to 200 characters"))]
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    /// Only those rated at least so, on the scale of the rating.
    #[validate(custom(function = finite))]
    min_rating: Option<f64>,
    /// Only those who applied after this instant (`2026-11-23T10:14:59Z`); a date without a time is a whole UTC day, and
    /// those who applied on it are not meant.
    #[serde(default, deserialize_with = "instant::after")]
    applied_after: Option<DateTime<Utc>>,
    /// The order; with a `-` before it the other way round. By name case and accents do not count; by
    /// rating its value does, and who was not rated comes last either way; `stage` is the order of the
    /// stages in the vacancy, and of each the time of application.
    #[serde(default)]
    #[param(default = "applied_at")]
    sort: ApplicationSort,
    /// A webhook of which `last_export` tells, live or deleted. Of no effect on which applications are listed.
    #[serde(default, serialize_with = "of_no_effect")]
    webhook_id: Option<WebhookId>,
    /// Whether `total` is counted.
    #[serde(default, serialize_with = "of_no_effect")]
    #[param(default = false)]
    count: bool,
    /// Items of a page.
    #[validate(range(min = 1, max = LARGEST_LIMIT, message = "1 to 200"))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// List the applications of a vacancy
///
/// By time of application, oldest first, unless another order is asked for.
#[utoipa::path(
    tag = "vacancies",
    params(("id" = VacancyId, Path, description = "Id of the vacancy"), ApplicationsQuery),
    responses((status = 200, description = "A page of applications", body = ApplicationList))
)]
#[get("/v1/vacancies/{id}/applications")]
pub(crate) async fn list_applications(
    state: web::Data<State>,
    call: Authorized<SeeVacancies, (PathId<VacancyId>, Query<ApplicationsQuery>)>,
) -> Result<web::Json<ApplicationList>, Problem> {
    let (PathId(vacancy), Query(query)) = call.input;
    let listing = Listing::new(&format!("applications of {vacancy}"), &call.caller, &query)?;
    let sort = Sort::from(query.sort);
    let after = listing.position::<Position>(query.cursor.as_deref())?;
    let after = after.map(|position| position.key(sort.by)).transpose()?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let (webhook, counted) = (query.webhook_id, query.count);
    let filter = query.into();
    let list = move |conn: &mut Conn, actor: &Actor| {
        let listed = Listed { filter: &filter, sort, webhook, counted };
        store::applications::list(conn, actor, vacancy, listed, after, limit)
    };
    let page = call.caller.run(&state, list).await?.map_err(refused)?;
    let total = page.total;
    let page = Page { items: page.items, next: page.next.map(Position::from) };
    let List { items, next_cursor } = listing.page(page, Application::from);
    Ok(web::Json(ApplicationList { items, next_cursor, total }))
}

fn refused(refusal: ListRefusal) -> Problem {
    match refusal {
        ListRefusal::UnknownWebhook => filter::unknown(UnknownFilter::Webhook),
        ListRefusal::Filter(FilterRefusal::Unknown) => Problem::not_found(),
        ListRefusal::Filter(FilterRefusal::NoWords) => {
            let detail = "at least one letter or digit of a name or an e-mail address";
            Problem::invalid_value("/q", detail)
        }
        ListRefusal::Filter(FilterRefusal::UnknownStage(stages)) => {
            let stages = stages.join(" · ");
            let detail = format!("names no stage of this vacancy; its stages are: {stages}");
            Problem::invalid_value("/stage", detail)
        }
    }
}

/// What neither selects nor sorts is no part of what a cursor belongs to.
fn of_no_effect<T, S: serde::Serializer>(_: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_none()
}

fn finite(number: f64) -> Result<(), validator::ValidationError> {
    let refusal = || validator::ValidationError::new("finite").with_message("a number".into());
    if number.is_finite() { Ok(()) } else { Err(refusal()) }
}

impl From<ApplicationsQuery> for ApplicationFilter {
    fn from(query: ApplicationsQuery) -> Self {
        Self {
            stage: query.stage,
            statuses: query.status,
            q: query.q,
            min_rating: query.min_rating,
            applied_after: query.applied_after,
        }
    }
}

impl From<store::applications::Application> for Application {
    fn from(row: store::applications::Application) -> Self {
        Self {
            id: row.id,
            candidate_id: row.candidate_id,
            candidate_reference: row.candidate_reference,
            application_reference: row.reference,
            full_name: row.full_name,
            email: row.email,
            stage: row.stage,
            stage_order: row.stage_order,
            rating: row.rating.map(Rating::from),
            applied_at: row.applied_at,
            status: row.status,
            restricted: row.restricted,
            last_export: row.last_export.map(LastExport::from),
        }
    }
}

impl From<domain::import::Rating> for Rating {
    fn from(rating: domain::import::Rating) -> Self {
        Self {
            value: rating.value,
            scale_min: rating.scale_min,
            scale_max: rating.scale_max,
            count: rating.count,
        }
    }
}

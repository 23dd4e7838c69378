//! People: finding them, where their data went, and forgetting them.

pub mod erase;
pub mod exports;
mod page;

use actix_web::{get, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::id::CandidateId;
use domain::import::as_reference;
use serde::{Deserialize, Serialize};
use store::Conn;
use utoipa::ToSchema;
use validator::Validate;

use crate::authorized::{Authorized, FindCandidates};
use crate::extract::{Query, printable};
use crate::page::{DEFAULT_LIMIT, LARGEST_LIMIT, List, Listing};
use crate::problem::Problem;
use crate::state::State;

/// A person.
#[derive(Serialize, ToSchema)]
pub struct Candidate {
    /// The id.
    pub id: CandidateId,
    /// The organisation's own key.
    #[schema(example = "C-1007")]
    pub reference: String,
    /// Given name; null where the import told the whole name alone.
    #[schema(example = "Ada")]
    pub first_name: Option<String>,
    /// Family name; null for people with one name, and where the import told the whole name alone.
    #[schema(example = "Example")]
    pub last_name: Option<String>,
    /// The whole name.
    #[schema(example = "Ada Example")]
    pub full_name: String,
    /// E-mail address.
    #[schema(example = "ada@example.com")]
    pub email: Option<String>,
    /// Processing is restricted: never exported.
    #[schema(example = false)]
    pub restricted: bool,
    /// Whether they agreed to be contacted; null where nobody said.
    pub can_contact: Option<bool>,
    /// Until when they agreed.
    pub consent_expires_at: Option<DateTime<Utc>>,
    /// How often they applied.
    #[schema(example = 2)]
    pub applications: u64,
    /// Exports that carry them.
    #[schema(example = 1)]
    pub exports: u64,
}

/// Parameters of the list.
#[derive(Deserialize, Serialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CandidatesQuery {
    /// Words of name or e-mail address, in any order, case and accents aside; or the whole reference, or
    /// the id.
    #[validate(
        length(min = 1, max = 200, message = "1 to 200 characters"),
        custom(function = "printable")
    )]
    #[param(min_length = 1, max_length = 200, example = "ada")]
    q: String,
    /// Items of a page.
    #[validate(range(min = 1, max = LARGEST_LIMIT, message = "1 to 200"))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// Find candidates
///
/// By words of name or e-mail address, by reference or by id. Each look is told to the audit, without what
/// was looked for.
#[utoipa::path(
    tag = "candidates",
    params(CandidatesQuery),
    responses((status = 200, description = "A page of candidates", body = List<Candidate>))
)]
#[get("/v1/candidates")]
pub(crate) async fn list_candidates(
    state: web::Data<State>,
    call: Authorized<FindCandidates, Query<CandidatesQuery>>,
) -> Result<web::Json<List<Candidate>>, Problem> {
    let Query(query) = call.input;
    let listing = Listing::new("candidates", &call.caller, &query)?;
    let after = listing.position(query.cursor.as_deref())?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let q = as_reference(&query.q);
    let find = move |conn: &mut Conn, actor: &Actor| {
        store::candidates::find(conn, actor, &q, after, limit)
    };
    let page = call.caller.run(&state, find).await?;
    Ok(web::Json(listing.page(page, Candidate::from)))
}

impl From<store::candidates::Candidate> for Candidate {
    fn from(row: store::candidates::Candidate) -> Self {
        Self {
            id: row.id,
            reference: row.reference,
            first_name: row.first_name,
            last_name: row.last_name,
            full_name: row.full_name,
            email: row.email,
            restricted: row.restricted,
            can_contact: row.can_contact,
            consent_expires_at: row.consent_expires_at,
            applications: row.applications,
            exports: row.exports,
        }
    }
}

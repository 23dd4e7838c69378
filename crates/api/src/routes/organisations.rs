//! The customers of the operator, as the support desk finds them.

use actix_web::{get, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::id::OrganisationId;
use serde::{Deserialize, Serialize};
use store::Conn;
use store::organisations::FoundOrganisation;
use utoipa::ToSchema;
use validator::Validate;

use crate::authorized::{Authorized, FindOrganisations};
use crate::extract::Query;
use crate::page::{DEFAULT_LIMIT, LARGEST_LIMIT, List, Listing};
use crate::problem::Problem;
use crate::state::State;

/// A customer.
#[derive(Serialize, ToSchema)]
pub struct Organisation {
    /// Its id: `organisation_id` of lists.
    pub id: OrganisationId,
    /// Its name.
    #[schema(example = "Northwind")]
    pub name: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Its live webhooks.
    #[schema(example = 4)]
    pub live_webhooks: u32,
    /// Those of them that do not take what is sent.
    #[schema(example = 1)]
    pub failing_webhooks: u32,
    /// Those of them that are switched off.
    #[schema(example = 0)]
    pub disabled_webhooks: u32,
    /// When somebody of it last asked for an export, as far as exports are kept.
    pub last_export_at: Option<DateTime<Utc>>,
}

/// Parameters of the list.
#[derive(Deserialize, Serialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrganisationsQuery {
    /// Only those whose name has these words or parts of words, in any order; accents and case aside.
    #[validate(length(max = 400, message = "at most 400 characters"))]
    #[param(max_length = 400)]
    q: Option<String>,
    /// Items of a page.
    #[validate(range(min = 1, max = LARGEST_LIMIT, message = "1 to 200"))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// Find organisations
///
/// By name. For support only; each organisation is told that it was looked at.
#[utoipa::path(
    tag = "support",
    params(OrganisationsQuery),
    responses((status = 200, description = "A page of organisations", body = List<Organisation>))
)]
#[get("/v1/organisations")]
pub(crate) async fn list_organisations(
    state: web::Data<State>,
    call: Authorized<FindOrganisations, Query<OrganisationsQuery>>,
) -> Result<web::Json<List<Organisation>>, Problem> {
    let Query(query) = call.input;
    let listing = Listing::new("organisations", &call.caller, &query)?;
    let after: Option<String> = listing.position(query.cursor.as_deref())?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    // An empty box asks for all.
    let q = query.q.filter(|q| !q.trim().is_empty());
    let find = move |conn: &mut Conn, actor: &Actor| {
        store::organisations::find(conn, actor, q.as_deref(), after.as_deref(), limit)
    };
    let page = call.caller.run(&state, find).await?;
    Ok(web::Json(listing.page(page, Organisation::from)))
}

impl From<FoundOrganisation> for Organisation {
    fn from(found: FoundOrganisation) -> Self {
        Self {
            id: found.id,
            name: found.name,
            created_at: found.created_at,
            live_webhooks: found.live_webhooks,
            failing_webhooks: found.failing_webhooks,
            disabled_webhooks: found.disabled_webhooks,
            last_export_at: found.last_export_at,
        }
    }
}

//! Listing webhooks and looking at one.

pub(crate) mod register;

use actix_web::{get, web};
use domain::actor::Actor;
use domain::id::{OrganisationId, WebhookId};
use domain::role::Role;
use serde::{Deserialize, Serialize};
use store::Conn;
use store::webhooks::WebhookFilter;
use validator::Validate;

use super::{UrlShown, Webhook};
use crate::authorized::{Authorized, SeeWebhooks};
use crate::extract::{NoParameters, PathId, Query};
use crate::page::{DEFAULT_LIMIT, LARGEST_LIMIT, List, Listing, filter};
use crate::problem::Problem;
use crate::state::State;

/// Parameters of the list.
#[derive(Deserialize, Serialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WebhooksQuery {
    /// Only those of this host (`hooks.example.com`), in whatever spelling; a URL of the host will do; masked as
    /// you read it. One that no webhook has or had: 422.
    #[serde(default, deserialize_with = "filter::host")]
    #[param(min_length = 1)]
    host: Option<String>,
    /// Only those whose name, or host as you read it, has this in it; case aside.
    #[validate(length(max = 400, message = "at most 400 characters"))]
    #[param(max_length = 400)]
    q: Option<String>,
    /// Support only: those of this organisation.
    organisation_id: Option<OrganisationId>,
    /// Items of a page.
    #[validate(range(min = 1, max = LARGEST_LIMIT, message = "1 to 200"))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
    /// Those that are stale, or those that are not. For admins.
    stale: Option<bool>,
    /// Those of which `review_by` is over, or those of which it is not. For admins.
    review_due: Option<bool>,
}

impl WebhooksQuery {
    /// What a role sees as null it may not ask for either.
    fn filter(&self, role: Role) -> Result<WebhookFilter, Problem> {
        let asked = [("/stale", self.stale), ("/review_due", self.review_due)];
        match asked.iter().find(|(_, wanted)| wanted.is_some()) {
            Some((pointer, _)) if role != Role::OrgAdmin => {
                Err(Problem::invalid_value(*pointer, "for admins only"))
            }
            _ => Ok(WebhookFilter {
                host: self.host.clone(),
                // An empty box asks for all.
                q: self.q.clone().filter(|q| !q.trim().is_empty()),
                stale: self.stale,
                review_due: self.review_due,
            }),
        }
    }
}

/// List webhooks
///
/// The live webhooks of the organisation, newest first; those of all organisations for support.
#[utoipa::path(
    tag = "webhooks",
    params(WebhooksQuery),
    responses((status = 200, description = "A page of webhooks", body = List<Webhook>))
)]
#[get("/v1/webhooks")]
pub(crate) async fn list_webhooks(
    state: web::Data<State>,
    call: Authorized<SeeWebhooks, Query<WebhooksQuery>>,
) -> Result<web::Json<List<Webhook>>, Problem> {
    let Query(query) = call.input;
    let wanted = query.filter(call.caller.role)?;
    let listing = Listing::new("webhooks", &call.caller, &query)?;
    let after = listing.position(query.cursor.as_deref())?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let caller = call.caller.within(query.organisation_id)?;
    let list = move |conn: &mut Conn, actor: &Actor| {
        store::webhooks::list(conn, actor, &wanted, after, limit)
    };
    let page = caller.run(&state, list).await?.map_err(filter::unknown)?;
    let (role, shown) = (caller.role, UrlShown::Masked(&state.rules));
    let list = listing.try_page(page, |row| Webhook::new(row, role, &state.keys, shown))?;
    Ok(web::Json(list))
}

/// Get a webhook
///
/// The one place where an admin sees the whole URL again.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = WebhookId, Path, description = "Id of the webhook")),
    responses((status = 200, description = "The webhook", body = Webhook))
)]
#[get("/v1/webhooks/{id}")]
pub(crate) async fn get_webhook(
    state: web::Data<State>,
    call: Authorized<SeeWebhooks, (PathId<WebhookId>, Query<NoParameters>)>,
) -> Result<web::Json<Webhook>, Problem> {
    let (PathId(id), _) = call.input;
    let get = move |conn: &mut Conn, actor: &Actor| store::webhooks::get(conn, actor, id);
    let row = call.caller.run(&state, get).await?.ok_or_else(Problem::not_found)?;
    Ok(web::Json(Webhook::new(row, call.caller.role, &state.keys, UrlShown::Whole)?))
}

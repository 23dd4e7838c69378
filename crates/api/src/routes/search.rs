//! One box for whatever somebody has at hand: a card for each hit, with the sentence to read to a customer.

mod card;
mod links;

use actix_web::{get, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::explanation::ActBy;
use domain::id::OrganisationId;
use domain::search::Search;
use serde::{Deserialize, Serialize};
use store::Conn;
use store::search::HitKind;
use utoipa::ToSchema;
use validator::Validate;

use crate::authorized::{Authorized, SeeExports};
use crate::extract::Query;
use crate::problem::Problem;
use crate::state::State;
use card::Reader;

/// What was found, the best hits first: what is called just so, then what has it as a part.
#[derive(Serialize, ToSchema)]
pub struct SearchResults {
    /// A card for each hit, ten of each kind at most.
    pub items: Vec<Card>,
    /// Kinds of which there are more than are shown: say more.
    pub more: Vec<CardKind>,
}

/// One thing that was found.
#[derive(Serialize, ToSchema)]
pub struct Card {
    /// What kind of thing it is.
    pub kind: CardKind,
    /// Its id; of a host the host, of a requester the e-mail address.
    #[schema(example = "019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11")]
    pub id: String,
    /// It is called just so; otherwise what was searched for is a part of it.
    pub exact: bool,
    /// What it is, in a few words.
    #[schema(example = "Export of 25 candidates to hooks.zapier.com")]
    pub title: String,
    /// What to read to a customer: what happened, or how it does, and since when.
    #[schema(
        example = "hooks.zapier.com accepted all 25 candidates at 14:05 UTC, 23 Nov (try 1)."
    )]
    pub sentence: String,
    /// What to do about it; null where that depends on what was asked.
    pub advice: Option<String>,
    /// Who has to do it.
    pub act_by: Option<ActBy>,
    /// When it was asked for, begun or registered.
    pub at: Option<DateTime<Utc>>,
    /// Whose it is; null for a host or a requester of several organisations.
    pub organisation_id: Option<OrganisationId>,
    /// What they are called, for support; null for others.
    #[schema(example = "Northwind")]
    pub organisation_name: Option<String>,
    /// What became of the exports of the last seven days, or of the day that was asked for: of a webhook, a
    /// host or a requester.
    pub exports: Option<CardCounts>,
    /// Where to look next.
    pub next: Vec<CardLink>,
}

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardKind {
    /// An attempt; its export follows.
    Attempt,
    /// An export.
    Export,
    /// A webhook, live or deleted.
    Webhook,
    /// A host of webhooks.
    Host,
    /// Who asked for exports; the newest five of them follow.
    Requester,
    /// A customer; for support.
    Organisation,
    /// A candidate; for an admin's own organisation.
    Candidate,
}

/// What became of exports.
#[derive(Serialize, ToSchema)]
pub struct CardCounts {
    /// Accepted by the receiver.
    #[schema(example = 9)]
    pub accepted: u32,
    /// Given up.
    #[schema(example = 2)]
    pub failed: u32,
    /// Cancelled.
    #[schema(example = 0)]
    pub cancelled: u32,
    /// Waiting or on the wire.
    #[schema(example = 1)]
    pub in_progress: u32,
    /// All of that time; otherwise there are more, and these are the newest.
    pub complete: bool,
}

/// Where to look next.
#[derive(Serialize, ToSchema)]
pub struct CardLink {
    /// What is there.
    #[schema(example = "Its attempts")]
    pub label: &'static str,
    /// The path and query of an operation here.
    #[schema(example = "/v1/exports/019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11/attempts")]
    pub href: String,
}

/// What is searched for.
#[derive(Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// An id (of an export, which is the `webhook-id` that a receiver quotes, of an attempt, of a webhook), as
    /// it was pasted; a name of a webhook or a part of it; a host or a part of it, 3 characters at least; an
    /// e-mail address of who asked for exports; for support, words of the name of an organisation; for an
    /// admin, a name, e-mail address or reference of a candidate. With a day beside it (`hooks.example.com
    /// 2026-11-23`; also an instant out of a log, or `23 Nov 2026`) it is about that day (UTC), otherwise about the last seven.
    #[validate(length(max = 400, message = "at most 400 characters"))]
    #[param(min_length = 1, max_length = 400, example = "hooks.zapier.com 2026-11-23")]
    q: String,
}

/// Search
///
/// Finds what one has at hand, within what one may see: recruiters find their own exports, support those of all
/// organisations, each of which is told. What nobody has, or is not yours to see: no items.
#[utoipa::path(
    tag = "support",
    params(SearchQuery),
    responses((status = 200, description = "What was found", body = SearchResults))
)]
#[get("/v1/search")]
pub(crate) async fn search(
    state: web::Data<State>,
    call: Authorized<SeeExports, Query<SearchQuery>>,
) -> Result<web::Json<SearchResults>, Problem> {
    let Query(SearchQuery { q }) = call.input;
    let refused =
        |refusal: domain::search::SearchRefusal| Problem::invalid_value("/q", refusal.to_string());
    let search = Search::parse(&q).map_err(refused)?;
    let now = Utc::now();
    let window = search.window(now);
    let find = move |conn: &mut Conn, actor: &Actor| store::search::find(conn, actor, &search, now);
    let found = call.caller.run(&state, find).await?;
    let caller = &call.caller;
    let reader = Reader { caller, contacts: &state.contacts, window, now };
    let items = found.hits.into_iter().map(|hit| reader.card(hit)).collect();
    Ok(web::Json(SearchResults {
        items,
        more: found.more.into_iter().map(CardKind::from).collect(),
    }))
}

impl From<HitKind> for CardKind {
    fn from(kind: HitKind) -> Self {
        match kind {
            HitKind::Attempt => Self::Attempt,
            HitKind::Export => Self::Export,
            HitKind::Webhook => Self::Webhook,
            HitKind::Host => Self::Host,
            HitKind::Requester => Self::Requester,
            HitKind::Organisation => Self::Organisation,
            HitKind::Candidate => Self::Candidate,
        }
    }
}

impl From<domain::explanation::Traffic> for CardCounts {
    fn from(traffic: domain::explanation::Traffic) -> Self {
        Self {
            accepted: traffic.accepted,
            failed: traffic.failed,
            cancelled: traffic.cancelled,
            in_progress: traffic.in_progress,
            complete: !traffic.bounded,
        }
    }
}

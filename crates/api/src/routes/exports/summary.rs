//! Exports in numbers: how many stand where, at which host, and since when.

use actix_web::{get, web};
use chrono::{DateTime, NaiveDate, Utc};
use domain::actor::Actor;
use domain::export::ExportStatus;
use domain::id::{ExportId, OrganisationId, WebhookId};
use domain::outcome::Outcome;
use domain::role::Role;
use domain::summary::{ExportGroup, sentence, standing};
use serde::{Deserialize, Serialize};
use store::Conn;
use store::summaries::{Line, SummaryFilter, of_exports};
use utoipa::ToSchema;
use validator::Validate;

use crate::authorized::{Authorized, SeeExports};
use crate::extract::{Query, instant, several};
use crate::page::{DEFAULT_LIMIT, LARGEST_LIMIT, filter};
use crate::problem::Problem;
use crate::redaction;
use crate::state::State;

/// Exports in numbers.
#[derive(Serialize, ToSchema)]
pub struct ExportSummary {
    /// A line for each of what is counted by; those with most exports first.
    pub items: Vec<ExportSummaryLine>,
    /// There are more lines than `limit`.
    pub more: bool,
    /// The start of what is counted.
    pub from: DateTime<Utc>,
    /// The end of it; null: up to now.
    pub to: Option<DateTime<Utc>>,
}

/// How many exports have this in common. What they are not counted by is null.
#[derive(Serialize, ToSchema)]
pub struct ExportSummaryLine {
    /// Host of their webhooks.
    #[schema(example = "hooks.zapier.com")]
    pub host: Option<String>,
    /// Where they stand.
    pub status: Option<ExportStatus>,
    /// The outcome that they ended with; null, too, for those in progress and those that were cancelled before
    /// any attempt.
    pub outcome: Option<Outcome>,
    /// Their organisation.
    pub organisation_id: Option<OrganisationId>,
    /// Its name; null for all but support.
    #[schema(example = "Northwind")]
    pub organisation_name: Option<String>,
    /// Their webhook.
    pub webhook_id: Option<WebhookId>,
    /// Its name.
    #[schema(example = "Zapier: new hires")]
    pub webhook_name: Option<String>,
    /// The UTC day on which they were asked for.
    pub day: Option<NaiveDate>,
    /// How many exports.
    #[schema(example = 812)]
    pub exports: u64,
    /// How many candidates are in them; one who is in two of them counts twice.
    #[schema(example = 9_120)]
    pub candidates: u64,
    /// Of how many organisations; null for all but support.
    #[schema(example = 14)]
    pub organisations: Option<u64>,
    /// When the first of them was asked for.
    pub since: DateTime<Utc>,
    /// When the last of them was asked for.
    pub last: DateTime<Utc>,
    /// The newest of them, to look at.
    pub example: ExportId,
    /// What they have in common, in plain words; null where they are counted neither by status nor by outcome.
    #[schema(example = "hooks.zapier.com had an internal error or was not available (5xx).")]
    pub explanation: Option<String>,
}

/// Parameters of exports in numbers.
#[derive(Deserialize, Serialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportSummaryQuery {
    /// What is counted by, separated by commas; by default host and status.
    #[serde(default, deserialize_with = "several::words")]
    #[param(style = Form, explode = false, min_items = 1)]
    group_by: Vec<ExportGroup>,
    /// Only those that stand at one of these, separated by commas; in whatever case.
    #[serde(default, deserialize_with = "several::words")]
    #[param(style = Form, explode = false, min_items = 1)]
    status: Vec<ExportStatus>,
    /// Only those that ended with one of these outcomes, separated by commas; in whatever case.
    #[serde(default, deserialize_with = "several::words")]
    #[param(style = Form, explode = false, min_items = 1)]
    outcome: Vec<Outcome>,
    /// Only those to this webhook, live or deleted.
    webhook_id: Option<WebhookId>,
    /// Only those to this host (`hooks.example.com`), in whatever spelling; a URL of the host will do. One that no
    /// webhook has or had: 422.
    #[serde(default, deserialize_with = "filter::host")]
    #[param(min_length = 1)]
    host: Option<String>,
    /// Only those asked for at or after this instant (`2026-11-23T10:14:59Z`); a date without a time is a whole
    /// UTC day. By default, the first of the 31 UTC days that end with `to`, or today. Whole days are answered
    /// quickest; of their own exports, recruiters may ask for 31 days at once.
    #[serde(default, deserialize_with = "instant::from")]
    from: Option<DateTime<Utc>>,
    /// Only those asked for before this instant; a date without a time is a whole UTC day, and those
    /// asked for on it are meant, too.
    #[serde(default, deserialize_with = "instant::to")]
    to: Option<DateTime<Utc>>,
    /// Support only: those of this organisation.
    organisation_id: Option<OrganisationId>,
    /// Most lines.
    #[validate(range(min = 1, max = LARGEST_LIMIT, message = "1 to 200"))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
}

/// Count exports
///
/// Exports in numbers, by host, status, outcome, organisation, webhook or day: how many, since when, and one to
/// look at. Recruiters see their own, support those of all organisations.
#[utoipa::path(
    tag = "exports",
    params(ExportSummaryQuery),
    responses((status = 200, description = "Exports in numbers", body = ExportSummary))
)]
#[get("/v1/exports/summary")]
pub(crate) async fn summarize_exports(
    state: web::Data<State>,
    call: Authorized<SeeExports, Query<ExportSummaryQuery>>,
) -> Result<web::Json<ExportSummary>, Problem> {
    let Query(query) = call.input;
    let caller = call.caller.within(query.organisation_id)?;
    let window = filter::counted(&caller.actor, query.from, query.to)?;
    let groups = match &query.group_by[..] {
        [] => vec![ExportGroup::Host, ExportGroup::Status],
        named => named.to_vec(),
    };
    let wanted = SummaryFilter {
        window,
        webhook_id: query.webhook_id,
        host: query.host,
        outcomes: query.outcome,
        statuses: query.status,
    };
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let count =
        move |conn: &mut Conn, actor: &Actor| of_exports(conn, actor, &wanted, &groups, limit);
    let summary = caller.run(&state, count).await?.map_err(filter::unknown)?;
    let role = caller.role;
    let items = summary.lines.into_iter().map(|line| ExportSummaryLine::new(line, role)).collect();
    let (from, to) = (window.from, window.to);
    Ok(web::Json(ExportSummary { items, more: summary.more, from, to }))
}

impl ExportSummaryLine {
    fn new(line: Line, role: Role) -> Self {
        let host = line.host.map(|host| redaction::host(role, &host));
        let explanation = match (line.outcome, line.status) {
            // What was cancelled ended so, whatever came of its last attempt.
            (_, Some(status @ ExportStatus::Cancelled)) => Some(standing(status, host.as_deref())),
            (Some(outcome), _) => Some(sentence(outcome, host.as_deref())),
            (None, Some(status)) => Some(standing(status, host.as_deref())),
            (None, None) => None,
        };
        let (organisation_id, organisation_name) = line.organisation.unzip();
        let (webhook_id, webhook_name) = line.webhook.unzip();
        let is_support = role == Role::Support;
        Self {
            host,
            status: line.status,
            outcome: line.outcome,
            organisation_id,
            organisation_name: organisation_name.filter(|_| is_support),
            webhook_id,
            webhook_name,
            day: line.day,
            exports: line.count,
            candidates: line.affected,
            organisations: is_support.then_some(line.organisations),
            since: line.since,
            last: line.last,
            example: line.newest.export,
            explanation,
        }
    }
}

//! The log in numbers: how many attempts came to which end, where, and since when.

use actix_web::{get, web};
use chrono::{DateTime, NaiveDate, Utc};
use domain::actor::Actor;
use domain::id::{AttemptId, ExportId, OrganisationId, WebhookId};
use domain::outcome::Outcome;
use domain::role::Role;
use domain::summary::{AttemptGroup, sentence};
use serde::{Deserialize, Serialize};
use store::Conn;
use store::summaries::{Line, SummaryFilter, of_attempts};
use utoipa::ToSchema;
use validator::Validate;

use crate::authorized::{Authorized, SeeExports};
use crate::extract::{Query, instant, several};
use crate::page::{DEFAULT_LIMIT, LARGEST_LIMIT, filter};
use crate::problem::Problem;
use crate::redaction;
use crate::state::State;

/// Attempts in numbers.
#[derive(Serialize, ToSchema)]
pub struct AttemptSummary {
    /// A line for each of what is counted by; those with most attempts first.
    pub items: Vec<AttemptSummaryLine>,
    /// There are more lines than `limit`.
    pub more: bool,
    /// The start of what is counted.
    pub from: DateTime<Utc>,
    /// The end of it; null: up to now.
    pub to: Option<DateTime<Utc>>,
}

/// How many attempts have this in common. What they are not counted by is null.
#[derive(Serialize, ToSchema)]
pub struct AttemptSummaryLine {
    /// Host of their webhooks.
    #[schema(example = "hooks.zapier.com")]
    pub host: Option<String>,
    /// What came of them.
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
    /// The UTC day on which they began.
    pub day: Option<NaiveDate>,
    /// How many attempts.
    #[schema(example = 5_231)]
    pub attempts: u64,
    /// How many exports had this outcome for the first time here (not counted by outcome and not narrowed to
    /// one: were tried for the first time). So each export counts once over all days. One that had it before
    /// `from` and is tried again is in `attempts` alone: in an outage that began before, this may be 0. Ask
    /// from the beginning of an outage, and it is all exports that it affected.
    #[schema(example = 812)]
    pub new_exports: u64,
    /// Of how many organisations; null for all but support.
    #[schema(example = 14)]
    pub organisations: Option<u64>,
    /// When the first of them began.
    pub since: DateTime<Utc>,
    /// When the last of them began.
    pub last: DateTime<Utc>,
    /// The newest of them, to look at.
    pub example: AttemptId,
    /// Its export.
    pub example_export_id: ExportId,
    /// What they have in common, in plain words; null where they are not counted by outcome.
    #[schema(example = "hooks.zapier.com had an internal error or was not available (5xx).")]
    pub explanation: Option<String>,
}

/// Parameters of the log in numbers.
#[derive(Deserialize, Serialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AttemptSummaryQuery {
    /// What is counted by, separated by commas; by default host and outcome.
    #[serde(default, deserialize_with = "several::words")]
    #[param(style = Form, explode = false, min_items = 1)]
    group_by: Vec<AttemptGroup>,
    /// Only those to this webhook, live or deleted.
    webhook_id: Option<WebhookId>,
    /// Only those with one of these outcomes, separated by commas; in whatever case.
    #[serde(default, deserialize_with = "several::words")]
    #[param(style = Form, explode = false, min_items = 1)]
    outcome: Vec<Outcome>,
    /// Only those to this host (`hooks.example.com`), in whatever spelling; a URL of the host will do. One that no
    /// webhook has or had: 422.
    #[serde(default, deserialize_with = "filter::host")]
    #[param(min_length = 1)]
    host: Option<String>,
    /// Only those begun at or after this instant (`2026-11-23T10:14:59Z`); a date without a time is a whole UTC
    /// day. By default, the first of the 31 UTC days that end with `to`, or today. Whole days are answered
    /// quickest; of their own exports, recruiters may ask for 31 days at once.
    #[serde(default, deserialize_with = "instant::from")]
    from: Option<DateTime<Utc>>,
    /// Only those begun before this instant; a date without a time is a whole UTC day, and those
    /// begun on it are meant, too.
    #[serde(default, deserialize_with = "instant::to")]
    to: Option<DateTime<Utc>>,
    /// Support only: those of this organisation.
    organisation_id: Option<OrganisationId>,
    /// Most lines.
    #[validate(range(min = 1, max = LARGEST_LIMIT, message = "1 to 200"))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
}

/// Count attempts
///
/// The log in numbers, by host, outcome, organisation, webhook or day: how many attempts and new exports,
/// since when, and one to look at. Attempts under way are not counted. Recruiters see those of their own exports,
/// support all.
#[utoipa::path(
    tag = "attempts",
    params(AttemptSummaryQuery),
    responses((status = 200, description = "Attempts in numbers", body = AttemptSummary))
)]
#[get("/v1/attempts/summary")]
pub(crate) async fn summarize_attempts(
    state: web::Data<State>,
    call: Authorized<SeeExports, Query<AttemptSummaryQuery>>,
) -> Result<web::Json<AttemptSummary>, Problem> {
    let Query(query) = call.input;
    let caller = call.caller.within(query.organisation_id)?;
    let window = filter::counted(&caller.actor, query.from, query.to)?;
    let groups = match &query.group_by[..] {
        [] => vec![AttemptGroup::Host, AttemptGroup::Outcome],
        named => named.to_vec(),
    };
    let wanted = SummaryFilter {
        window,
        webhook_id: query.webhook_id,
        host: query.host,
        outcomes: query.outcome,
        statuses: Vec::new(),
    };
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let count =
        move |conn: &mut Conn, actor: &Actor| of_attempts(conn, actor, &wanted, &groups, limit);
    let summary = caller.run(&state, count).await?.map_err(filter::unknown)?;
    let role = caller.role;
    let lines = summary.lines.into_iter().map(|line| AttemptSummaryLine::new(line, role));
    let items = lines.collect::<Result<_, _>>()?;
    let (from, to) = (window.from, window.to);
    Ok(web::Json(AttemptSummary { items, more: summary.more, from, to }))
}

impl AttemptSummaryLine {
    fn new(line: Line, role: Role) -> Result<Self, Problem> {
        let host = line.host.map(|host| redaction::host(role, &host));
        let explanation = line.outcome.map(|outcome| sentence(outcome, host.as_deref()));
        let (organisation_id, organisation_name) = line.organisation.unzip();
        let (webhook_id, webhook_name) = line.webhook.unzip();
        let is_support = role == Role::Support;
        let example = line.newest.attempt;
        let example = example.ok_or_else(|| anyhow::anyhow!("a line of attempts without one"));
        Ok(Self {
            host,
            outcome: line.outcome,
            organisation_id,
            organisation_name: organisation_name.filter(|_| is_support),
            webhook_id,
            webhook_name,
            day: line.day,
            attempts: line.count,
            new_exports: line.affected,
            organisations: is_support.then_some(line.organisations),
            since: line.since,
            last: line.last,
            example: example.map_err(Problem::internal)?,
            example_export_id: line.newest.export,
            explanation,
        })
    }
}

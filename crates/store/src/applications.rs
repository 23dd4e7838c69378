//! Candidates in a vacancy, as a list to pick from.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::actor::Actor;
use domain::export::ExportStatus;
use domain::id::{ApplicationId, CandidateId, ExportId, OrganisationId, VacancyId, WebhookId};
use domain::import::{ApplicationStatus, Rating};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::filter::is_webhook;
use crate::owner::organisation_of;
use crate::page::Page;
use crate::schema::{stage_counts, vacancies};

mod order;
mod row;
mod search;
pub(crate) mod select;
#[cfg(test)]
mod tests;
mod total;
mod ways;

pub use order::{ApplicationKey, Place, Sort, SortBy};
use row::Row;
use search::Asked;

/// An application with what tells the person.
#[derive(Clone, PartialEq)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// The person.
    pub candidate_id: CandidateId,
    /// The organisation's own key of the person.
    pub candidate_reference: String,
    /// The organisation's own key of the application.
    pub reference: String,
    /// Name of the person.
    pub full_name: String,
    /// E-mail address of the person.
    pub email: Option<String>,
    /// Name of its stage.
    pub stage: String,
    /// Position of the stage among those of the vacancy, from 1.
    pub stage_order: Option<u32>,
    /// The overall rating.
    pub rating: Option<Rating>,
    /// When the person applied.
    pub applied_at: DateTime<Utc>,
    /// Where it stands as a whole.
    pub status: ApplicationStatus,
    /// Processing of the person is restricted: never exported.
    pub restricted: bool,
    /// Of the webhook that is asked about: the newest export with this person that it got, may have got or
    /// is about to get.
    pub last_export: Option<LastExport>,
}

/// An export that carries somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastExport {
    /// The export, which may be a colleague's.
    pub id: ExportId,
    /// When it was asked for.
    pub at: DateTime<Utc>,
    /// Who asked for it, by name or else by e-mail address; none where neither is shared.
    pub by: Option<String>,
    /// Where it stands.
    pub status: ExportStatus,
    /// The webhook accepted it once.
    pub accepted: bool,
}

/// It is about a person: only the id is printed.
impl std::fmt::Debug for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Application").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Which applications of a vacancy are listed; all conditions hold together.
#[derive(Clone, Default)]
pub struct ApplicationFilter {
    /// At these stages, as `domain::stage` reads them.
    pub stage: Option<String>,
    /// That stand as a whole at one of these; all where none is named.
    pub statuses: Vec<ApplicationStatus>,
    /// Whose name or e-mail address has these words, in any order; case, accents, apostrophes,
    /// hyphens and blanks aside.
    pub q: Option<String>,
    /// Rated at least so, on the scale of the rating.
    pub min_rating: Option<f64>,
    /// Applied after this instant.
    pub applied_after: Option<DateTime<Utc>>,
}

/// Its words may be somebody's name.
impl std::fmt::Debug for ApplicationFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApplicationFilter").finish_non_exhaustive()
    }
}

/// How applications are listed.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// Which of them.
    pub filter: &'a ApplicationFilter,
    /// In which order.
    pub sort: Sort,
    /// The webhook to which their last exports are told.
    pub webhook: Option<WebhookId>,
    /// With the number of all.
    pub counted: bool,
}

/// By time of application.
impl<'a> From<&'a ApplicationFilter> for Listed<'a> {
    fn from(filter: &'a ApplicationFilter) -> Self {
        Self { filter, sort: Sort::default(), webhook: None, counted: false }
    }
}

/// A page of applications.
#[derive(Debug, Clone, PartialEq)]
pub struct ApplicationPage {
    /// The page.
    pub items: Vec<Application>,
    /// Where the next one starts, if there are more.
    pub next: Option<ApplicationKey>,
    /// How many there are on all pages, where that is asked for.
    pub total: Option<u64>,
}

/// Why a filter means nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilterRefusal {
    /// No such vacancy.
    Unknown,
    /// The filter names a stage that the vacancy has not; these it has.
    UnknownStage(Vec<String>),
    /// Nothing is left of the words that are looked for: everybody would be found.
    NoWords,
}

/// Why applications are not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListRefusal {
    /// By the filter.
    Filter(FilterRefusal),
    /// No such webhook, live or deleted.
    UnknownWebhook,
}

/// Applications of a vacancy, in the order that is asked for.
///
/// # Errors
/// [`StoreError`]; inside, [`ListRefusal`].
pub fn list<'a>(
    conn: &mut Conn,
    actor: &Actor,
    vacancy: VacancyId,
    listed: impl Into<Listed<'a>>,
    after: Option<ApplicationKey>,
    limit: usize,
) -> Result<Result<ApplicationPage, ListRefusal>, StoreError> {
    let organisation = organisation_of(actor)?;
    let Listed { filter, sort, webhook, counted } = listed.into();
    let Resolved { conditions, stages, stage_order } =
        match resolve(conn, organisation, vacancy, filter, sort)? {
            Ok(resolved) => resolved,
            Err(refusal) => return Ok(Err(ListRefusal::Filter(refusal))),
        };
    if let Some(id) = webhook
        && !is_webhook(conn, actor, id)?
    {
        return Ok(Err(ListRefusal::UnknownWebhook));
    }
    let asked =
        Asked { organisation, vacancy, filter, stages, sort, stage_order, webhook, after, limit };
    let rows = asked.read(conn, conditions.as_deref())?;
    let page = Page::from_rows(rows, limit, |row| sort.key(row));
    let items = page.items.into_iter().map(Row::application).collect::<Result<_, _>>()?;
    let all = Asked { after: None, ..asked };
    let total = counted.then(|| all.total(conn, conditions.as_deref())).transpose()?;
    Ok(Ok(ApplicationPage { items, next: page.next, total }))
}

/// What a filter says, once it was looked up.
struct Resolved {
    /// Of the words: what has to hold of the letters.
    conditions: Option<Vec<search::Condition>>,
    /// The stages that are named.
    stages: Option<Vec<String>>,
    /// All stages in their order, those that the vacancy has no more last; where they are sorted by.
    stage_order: Vec<String>,
}

fn resolve(
    conn: &mut Conn,
    organisation: OrganisationId,
    vacancy: VacancyId,
    filter: &ApplicationFilter,
    sort: Sort,
) -> Result<Result<Resolved, FilterRefusal>, StoreError> {
    let conditions = filter.q.as_deref().map(|q| search::conditions(conn, vacancy, q));
    let conditions = conditions.transpose()?;
    if conditions.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Err(FilterRefusal::NoWords));
    }
    let stages: Option<Vec<String>> = vacancies::table
        .find((Uuid::from(organisation), Uuid::from(vacancy)))
        .select(vacancies::stages)
        .first(conn)
        .optional()?;
    let Some(mut stages) = stages else { return Ok(Err(FilterRefusal::Unknown)) };
    let text = filter.stage.as_deref();
    let mut named = text.and_then(|text| stages_named(text, &stages));
    let ordered = sort.by == SortBy::Stage;
    if ordered || (text.is_some() && named.is_none()) {
        // Somebody may stand at a stage that the vacancy has no more.
        stages.extend(former_stages(conn, organisation, vacancy, &stages)?);
    }
    if let Some(text) = text
        && named.is_none()
    {
        named = stages_named(text, &stages);
        if named.is_none() {
            return Ok(Err(FilterRefusal::UnknownStage(stages)));
        }
    }
    let stage_order = if ordered { stages } else { Vec::new() };
    Ok(Ok(Resolved { conditions, stages: named, stage_order }))
}

fn stages_named(text: &str, stages: &[String]) -> Option<Vec<String>> {
    let stages: Vec<&str> = stages.iter().map(String::as_str).collect();
    let named = domain::stage::named(text, &stages)?;
    Some(named.into_iter().map(ToOwned::to_owned).collect())
}

fn former_stages(
    conn: &mut Conn,
    organisation: OrganisationId,
    vacancy: VacancyId,
    stages: &[String],
) -> QueryResult<Vec<String>> {
    stage_counts::table
        .filter(stage_counts::organisation_id.eq(Uuid::from(organisation)))
        .filter(stage_counts::vacancy_id.eq(Uuid::from(vacancy)))
        .filter(stage_counts::applications.gt(0))
        .filter(stage_counts::stage.ne_all(stages))
        .select(stage_counts::stage)
        .order(stage_counts::stage)
        .load(conn)
}

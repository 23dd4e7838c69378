//! Candidates in a vacancy, as a list to pick from.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::id::{ApplicationId, CandidateId, OrganisationId, VacancyId};
use domain::import::{ApplicationStatus, Rating};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::page::Page;
use crate::row::{Typed, unsigned, word};
use crate::schema::{stage_counts, vacancies};
use crate::statement::row;

mod search;
pub(crate) mod select;
#[cfg(test)]
mod tests;
mod ways;

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

/// Where a page of applications starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApplicationKey {
    /// When the last one of the page before was applied for.
    pub applied_at: DateTime<Utc>,
    /// Its id.
    pub id: ApplicationId,
}

/// Why applications are not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListRefusal {
    /// No such vacancy.
    Unknown,
    /// The filter names a stage that the vacancy has not; these it has.
    UnknownStage(Vec<String>),
    /// Nothing is left of the words that are looked for: everybody would be found.
    NoWords,
}

/// Applications of a vacancy by time of application, then id.
///
/// # Errors
/// [`StoreError`]; inside, [`ListRefusal`].
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    vacancy: VacancyId,
    filter: &ApplicationFilter,
    after: Option<ApplicationKey>,
    limit: usize,
) -> Result<Result<Page<Application, ApplicationKey>, ListRefusal>, StoreError> {
    let organisation = organisation_of(actor)?;
    let Resolved { conditions, stages } = match resolve(conn, organisation, vacancy, filter)? {
        Ok(resolved) => resolved,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let asked = Asked { organisation, vacancy, filter, stages, after, limit };
    let rows = asked.read(conn, conditions.as_deref())?;
    let items = rows.into_iter().map(Row::application).collect::<Result<_, _>>()?;
    Ok(Ok(Page::from_rows(items, limit, |application: &Application| ApplicationKey {
        applied_at: application.applied_at,
        id: application.id,
    })))
}

/// What a filter says, once it was looked up.
struct Resolved {
    /// Of the words: what has to hold of the letters.
    conditions: Option<Vec<search::Condition>>,
    /// The stages that are named.
    stages: Option<Vec<String>>,
}

fn resolve(
    conn: &mut Conn,
    organisation: OrganisationId,
    vacancy: VacancyId,
    filter: &ApplicationFilter,
) -> Result<Result<Resolved, ListRefusal>, StoreError> {
    let conditions = filter.q.as_deref().map(|q| search::conditions(conn, vacancy, q));
    let conditions = conditions.transpose()?;
    if conditions.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Err(ListRefusal::NoWords));
    }
    let stages: Option<Vec<String>> = vacancies::table
        .find((Uuid::from(organisation), Uuid::from(vacancy)))
        .select(vacancies::stages)
        .first(conn)
        .optional()?;
    let Some(mut stages) = stages else { return Ok(Err(ListRefusal::Unknown)) };
    let mut named = None;
    if let Some(text) = &filter.stage {
        named = stages_named(text, &stages);
        if named.is_none() {
            // Somebody may stand at a stage that the vacancy has no more.
            stages.extend(former_stages(conn, organisation, vacancy, &stages)?);
            named = stages_named(text, &stages);
        }
        if named.is_none() {
            return Ok(Err(ListRefusal::UnknownStage(stages)));
        }
    }
    Ok(Ok(Resolved { conditions, stages: named }))
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
        .load(conn)
}

row!(
    struct Row {
        id: SqlUuid => Uuid,
        candidate_id: SqlUuid => Uuid,
        candidate_reference: Text => String,
        reference: Text => String,
        full_name: Text => String,
        email: Nullable<Text> => Option<String>,
        stage: Text => String,
        stage_order: Nullable<Integer> => Option<i32>,
        rating: Nullable<Jsonb> => Option<Typed<Rating>>,
        applied_at: Timestamptz => DateTime<Utc>,
        status: Text => String,
        restricted: Bool => bool,
    }
);

impl Row {
    fn application(self) -> Result<Application, StoreError> {
        Ok(Application {
            id: self.id.into(),
            candidate_id: self.candidate_id.into(),
            candidate_reference: self.candidate_reference,
            reference: self.reference,
            full_name: self.full_name,
            email: self.email,
            stage: self.stage,
            stage_order: self.stage_order.map(unsigned).transpose()?,
            rating: self.rating.map(|rating| rating.value),
            applied_at: self.applied_at,
            status: word(ApplicationStatus::parse, &self.status)?,
            restricted: self.restricted,
        })
    }
}

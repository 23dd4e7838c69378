//! Candidates in a vacancy, as a list to pick from.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{
    BigInt, Bool, Double, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::actor::Actor;
use domain::id::{ApplicationId, CandidateId, OrganisationId, VacancyId};
use domain::import::{ApplicationStatus, Rating};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::page::Page;
use crate::row::{Typed, page_rows, unsigned, word};
use crate::schema::vacancies;
use crate::statement::composed::{Composed, Where};
use crate::statement::row;

#[cfg(test)]
mod tests;

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
    /// At this stage.
    pub stage: Option<String>,
    /// Whose name or e-mail address contains this, whatever the case.
    pub q: Option<String>,
    /// Rated at least so, on the scale of the rating.
    pub min_rating: Option<f64>,
    /// Applied after this instant.
    pub applied_after: Option<DateTime<Utc>>,
}

/// Where a page of applications starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApplicationKey {
    /// When the last one of the page before was applied for.
    pub applied_at: DateTime<Utc>,
    /// Its id.
    pub id: ApplicationId,
}

/// Applications of a vacancy by time of application, then id; none inside when there is no such
/// vacancy.
///
/// # Errors
/// [`StoreError`].
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    vacancy: VacancyId,
    filter: &ApplicationFilter,
    after: Option<ApplicationKey>,
    limit: usize,
) -> Result<Option<Page<Application, ApplicationKey>>, StoreError> {
    let organisation = organisation_of(actor)?;
    let there = vacancies::table.find((Uuid::from(organisation), Uuid::from(vacancy)));
    if !diesel::select(exists(there)).get_result::<bool>(conn)? {
        return Ok(None);
    }
    let rows: Vec<Row> = statement(organisation, vacancy, filter, after, limit).load(conn)?;
    let items = rows.into_iter().map(Row::application).collect::<Result<_, _>>()?;
    Ok(Some(Page::from_rows(items, limit, |application: &Application| ApplicationKey {
        applied_at: application.applied_at,
        id: application.id,
    })))
}

fn statement<'a>(
    organisation: OrganisationId,
    vacancy: VacancyId,
    filter: &'a ApplicationFilter,
    after: Option<ApplicationKey>,
    limit: usize,
) -> Composed<'a> {
    let mut wanted = Where::default()
        .and_with::<SqlUuid, _>("a.organisation_id = $1", Uuid::from(organisation))
        .and_with::<SqlUuid, _>("a.vacancy_id = $1", Uuid::from(vacancy))
        .and_if::<Text, _>("a.stage = $1", filter.stage.as_deref())
        .and_if::<Text, _>(
            "c.full_name ILIKE $1 OR c.email ILIKE $1",
            filter.q.as_deref().map(containing),
        )
        .and_if::<Double, _>("(a.rating ->> 'value')::float8 >= $1", filter.min_rating)
        .and_if::<Timestamptz, _>("a.applied_at > $1", filter.applied_after);
    if let Some(key) = after {
        let later = Composed::default()
            .with::<Timestamptz, _>("(a.applied_at, a.id) > ($1,", key.applied_at)
            .with::<SqlUuid, _>("$1)", Uuid::from(key.id));
        wanted = wanted.and(later);
    }
    Composed::default()
        .sql(include_str!("applications/list.sql"))
        .then(wanted)
        .sql("ORDER BY a.applied_at, a.id")
        .with::<BigInt, _>("LIMIT $1", page_rows(limit))
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

/// A pattern of LIKE that finds a text wherever it stands, its own wildcards taken literally.
fn containing(text: &str) -> String {
    let escaped = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{escaped}%")
}

//! Candidates in a vacancy, as a list to pick from.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Double};
use domain::id::{ApplicationId, CandidateId, OrganisationId, VacancyId};
use domain::import::{ApplicationStatus, Rating};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::page::Page;
use crate::row::{json, page_rows, word};
use crate::schema::{applications, candidates, vacancies};

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

/// Applications of a vacancy by time of application, then id. An unknown vacancy has none.
///
/// # Errors
/// [`StoreError`].
pub fn list(
    conn: &mut Conn,
    organisation: OrganisationId,
    vacancy: VacancyId,
    filter: &ApplicationFilter,
    after: Option<ApplicationKey>,
    limit: usize,
) -> Result<Page<Application, ApplicationKey>, StoreError> {
    let mut query = applications::table
        .inner_join(
            candidates::table.on(candidates::organisation_id
                .eq(applications::organisation_id)
                .and(candidates::id.eq(applications::candidate_id))),
        )
        .filter(applications::organisation_id.eq(Uuid::from(organisation)))
        .filter(applications::vacancy_id.eq(Uuid::from(vacancy)))
        .select((Row::as_select(), Person::as_select()))
        .order((applications::applied_at, applications::id))
        .limit(page_rows(limit))
        .into_boxed();
    if let Some(stage) = &filter.stage {
        query = query.filter(applications::stage.eq(stage));
    }
    if let Some(q) = &filter.q {
        let pattern = containing(q);
        query = query.filter(
            candidates::full_name
                .ilike(pattern.clone())
                .or(candidates::email.ilike(pattern).assume_not_null()),
        );
    }
    if let Some(rating) = filter.min_rating {
        query = query.filter(
            sql::<Bool>("coalesce((applications.rating ->> 'value')::float8 >= ")
                .bind::<Double, _>(rating)
                .sql(", false)"),
        );
    }
    if let Some(instant) = filter.applied_after {
        query = query.filter(applications::applied_at.gt(instant));
    }
    if let Some(ApplicationKey { applied_at, id }) = after {
        let later = applications::applied_at.gt(applied_at);
        let tied = applications::applied_at.eq(applied_at).and(applications::id.gt(Uuid::from(id)));
        query = query.filter(applications::applied_at.ge(applied_at)).filter(later.or(tied));
    }
    let stages = stages(conn, organisation, vacancy)?;
    let rows: Vec<(Row, Person)> = query.load(conn)?;
    let items = rows
        .into_iter()
        .map(|(row, person)| application(row, person, &stages))
        .collect::<Result<_, _>>()?;
    Ok(Page::from_rows(items, limit, |application: &Application| ApplicationKey {
        applied_at: application.applied_at,
        id: application.id,
    }))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = applications)]
struct Row {
    id: Uuid,
    candidate_id: Uuid,
    reference: String,
    stage: String,
    rating: Option<serde_json::Value>,
    applied_at: DateTime<Utc>,
    status: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = candidates)]
struct Person {
    reference: String,
    full_name: String,
    email: Option<String>,
    restricted: bool,
}

/// A pattern of LIKE that finds a text wherever it stands, its own wildcards taken literally.
fn containing(text: &str) -> String {
    let escaped = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{escaped}%")
}

fn stages(
    conn: &mut Conn,
    organisation: OrganisationId,
    vacancy: VacancyId,
) -> QueryResult<Vec<String>> {
    let stages: Option<Vec<String>> = vacancies::table
        .find((Uuid::from(organisation), Uuid::from(vacancy)))
        .select(vacancies::stages)
        .first(conn)
        .optional()?;
    Ok(stages.unwrap_or_default())
}

fn application(row: Row, person: Person, stages: &[String]) -> Result<Application, StoreError> {
    let order = stages.iter().position(|stage| *stage == row.stage).map(|index| index + 1);
    Ok(Application {
        id: row.id.into(),
        candidate_id: row.candidate_id.into(),
        candidate_reference: person.reference,
        reference: row.reference,
        full_name: person.full_name,
        email: person.email,
        stage: row.stage,
        stage_order: order.and_then(|order| u32::try_from(order).ok()),
        rating: row.rating.map(json).transpose()?,
        applied_at: row.applied_at,
        status: word(ApplicationStatus::parse, &row.status)?,
        restricted: person.restricted,
    })
}

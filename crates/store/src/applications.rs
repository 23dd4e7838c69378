//! Candidates in a vacancy, as a list to pick from.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{
    BigInt, Bool, Double, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::actor::Actor;
use domain::id::{ApplicationId, CandidateId, VacancyId};
use domain::import::{ApplicationStatus, Rating};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::page::Page;
use crate::row::{Typed, page_rows, unsigned, word};
use crate::schema::vacancies;

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
    let rows: Vec<Row> = diesel::sql_query(include_str!("applications/list.sql"))
        .bind::<SqlUuid, _>(Uuid::from(organisation))
        .bind::<SqlUuid, _>(Uuid::from(vacancy))
        .bind::<Nullable<Timestamptz>, _>(after.map(|key| key.applied_at))
        .bind::<Nullable<SqlUuid>, _>(after.map(|key| Uuid::from(key.id)))
        .bind::<Nullable<Text>, _>(filter.stage.as_deref())
        .bind::<Nullable<Text>, _>(filter.q.as_deref().map(containing))
        .bind::<Nullable<Double>, _>(filter.min_rating)
        .bind::<Nullable<Timestamptz>, _>(filter.applied_after)
        .bind::<BigInt, _>(page_rows(limit))
        .load(conn)?;
    let items = rows.into_iter().map(Row::application).collect::<Result<_, _>>()?;
    Ok(Some(Page::from_rows(items, limit, |application: &Application| ApplicationKey {
        applied_at: application.applied_at,
        id: application.id,
    })))
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    candidate_id: Uuid,
    #[diesel(sql_type = Text)]
    candidate_reference: String,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = Text)]
    full_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    email: Option<String>,
    #[diesel(sql_type = Text)]
    stage: String,
    #[diesel(sql_type = Nullable<Integer>)]
    stage_order: Option<i32>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    rating: Option<Typed<Rating>>,
    #[diesel(sql_type = Timestamptz)]
    applied_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Bool)]
    restricted: bool,
}

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

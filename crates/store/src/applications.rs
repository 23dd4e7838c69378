//! Candidates in a vacancy, as a list to pick from.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Double, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::actor::Actor;
use domain::id::{ApplicationId, CandidateId, OrganisationId, VacancyId};
use domain::import::{ApplicationStatus, Rating};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::filter::one_of;
use crate::owner::organisation_of;
use crate::page::Page;
use crate::row::{Typed, page_rows, unsigned, word};
use crate::schema::{applications, vacancies};
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
    /// At these stages, as `domain::stage` reads them.
    pub stage: Option<String>,
    /// That stand as a whole at one of these; all where none is named.
    pub statuses: Vec<ApplicationStatus>,
    /// Whose name or e-mail address has these words, in any order; case, accents, apostrophes and
    /// hyphens aside.
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

/// Why applications are not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListRefusal {
    /// No such vacancy.
    Unknown,
    /// The filter names a stage that the vacancy has not; these it has.
    UnknownStage(Vec<String>),
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
    let asked = Asked { filter, stages: named, after, limit };
    let rows: Vec<Row> = statement(organisation, vacancy, &asked).load(conn)?;
    let items = rows.into_iter().map(Row::application).collect::<Result<_, _>>()?;
    Ok(Ok(Page::from_rows(items, limit, |application: &Application| ApplicationKey {
        applied_at: application.applied_at,
        id: application.id,
    })))
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
    applications::table
        .filter(applications::organisation_id.eq(Uuid::from(organisation)))
        .filter(applications::vacancy_id.eq(Uuid::from(vacancy)))
        .filter(applications::counts)
        .filter(applications::stage.ne_all(stages))
        .select(applications::stage)
        .distinct()
        .load(conn)
}

/// What is asked for.
struct Asked<'a> {
    filter: &'a ApplicationFilter,
    /// The stages that the filter names.
    stages: Option<Vec<String>>,
    after: Option<ApplicationKey>,
    limit: usize,
}

fn statement<'a>(
    organisation: OrganisationId,
    vacancy: VacancyId,
    Asked { filter, stages, after, limit }: &'a Asked<'_>,
) -> Composed<'a> {
    let wanted = Where::default()
        .and_with::<SqlUuid, _>("a.organisation_id = $1", Uuid::from(organisation))
        .and_with::<SqlUuid, _>("a.vacancy_id = $1", Uuid::from(vacancy))
        .and(Composed::default().sql("a.counts"));
    let statuses: Vec<&str> = filter.statuses.iter().map(|status| status.as_str()).collect();
    let statuses = (!statuses.is_empty()).then_some(statuses);
    let mut wanted = one_of(wanted, "a.stage = $1", "a.stage = ANY($1)", stages.as_deref())
        .and_if::<Array<Text>, _>("a.status = ANY($1)", statuses)
        .and_if::<Double, _>("(a.rating ->> 'value')::float8 >= $1", filter.min_rating)
        .and_if::<Timestamptz, _>("a.applied_at > $1", filter.applied_after);
    if let Some(q) = &filter.q {
        wanted = with_words(wanted, q);
    }
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
        .with::<BigInt, _>("LIMIT $1", page_rows(*limit))
}

/// Each word stands somewhere in name or address. Where it is written with an apostrophe or a hyphen
/// inside, the name may have a blank there: `O'Brien` and `O Brien`, `Anne-Marie` and `Anne Marie`.
fn with_words<'a>(wanted: Where<'a>, q: &'a str) -> Where<'a> {
    let is_linked = |word: &&str| {
        let inner = word.trim_matches(|char: char| !char.is_alphanumeric());
        inner.contains(is_link) && !word.contains('@')
    };
    let (linked, plain): (Vec<_>, Vec<_>) = q.split_whitespace().partition(is_linked);
    let linked = (!linked.is_empty()).then_some(linked);
    let plain = (!plain.is_empty()).then_some(plain);
    wanted
        .and_if::<Array<Text>, _>("c.search_text LIKE ALL (search_patterns($1))", plain)
        .and_if::<Array<Text>, _>(
            "replace(c.search_text, ' ', '') LIKE ALL (search_patterns($1))",
            linked,
        )
}

/// What stands inside a word where others write a blank, or nothing: apostrophes, hyphens, dots.
fn is_link(char: char) -> bool {
    matches!(char,
        '\'' | '-' | '.' | '`' | '\u{b4}' | '\u{b7}' | '\u{2b9}'..='\u{2bf}' | '\u{55a}' | '\u{58a}'
        | '\u{5be}' | '\u{5f3}' | '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{201b}' | '\u{2032}'
        | '\u{2212}' | '\u{30a0}' | '\u{30fb}' | '\u{a78b}'..='\u{a78c}' | '\u{ff07}' | '\u{ff0d}'
        | '\u{ff0e}' | '\u{ff65}')
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

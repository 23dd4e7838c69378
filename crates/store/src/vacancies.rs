//! Positions, with how many applications stand at each of their stages.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text};
use domain::actor::Actor;
use domain::id::{OrganisationId, VacancyId};
use domain::import::VacancyStatus;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::page::{Page, in_order};
use crate::row::{page_rows, unsigned, word};
use crate::schema::{stage_counts, vacancies};

/// Blanks aside, so that what people write as one word or as several is found either way.
const WITH_WORDS: &str = "replace(search_text(concat_ws(E'\\n', title, reference, department, location)), \
                          ' ', '') LIKE ALL (search_patterns(";

#[diesel::declare_sql_function]
extern "SQL" {
    /// What is left of words where they are compared.
    fn search_words(words: Array<Text>) -> Array<Text>;
}

/// A position that people apply for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vacancy {
    /// Its id.
    pub id: VacancyId,
    /// The organisation's own key.
    pub reference: String,
    /// Title of the position.
    pub title: String,
    /// Department.
    pub department: Option<String>,
    /// Place of work.
    pub location: Option<String>,
    /// Public page of the position.
    pub url: Option<String>,
    /// Whether it takes applications.
    pub status: VacancyStatus,
    /// Its stages in their order.
    pub stages: Vec<StageCount>,
    /// When it was first imported.
    pub created_at: DateTime<Utc>,
    /// When an import last changed it.
    pub updated_at: DateTime<Utc>,
}

/// A stage of a vacancy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageCount {
    /// Its name.
    pub name: String,
    /// Its position, from 1.
    pub order: u32,
    /// How many applications stand there, whatever their status.
    pub applications: u64,
}

/// Which vacancies are listed; all conditions hold together.
#[derive(Debug, Clone, Default)]
pub struct VacancyFilter {
    /// That stand at one of these; all where none is named.
    pub statuses: Vec<VacancyStatus>,
    /// In whose title, reference, department or location these words stand, in any order, each as a whole or
    /// in part; case and accents aside.
    pub q: Option<String>,
}

/// Nothing is left of the words that are looked for: every vacancy would be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoWords;

/// The vacancies of an organisation, newest first.
///
/// # Errors
/// [`StoreError`]; inside, [`NoWords`].
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    filter: &VacancyFilter,
    after: Option<VacancyId>,
    limit: usize,
) -> Result<Result<Page<Vacancy, VacancyId>, NoWords>, StoreError> {
    let organisation = organisation_of(actor)?;
    let words: Option<Vec<&str>> = filter.q.as_deref().map(|q| q.split_whitespace().collect());
    if let Some(words) = &words {
        let left: Vec<String> = diesel::select(search_words(words)).get_result(conn)?;
        if left.is_empty() {
            return Ok(Err(NoWords));
        }
    }
    let mut query = vacancies::table
        .filter(vacancies::organisation_id.eq(Uuid::from(organisation)))
        .select(Row::as_select())
        .order(vacancies::id.desc())
        .limit(page_rows(limit))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(vacancies::id.lt(Uuid::from(after)));
    }
    // One alone is found by an index in the order of the list.
    match filter.statuses.as_slice() {
        [] => {}
        [status] => query = query.filter(vacancies::status.eq(status.as_str())),
        several => {
            let several: Vec<&str> = several.iter().map(|status| status.as_str()).collect();
            query = query.filter(vacancies::status.eq_any(several));
        }
    }
    if let Some(words) = words {
        query = query.filter(sql::<Bool>(WITH_WORDS).bind::<Array<Text>, _>(words).sql("))"));
    }
    let rows = in_order(conn, |conn| query.load(conn))?;
    let page = Page::from_rows(rows, limit, |row: &Row| VacancyId::from(row.id));
    Ok(Ok(Page { items: counted(conn, organisation, page.items)?, next: page.next }))
}

/// A vacancy.
///
/// # Errors
/// [`StoreError`].
pub fn get(conn: &mut Conn, actor: &Actor, id: VacancyId) -> Result<Option<Vacancy>, StoreError> {
    let organisation = organisation_of(actor)?;
    let row = vacancies::table
        .find((Uuid::from(organisation), Uuid::from(id)))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(counted(conn, organisation, row.into_iter().collect())?.pop())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = vacancies)]
struct Row {
    id: Uuid,
    reference: String,
    title: String,
    department: Option<String>,
    location: Option<String>,
    url: Option<String>,
    status: String,
    stages: Vec<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

type Counts = HashMap<(Uuid, String), i64>;

/// The vacancies of these rows with their counts, which triggers keep.
fn counted(
    conn: &mut Conn,
    organisation: OrganisationId,
    rows: Vec<Row>,
) -> Result<Vec<Vacancy>, StoreError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let counts: Vec<(Uuid, String, i64)> = stage_counts::table
        .filter(stage_counts::organisation_id.eq(Uuid::from(organisation)))
        .filter(stage_counts::vacancy_id.eq_any(ids))
        .select((stage_counts::vacancy_id, stage_counts::stage, stage_counts::applications))
        .load(conn)?;
    let counts = counts.into_iter().map(|(id, stage, count)| ((id, stage), count)).collect();
    rows.into_iter().map(|row| vacancy(row, &counts)).collect()
}

fn vacancy(row: Row, counts: &Counts) -> Result<Vacancy, StoreError> {
    let stage = |(name, order): (String, u32)| {
        let applications = counts.get(&(row.id, name.clone())).copied().unwrap_or(0);
        Ok(StageCount { name, order, applications: unsigned(applications)? })
    };
    let stages = row.stages.into_iter().zip(1..).map(stage).collect::<Result<_, StoreError>>()?;
    Ok(Vacancy {
        id: row.id.into(),
        reference: row.reference,
        title: row.title,
        department: row.department,
        location: row.location,
        url: row.url,
        status: word(VacancyStatus::parse, &row.status)?,
        stages,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

//! People as an organisation looks for them, where their data went, and how they are forgotten.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::actor::Actor;
use domain::audit::{Action, ObjectType};
use domain::id::CandidateId;
use serde_json::json;
use uuid::Uuid;

use crate::audit;
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::page::{Page, in_order};
use crate::row::{page_rows, unsigned};
use crate::statement::composed::{Composed, Where};
use crate::statement::{row, statement};

mod erase;
pub(crate) mod references;
mod report;
#[cfg(test)]
mod tests;
mod whereabouts;

pub use erase::{EraseRefusal, Named, Secrets, erase};
pub use report::{Erased, Summary, all_erased, summary};
pub use whereabouts::{Certainty, ExportKey, Receiver, Whereabouts, exports};

/// So many people for each row of the page are looked through before the index of letters is asked.
const LOOKED_THROUGH: i64 = 10;
/// More pairs of letters narrow down no further.
const CONDITIONS: usize = 24;

const WITH_WORDS: &str = "replace(c.search_text, ' ', '') LIKE ALL (search_patterns($1))
   AND (c.search_text LIKE ALL (search_patterns($1)) OR has_search_words(c.search_text, search_words($1)))
   AND search_words($1) <> '{}'";
const WITH_PAIR: &str = "search_grams(organisation_id, search_text) && $1";

/// A person, as they are found.
#[derive(Clone, PartialEq)]
pub struct Candidate {
    /// Their id.
    pub id: CandidateId,
    /// The organisation's own key.
    pub reference: String,
    /// Given name, where it is known apart.
    pub first_name: Option<String>,
    /// Family name, where it is known apart.
    pub last_name: Option<String>,
    /// The whole name.
    pub full_name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Processing is restricted: never exported.
    pub restricted: bool,
    /// Whether they agreed to be contacted; none where nobody said.
    pub can_contact: Option<bool>,
    /// Until when they agreed.
    pub consent_expires_at: Option<DateTime<Utc>>,
    /// How often they applied.
    pub applications: u64,
    /// Exports that carry them.
    pub exports: u64,
}

/// It is about a person: only the id is printed.
impl std::fmt::Debug for Candidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Candidate").field("id", &self.id).finish_non_exhaustive()
    }
}

row!(
    struct Row {
        id: SqlUuid => Uuid,
        reference: Text => String,
        first_name: Nullable<Text> => Option<String>,
        last_name: Nullable<Text> => Option<String>,
        full_name: Text => String,
        email: Nullable<Text> => Option<String>,
        restricted: Bool => bool,
        can_contact: Nullable<Bool> => Option<bool>,
        consent_expires_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        applications: BigInt => i64,
        exports: BigInt => i64,
    }
);

statement!(FindConditions = "candidates/conditions.sql", (
    organisation: SqlUuid => Uuid,
    words: Array<Text> => Vec<&'a str>,
) -> (Integer, Integer));

/// Candidates whose name or e-mail address has the words of `q`, in any order, or whose reference or id is
/// `q`; by id. Who looked is told, not for whom.
///
/// # Errors
/// [`StoreError`].
pub fn find(
    conn: &mut Conn,
    actor: &Actor,
    q: &str,
    after: Option<CandidateId>,
    limit: usize,
) -> Result<Page<Candidate, CandidateId>, StoreError> {
    let asked = Asked {
        organisation: organisation_of(actor)?.into(),
        q,
        after: after.map_or(Uuid::nil(), Uuid::from),
        limit,
    };
    transaction(conn, |conn| {
        let rows = asked.read(conn)?;
        let found = rows.into_iter().map(Row::candidate).collect::<Result<Vec<_>, _>>()?;
        let page = Page::from_rows(found, limit, |candidate| candidate.id);
        let details = json!({ "shown": page.items.len() });
        audit::did(conn, actor, Action::CandidatesSearched, ObjectType::Candidate, details)?;
        Ok(page)
    })
}

/// The first of them, for who tells the audit by themselves.
pub(crate) fn first(
    conn: &mut Conn,
    actor: &Actor,
    q: &str,
    limit: usize,
) -> Result<Vec<Candidate>, StoreError> {
    let organisation = organisation_of(actor)?.into();
    let rows = Asked { organisation, q, after: Uuid::nil(), limit }.read(conn)?;
    rows.into_iter().map(Row::candidate).collect()
}

struct Asked<'a> {
    organisation: Uuid,
    q: &'a str,
    after: Uuid,
    limit: usize,
}

impl Asked<'_> {
    fn words(&self) -> Vec<&str> {
        self.q.split_whitespace().collect()
    }

    fn read(&self, conn: &mut Conn) -> QueryResult<Vec<Row>> {
        if let Ok(id) = Uuid::try_parse(self.q) {
            let known: Vec<Row> = self.by_id(id).load(conn)?;
            if !known.is_empty() {
                return Ok(known);
            }
        }
        let rows: Vec<Row> = in_order(conn, |conn| self.along_all().load(conn))?;
        if rows.len() > self.limit {
            return Ok(rows);
        }
        let (organisation, words) = (self.organisation, self.words());
        let find = FindConditions { organisation, words, lifetime: PhantomData };
        let conditions: Vec<(i32, i32)> = find.load(conn)?;
        self.by_letters(&conditions).load(conn)
    }

    fn by_id(&self, id: Uuid) -> Composed<'_> {
        Composed::default()
            .sql(include_str!("candidates/list.sql"))
            .sql("candidates c")
            .then(self.in_window().and_with::<SqlUuid, _>("id = $1", id))
            .sql(include_str!("candidates/counts.sql"))
    }

    /// The first of all people, in the order of their ids.
    fn along_all(&self) -> Composed<'_> {
        let rows = LOOKED_THROUGH * page_rows(self.limit);
        let all = Composed::default()
            .sql("(SELECT * FROM candidates")
            .then(self.in_window())
            .with::<BigInt, _>("ORDER BY id LIMIT $1) c", rows);
        self.page(all)
    }

    /// All that have the letters, of whom few have not the words, and who has the reference.
    fn by_letters(&self, conditions: &[(i32, i32)]) -> Composed<'_> {
        let mut people = Composed::default()
            .sql("(SELECT * FROM candidates")
            .then(self.in_window().and_with::<Text, _>("reference = $1", self.q.to_owned()));
        if !conditions.is_empty() {
            let found =
                conditions.iter().take(CONDITIONS).fold(Where::default(), |found, (one, other)| {
                    found.and_with::<Array<Integer>, _>(WITH_PAIR, vec![*one, *other])
                });
            people = people
                .sql("UNION ALL SELECT * FROM (SELECT * FROM candidates")
                .then(found)
                .sql("OFFSET 0) found")
                .then(self.in_window().and_with::<Text, _>("reference <> $1", self.q.to_owned()));
        }
        self.page(people.sql(") c"))
    }

    fn in_window(&self) -> Where<'static> {
        Where::default()
            .and_with::<SqlUuid, _>("organisation_id = $1", self.organisation)
            .and_with::<SqlUuid, _>("id > $1", self.after)
    }

    fn page<'a>(&'a self, people: Composed<'a>) -> Composed<'a> {
        let wanted = Composed::default()
            .with::<Text, _>("c.reference = $1 OR", self.q)
            .with::<Array<Text>, _>(WITH_WORDS, self.words());
        Composed::default()
            .sql(include_str!("candidates/list.sql"))
            .then(people)
            .then(Where::default().and(wanted))
            .with::<BigInt, _>("ORDER BY c.id LIMIT $1", page_rows(self.limit))
            .sql(include_str!("candidates/counts.sql"))
    }
}

impl Row {
    fn candidate(self) -> Result<Candidate, StoreError> {
        Ok(Candidate {
            id: self.id.into(),
            reference: self.reference,
            first_name: self.first_name,
            last_name: self.last_name,
            full_name: self.full_name,
            email: self.email,
            restricted: self.restricted,
            can_contact: self.can_contact,
            consent_expires_at: self.consent_expires_at,
            applications: unsigned(self.applications)?,
            exports: unsigned(self.exports)?,
        })
    }
}

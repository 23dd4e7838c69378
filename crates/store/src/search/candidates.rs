//! Persons, for those who may find them in their own organisation: an admin, or a program of theirs.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::role::Action;
use uuid::Uuid;

use super::{FoundCandidate, Hit, HitKind, MOST, Results, What};
use crate::db::Conn;
use crate::error::StoreError;
use crate::row::unsigned;
use crate::statement::composed::{Composed, Where};
use crate::statement::row;

/// As in lists of applications: each word is in the name or the address, or begins one that people
/// write in two.
pub(super) const WITH_WORDS: &str = "cardinality(search_words($1)) > 0
   AND replace(c.search_text, ' ', '') LIKE ALL (search_patterns($1))
   AND (c.search_text LIKE ALL (search_patterns($1)) OR has_search_words(c.search_text, search_words($1)))";
/// Of how many exports is counted.
const EXPORTS: &str = "SELECT c.organisation_id, c.id, c.reference, c.full_name,
       (SELECT count(*) FROM (
            SELECT DISTINCT ea.export_id FROM export_applications ea
             WHERE ea.organisation_id = c.organisation_id AND ea.candidate_id = c.id LIMIT 1000) went)
           AS exports
  FROM (SELECT * FROM candidates c";

row!(
    pub(super) struct Row {
        organisation_id: SqlUuid => Uuid,
        id: SqlUuid => Uuid,
        reference: Text => String,
        full_name: Text => String,
        exports: BigInt => i64,
    }
);

pub(super) fn by_id(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Results, StoreError> {
    let is = |organisation| of(organisation).and_with::<SqlUuid, _>("c.id = $1", id);
    Ok(exactly(found(conn, actor, "", is)?))
}

pub(super) fn by_email(conn: &mut Conn, actor: &Actor, email: &str) -> Result<Results, StoreError> {
    let address = domain::email::parse(email).unwrap_or_else(|_| email.to_owned());
    let has = |organisation| {
        of(organisation).and_with::<Text, _>("lower(c.email) = lower($1)", address.clone())
    };
    Ok(exactly(found(conn, actor, "", has)?))
}

fn exactly(mut found: Results) -> Results {
    found.hits.iter_mut().for_each(|hit| hit.exact = true);
    found
}

/// By the whole reference, or by words of the name or the address.
pub(super) fn by_words(conn: &mut Conn, actor: &Actor, text: &str) -> Result<Results, StoreError> {
    let has =
        |organisation| of(organisation).and_with::<Text, _>("c.reference = $1", text.to_owned());
    let referenced = found(conn, actor, text, has)?;
    if !referenced.hits.is_empty() {
        return Ok(referenced);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let has = |organisation| of(organisation).and_with::<Array<Text>, _>(WITH_WORDS, words.clone());
    found(conn, actor, text, has)
}

pub(super) fn of<'a>(organisation: Uuid) -> Where<'a> {
    Where::default().and_with::<SqlUuid, _>("c.organisation_id = $1", organisation)
}

pub(super) fn statement(wanted: Where<'_>) -> Composed<'_> {
    let rows = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
    let page = Composed::default().sql(EXPORTS).then(wanted);
    page.with::<BigInt, _>("ORDER BY c.id DESC LIMIT $1) c ORDER BY c.id DESC", rows)
}

fn found<'a>(
    conn: &mut Conn,
    actor: &Actor,
    text: &str,
    wanted: impl FnOnce(Uuid) -> Where<'a>,
) -> Result<Results, StoreError> {
    let Some(organisation) = actor.organisation().filter(|_| actor.may(Action::FindCandidates))
    else {
        return Ok(Results::default());
    };
    let rows: Vec<Row> = statement(wanted(organisation.into())).load(conn)?;
    let hit = |row: Row| {
        let exact =
            row.reference == text || domain::name::key(&row.full_name) == domain::name::key(text);
        let candidate = FoundCandidate {
            organisation_id: row.organisation_id.into(),
            id: row.id.into(),
            reference: row.reference,
            full_name: row.full_name,
            exports: unsigned(row.exports)?,
        };
        Ok(Hit { exact, what: What::Candidate(Box::new(candidate)) })
    };
    let hits = rows.into_iter().map(hit).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Results::of(hits, HitKind::Candidate))
}

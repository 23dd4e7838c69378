//! Persons, for those who may find them in their own organisation: an admin, or a program of theirs.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::id::OrganisationId;
use domain::name;
use domain::role::Action;
use uuid::Uuid;

use super::{FoundCandidate, Hit, HitKind, MOST, Results, What};
use crate::candidates;
use crate::db::Conn;
use crate::error::StoreError;
use crate::row::unsigned;
use crate::statement::composed::{Composed, Where};
use crate::statement::row;

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
    found(conn, actor, is)
}

pub(super) fn by_email(conn: &mut Conn, actor: &Actor, email: &str) -> Result<Results, StoreError> {
    let address = domain::email::parse(email).unwrap_or_else(|_| email.to_owned());
    let has = |organisation| {
        of(organisation).and_with::<Text, _>("lower(c.email) = lower($1)", address.clone())
    };
    found(conn, actor, has)
}

/// By the whole reference, or by words of the name or the address.
pub(super) fn by_words(conn: &mut Conn, actor: &Actor, text: &str) -> Result<Results, StoreError> {
    let Some(organisation) = organisation(actor) else { return Ok(Results::default()) };
    let key = name::key(text);
    let hit = |found: candidates::Candidate| {
        let exact = found.reference == text || name::key(&found.full_name) == key;
        let candidate = FoundCandidate {
            organisation_id: organisation,
            id: found.id,
            reference: found.reference,
            full_name: found.full_name,
            exports: u32::try_from(found.exports).unwrap_or(u32::MAX),
        };
        Hit { exact, what: What::Candidate(Box::new(candidate)) }
    };
    let found = candidates::first(conn, actor, text, MOST)?;
    Ok(Results::of(found.into_iter().map(hit).collect(), HitKind::Candidate))
}

/// Whose people the actor may find.
fn organisation(actor: &Actor) -> Option<OrganisationId> {
    actor.organisation().filter(|_| actor.may(Action::FindCandidates))
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
    wanted: impl FnOnce(Uuid) -> Where<'a>,
) -> Result<Results, StoreError> {
    let Some(organisation) = organisation(actor) else { return Ok(Results::default()) };
    let rows: Vec<Row> = statement(wanted(organisation.into())).load(conn)?;
    let hit = |row: Row| {
        let candidate = FoundCandidate {
            organisation_id: row.organisation_id.into(),
            id: row.id.into(),
            reference: row.reference,
            full_name: row.full_name,
            exports: unsigned(row.exports)?,
        };
        Ok(Hit { exact: true, what: What::Candidate(Box::new(candidate)) })
    };
    let hits = rows.into_iter().map(hit).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Results::of(hits, HitKind::Candidate))
}

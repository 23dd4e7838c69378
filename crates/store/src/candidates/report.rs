//! What an erasure did, read from what is left: ids and counts.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::actor::Actor;
use domain::export::EndedBy;
use domain::id::{CandidateId, ExportId, OrganisationId};
use uuid::Uuid;

use super::whereabouts::{self, Whereabouts};
use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::{filter_by, organisation_of};
use crate::page::Page;
use crate::row::unsigned;
use crate::schema::{candidates, erasure_cuts, erasures, export_applications};

/// Exports that the answer tells of.
const TOLD: usize = 1_000;

/// What an erasure did, and where the data had gone.
#[derive(Debug, Clone, PartialEq)]
pub struct Erased {
    /// Who.
    pub candidate_id: CandidateId,
    /// When.
    pub erased_at: DateTime<Utc>,
    /// How many applications went along.
    pub applications: u32,
    /// Exports that carry the person, the first thousand.
    pub exports: Vec<Whereabouts>,
    /// Those of them that waited and ended, since the person had to be cut out, each with what carries it
    /// on.
    pub cut: Vec<(ExportId, Option<ExportId>)>,
    /// How many exports carry the person.
    pub exports_total: u64,
    /// Exports that are not cut yet: on the wire, or soon.
    pub to_be_cut: u64,
    /// Other candidates who had the same e-mail address, those with a reference still here.
    pub same_email: Vec<(CandidateId, Option<String>)>,
}

/// What is said of an erasure without its exports.
pub struct Summary {
    /// When.
    pub erased_at: DateTime<Utc>,
    /// How many applications went along.
    pub applications: u32,
    /// Exports that are not cut yet.
    pub to_be_cut: u64,
}

/// How many exports carry a person.
pub(super) fn carrying(
    conn: &mut Conn,
    (organisation, candidate): (Uuid, Uuid),
) -> QueryResult<i64> {
    export_applications::table
        .filter(export_applications::organisation_id.eq(organisation))
        .filter(export_applications::candidate_id.eq(candidate))
        .count()
        .get_result(conn)
}

/// Exports that still have to be cut.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn cuts(organisation: Uuid, candidate: Uuid) -> _ {
    let of_person = export_applications::table
        .filter(export_applications::organisation_id.eq(organisation))
        .filter(export_applications::candidate_id.eq(candidate))
        .select(export_applications::export_id);
    erasure_cuts::table
        .filter(erasure_cuts::organisation_id.eq(organisation))
        .filter(erasure_cuts::export_id.eq_any(of_person))
}

/// What an erasure did in short, as it stands now; none where nobody of that id was erased.
///
/// # Errors
/// [`StoreError`].
pub fn summary(
    conn: &mut Conn,
    actor: &Actor,
    id: CandidateId,
) -> Result<Option<Summary>, StoreError> {
    let key = (Uuid::from(organisation_of(actor)?), Uuid::from(id));
    let erasure: Option<(DateTime<Utc>, i32)> = erasures::table
        .find(key)
        .select((erasures::erased_at, erasures::applications))
        .first(conn)
        .optional()?;
    let Some((erased_at, applications)) = erasure else { return Ok(None) };
    let to_be_cut: i64 = cuts(key.0, key.1).count().get_result(conn)?;
    let (applications, to_be_cut) = (unsigned(applications)?, unsigned(to_be_cut)?);
    Ok(Some(Summary { erased_at, applications, to_be_cut }))
}

/// What an erasure did, as it stands now; none where nobody of that id was erased.
pub(super) fn report(
    conn: &mut Conn,
    actor: &Actor,
    id: CandidateId,
) -> Result<Option<Erased>, StoreError> {
    let key = (Uuid::from(organisation_of(actor)?), Uuid::from(id));
    let Some(Summary { erased_at, applications, to_be_cut }) = summary(conn, actor, id)? else {
        return Ok(None);
    };
    let others = erasures::table.find(key).select(erasures::same_email).first(conn)?;
    let Page { items, .. } = whereabouts::read(conn, key, None, TOLD)?;
    Ok(Some(Erased {
        candidate_id: id,
        erased_at,
        applications,
        cut: ended_for(conn, key, &items)?,
        exports: items,
        exports_total: unsigned(carrying(conn, key)?)?,
        to_be_cut,
        same_email: referenced(conn, key.0, others)?,
    }))
}

/// Exports that an erasure ended, but for those that somebody else was cut out of: what carries those on
/// carries the person.
fn ended_for(
    conn: &mut Conn,
    (organisation, candidate): (Uuid, Uuid),
    exports: &[Whereabouts],
) -> QueryResult<Vec<(ExportId, Option<ExportId>)>> {
    let ended = exports.iter().filter(|export| export.ended_by == Some(EndedBy::Erasure));
    let ended: Vec<_> = ended.map(|export| (export.export_id, export.continued_as)).collect();
    let next = ended.iter().filter_map(|(_, next)| next.map(Uuid::from));
    let with_them: HashSet<Uuid> = export_applications::table
        .filter(export_applications::organisation_id.eq(organisation))
        .filter(export_applications::candidate_id.eq(candidate))
        .filter(export_applications::export_id.eq_any(next.collect::<Vec<_>>()))
        .select(export_applications::export_id)
        .load(conn)?
        .into_iter()
        .collect();
    let without = |next: Option<ExportId>| !next.is_some_and(|id| with_them.contains(&id.into()));
    Ok(ended.into_iter().filter(|(_, next)| without(*next)).collect())
}

fn referenced(
    conn: &mut Conn,
    organisation: Uuid,
    ids: Vec<Uuid>,
) -> QueryResult<Vec<(CandidateId, Option<String>)>> {
    let mut here: HashMap<Uuid, String> = candidates::table
        .filter(candidates::organisation_id.eq(organisation))
        .filter(candidates::id.eq_any(&ids))
        .select((candidates::id, candidates::reference))
        .load(conn)?
        .into_iter()
        .collect();
    Ok(ids.into_iter().map(|id| (id.into(), here.remove(&id))).collect())
}

/// Everybody who was erased, by organisation and id, as far as the actor may see: for whoever keeps a list of
/// them beside the backups.
///
/// # Errors
/// [`StoreError`].
pub fn all_erased(
    conn: &mut Conn,
    actor: &Actor,
) -> Result<Vec<(OrganisationId, CandidateId)>, StoreError> {
    let mut all = erasures::table
        .select((erasures::organisation_id, erasures::candidate_id))
        .order((erasures::organisation_id, erasures::candidate_id))
        .into_boxed();
    if let Some(own) = filter_by(actor) {
        all = all.filter(erasures::organisation_id.eq(own));
    }
    let rows: Vec<(Uuid, Uuid)> = all.load(conn)?;
    Ok(rows.into_iter().map(|(organisation, id)| (organisation.into(), id.into())).collect())
}

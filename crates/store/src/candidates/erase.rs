//! Forgetting a person. What is theirs goes in one transaction, which also notes the exports that carry
//! them; those are cut right after it, each in a short transaction of its own, so that no lane is held
//! for long. A crash in between leaves the rest to the sweep, and until then nothing of it goes out: the
//! claim looks at the people of an export, and payloads that are to be cut are read by nobody.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::audit::Action;
use domain::id::{CandidateId, OrganisationId};
use domain::sealing::SealingKeys;
use serde_json::json;
use uuid::Uuid;

use super::references;
use super::whereabouts::{self, Whereabouts};
use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::idempotency_keys::{IdempotencyKey, Once, once};
use crate::import;
use crate::maintenance::PayloadRetention;
use crate::owner::organisation_of;
use crate::page::Page;
use crate::queue::{Turn, cut};
use crate::refusal::Abort;
use crate::row::unsigned;
use crate::schema::{applications, candidates, erasure_cuts, erasures, export_applications};
use crate::statement::statement;

/// Exports that the request itself cuts; the sweep does the rest.
const AT_ONCE: i64 = 100;
/// Exports that the answer tells of.
const TOLD: usize = 1_000;
/// Other candidates with the same e-mail address that are told.
const SAME_EMAIL: i64 = 100;

/// Who is meant.
#[derive(Clone, PartialEq, Eq)]
pub enum Named {
    /// By the id.
    Id(CandidateId),
    /// By the organisation's own key.
    Reference(String),
}

/// What references are remembered under.
pub struct Secrets<'a> {
    /// They open the key of the organisation.
    pub keys: &'a SealingKeys,
    /// Becomes that key where there is none: a new one, sealed.
    pub fresh: Vec<u8>,
}

/// Why nobody was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EraseRefusal {
    /// No such candidate.
    Unknown,
    /// An import of the organisation is running, which may write this person.
    ImportInProgress,
    /// The idempotency key stands for another request.
    KeyReused,
}

/// What an erasure did, and where the data had gone.
#[derive(Debug, Clone, PartialEq)]
pub struct Erased {
    /// Who.
    pub candidate_id: CandidateId,
    /// When.
    pub erased_at: DateTime<Utc>,
    /// How many applications went along.
    pub applications: u32,
    /// Exports that carry the person, the first thousand; what was cut out of waiting ones ended by
    /// the erasure.
    pub exports: Vec<Whereabouts>,
    /// How many exports carry the person.
    pub exports_total: u64,
    /// Exports that are not cut yet: on the wire, or soon.
    pub to_be_cut: u64,
    /// Other candidates who had the same e-mail address, those with a reference still here.
    pub same_email: Vec<(CandidateId, Option<String>)>,
}

statement!(uncached NoteExports = "note_exports.sql", (
    organisation: SqlUuid => Uuid,
    candidate: SqlUuid => Uuid,
) -> ());
statement!(uncached Remember = "remember.sql", (
    organisation: SqlUuid => Uuid,
    candidate: SqlUuid => Uuid,
    applications: Integer => i32,
    same_email: Array<SqlUuid> => &'a [Uuid],
) -> ());
statement!(uncached TryShare = "try_share.sql", (key: Text => &'a str, seed: BigInt => i64) -> Bool);

/// Erases a person, and says whether an earlier request under the same key did.
///
/// # Errors
/// [`StoreError`]; inside, [`EraseRefusal`].
pub fn erase(
    conn: &mut Conn,
    actor: &Actor,
    named: &Named,
    secrets: &Secrets<'_>,
    key: Option<&IdempotencyKey>,
) -> Result<Result<(Erased, bool), EraseRefusal>, StoreError> {
    let once = once(conn, actor, key, |conn| {
        let id = delete(conn, actor, named, secrets)?;
        Ok((id, id))
    })?;
    let (id, replayed) = match once {
        Ok(Once::Done(id)) => (id, false),
        Ok(Once::Replayed { resource }) => (resource, true),
        Ok(Once::KeyReused) => return Ok(Err(EraseRefusal::KeyReused)),
        Err(refusal) => return Ok(Err(refusal)),
    };
    let organisation = organisation_of(actor)?;
    if !replayed {
        cut_at_once(conn, (organisation.into(), id))?;
    }
    let erased = report(conn, actor, id.into())?;
    Ok(erased.map(|erased| (erased, replayed)).ok_or(EraseRefusal::Unknown))
}

/// All that is the person's, and the notes of what is left to do.
fn delete(
    conn: &mut Conn,
    actor: &Actor,
    named: &Named,
    secrets: &Secrets<'_>,
) -> Result<Uuid, Abort<EraseRefusal>> {
    let organisation = organisation_of(actor)?;
    // An import that has read this person would write them again. Erasures keep no other one out.
    let lock = import::lock_key(organisation);
    if !(TryShare { key: &lock, seed: 0, lifetime: PhantomData }).get_result::<bool>(conn)? {
        return Err(Abort::Refused(EraseRefusal::ImportInProgress));
    }
    let Some((id, reference, email)) = lock_candidate(conn, organisation, named)? else {
        return Err(Abort::Refused(EraseRefusal::Unknown));
    };
    let key = (Uuid::from(organisation), id);
    references::remember(conn, secrets.keys, &secrets.fresh, organisation, &reference)?;
    let same_email = same_email(conn, key, email.as_deref())?;
    NoteExports { organisation: key.0, candidate: id, lifetime: PhantomData }.execute(conn)?;
    let applied = applications::table
        .filter(applications::organisation_id.eq(key.0))
        .filter(applications::candidate_id.eq(id));
    let applications = diesel::delete(applied).execute(conn)?;
    diesel::delete(candidates::table.find(key)).execute(conn)?;
    let remember = Remember {
        organisation: key.0,
        candidate: id,
        applications: i32::try_from(applications).unwrap_or(i32::MAX),
        same_email: &same_email,
        lifetime: PhantomData,
    };
    remember.execute(conn)?;
    let details = json!({ "applications": applications, "exports": carrying(conn, key)? });
    audit::did(conn, actor, Action::CandidateErased, CandidateId::from(id), details)?;
    Ok(id)
}

fn lock_candidate(
    conn: &mut Conn,
    organisation: OrganisationId,
    named: &Named,
) -> QueryResult<Option<(Uuid, String, Option<String>)>> {
    let own = candidates::table
        .filter(candidates::organisation_id.eq(Uuid::from(organisation)))
        .select((candidates::id, candidates::reference, candidates::email))
        .for_update();
    match named {
        Named::Id(id) => own.filter(candidates::id.eq(Uuid::from(*id))).first(conn),
        Named::Reference(reference) => own.filter(candidates::reference.eq(reference)).first(conn),
    }
    .optional()
}

#[diesel::declare_sql_function]
extern "SQL" {
    fn lower(text: Nullable<Text>) -> Nullable<Text>;
}

fn same_email(
    conn: &mut Conn,
    (organisation, id): (Uuid, Uuid),
    email: Option<&str>,
) -> QueryResult<Vec<Uuid>> {
    let Some(email) = email else { return Ok(Vec::new()) };
    candidates::table
        .filter(candidates::organisation_id.eq(organisation))
        .filter(lower(candidates::email).eq(lower(email)))
        .filter(candidates::id.ne(id))
        .select(candidates::id)
        .order(candidates::id)
        .limit(SAME_EMAIL)
        .load(conn)
}

/// How many exports carry a person.
fn carrying(conn: &mut Conn, (organisation, candidate): (Uuid, Uuid)) -> QueryResult<i64> {
    export_applications::table
        .filter(export_applications::organisation_id.eq(organisation))
        .filter(export_applications::candidate_id.eq(candidate))
        .count()
        .get_result(conn)
}

/// Exports that still have to be cut.
fn cuts(
    conn: &mut Conn,
    (organisation, candidate): (Uuid, Uuid),
    most: i64,
) -> QueryResult<Vec<Uuid>> {
    let of_person = export_applications::table
        .filter(export_applications::organisation_id.eq(organisation))
        .filter(export_applications::candidate_id.eq(candidate))
        .select(export_applications::export_id);
    erasure_cuts::table
        .filter(erasure_cuts::organisation_id.eq(organisation))
        .filter(erasure_cuts::export_id.eq_any(of_person))
        .select(erasure_cuts::export_id)
        .order(erasure_cuts::export_id)
        .limit(most)
        .load(conn)
}

/// What fails here, the sweep tries again: the person is erased.
fn cut_at_once(conn: &mut Conn, key: (Uuid, Uuid)) -> Result<(), StoreError> {
    for export in cuts(conn, key, AT_ONCE)? {
        if let Err(error) = cut(conn, (key.0, export), PayloadRetention::default(), Turn::Wait) {
            if error.is_unavailable() {
                break;
            }
            tracing::warn!(export.id = %export, %error, "nobody was cut out of an export yet");
        }
    }
    Ok(())
}

/// What an erasure did, as it stands now; none where nobody of that id was erased.
///
/// # Errors
/// [`StoreError`].
pub fn report(
    conn: &mut Conn,
    actor: &Actor,
    id: CandidateId,
) -> Result<Option<Erased>, StoreError> {
    let key = (Uuid::from(organisation_of(actor)?), Uuid::from(id));
    let erasure: Option<(DateTime<Utc>, i32, Vec<Uuid>)> = erasures::table
        .find(key)
        .select((erasures::erased_at, erasures::applications, erasures::same_email))
        .first(conn)
        .optional()?;
    let Some((erased_at, applications, others)) = erasure else { return Ok(None) };
    let Page { items, .. } = whereabouts::read(conn, key, None, TOLD)?;
    Ok(Some(Erased {
        candidate_id: id,
        erased_at,
        applications: unsigned(applications)?,
        exports: items,
        exports_total: unsigned(carrying(conn, key)?)?,
        to_be_cut: cuts(conn, key, i64::MAX)?.len() as u64,
        same_email: referenced(conn, key.0, others)?,
    }))
}

fn referenced(
    conn: &mut Conn,
    organisation: Uuid,
    ids: Vec<Uuid>,
) -> QueryResult<Vec<(CandidateId, Option<String>)>> {
    let mut here: std::collections::HashMap<Uuid, String> = candidates::table
        .filter(candidates::organisation_id.eq(organisation))
        .filter(candidates::id.eq_any(&ids))
        .select((candidates::id, candidates::reference))
        .load(conn)?
        .into_iter()
        .collect();
    Ok(ids.into_iter().map(|id| (id.into(), here.remove(&id))).collect())
}

//! Forgetting a person. What is theirs goes in one transaction, which also notes the exports that carry
//! them; those are cut right after it, each in a short transaction of its own, so that no lane is held
//! for long. A crash in between leaves the rest to the sweep, and until then nothing of it goes out: the
//! claim looks at the people of an export, and payloads that are to be cut are read by nobody.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Text, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::audit::Action;
use domain::id::{CandidateId, OrganisationId};
use domain::sealing::SealingKeys;
use serde_json::{Value, json};
use uuid::Uuid;

use super::references;
use super::report::{Erased, carrying, cuts, report};
use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::idempotency_keys::{IdempotencyKey, Once, once};
use crate::import;
use crate::maintenance::PayloadRetention;
use crate::owner::organisation_of;
use crate::queue::{Turn, cut};
use crate::refusal::Abort;
use crate::schema::{applications, candidates, erasure_cuts};
use crate::statement::statement;

/// Exports that the request itself cuts; the sweep does the rest.
const AT_ONCE: i64 = 100;
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
statement!(uncached FindSameEmail = "same_email.sql", (
    organisation: SqlUuid => Uuid,
    candidate: SqlUuid => Uuid,
    addresses: Array<Text> => &'a [String],
    rows: BigInt => i64,
) -> SqlUuid);
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
    // What `talentats erase --replay` reads after a restore: before anything else can fail, and of each
    // repetition, too, in case the process of the first died here.
    let candidate = CandidateId::from(id);
    tracing::info!(organisation.id = %organisation, candidate.id = %candidate, "candidate.erased");
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
    let Some((id, reference, addresses)) = lock_candidate(conn, organisation, named)? else {
        return Err(Abort::Refused(EraseRefusal::Unknown));
    };
    let key = (Uuid::from(organisation), id);
    references::remember(conn, secrets.keys, &secrets.fresh, organisation, &reference)?;
    let same_email = same_email(conn, key, &addresses)?;
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

/// Who is meant: id, reference, and e-mail addresses.
fn lock_candidate(
    conn: &mut Conn,
    organisation: OrganisationId,
    named: &Named,
) -> QueryResult<Option<(Uuid, String, Vec<String>)>> {
    let own = candidates::table
        .filter(candidates::organisation_id.eq(Uuid::from(organisation)))
        .select((candidates::id, candidates::reference, candidates::email, candidates::contact))
        .for_update();
    let found: Option<(Uuid, String, Option<String>, Value)> = match named {
        Named::Id(id) => own.filter(candidates::id.eq(Uuid::from(*id))).first(conn),
        Named::Reference(reference) => own.filter(candidates::reference.eq(reference)).first(conn),
    }
    .optional()?;
    Ok(found.map(|(id, reference, email, contact)| (id, reference, addresses(email, &contact))))
}

/// Others whose e-mail address is one of the person's.
fn same_email(
    conn: &mut Conn,
    (organisation, candidate): (Uuid, Uuid),
    addresses: &[String],
) -> QueryResult<Vec<Uuid>> {
    let rows = SAME_EMAIL;
    FindSameEmail { organisation, candidate, addresses, rows, lifetime: PhantomData }.load(conn)
}

/// All of a person's: the one that they go by, and those of their contact.
fn addresses(email: Option<String>, contact: &Value) -> Vec<String> {
    let others = contact["emails"].as_array().into_iter().flatten();
    let others = others.filter_map(|point| point["value"].as_str()).map(str::to_owned);
    email.into_iter().chain(others).collect()
}

/// What fails here, the sweep tries again: the person is erased.
fn cut_at_once(conn: &mut Conn, key: (Uuid, Uuid)) -> Result<(), StoreError> {
    let cuts = cuts(key.0, key.1).select(erasure_cuts::export_id).order(erasure_cuts::export_id);
    for export in cuts.limit(AT_ONCE).load::<Uuid>(conn)? {
        if let Err(error) = cut(conn, (key.0, export), PayloadRetention::default(), Turn::Wait) {
            if error.is_unavailable() {
                break;
            }
            tracing::warn!(export.id = %export, %error, "nobody was cut out of an export yet");
        }
    }
    Ok(())
}

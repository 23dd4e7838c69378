//! Import: vacancies, candidates and applications by the organisation's own references, all or
//! nothing. Memory stays bounded: lines are written in batches as they come.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use domain::actor::Actor;
use domain::audit::Action;
use domain::id::OrganisationId;
use domain::import::{Line, LineError};
use domain::sealing::{ReferenceKey, SealingKeys};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::audit::{self, Event};
use crate::candidates::references;
use crate::db::Conn;
use crate::error::StoreError;
use crate::idempotency_keys::{IdempotencyKey, Once, once_at_most};
use crate::owner::organisation_of;
use crate::refusal::Abort;
use crate::statement::statement;

mod batch;
mod document;
mod problems;
mod statements;
mod write;

use batch::Batch;
use write::Writer;

/// Objects of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// New ones.
    pub created: u64,
    /// Lines about those that were there, whether or not they changed anything.
    pub updated: u64,
}

/// What an import did: the details of its audit event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Vacancies.
    pub vacancies: Counts,
    /// Candidates.
    pub candidates: Counts,
    /// Applications.
    pub applications: Counts,
    /// Lines of applications beside another one of the same person for the vacancy, which counted
    /// when the line came: the newer active one counts in the end. They are not in `applications`.
    pub applications_merged: u64,
    /// Lines of candidates who were erased, and of their applications: nothing was done with them.
    #[serde(default)]
    pub skipped_erased: u64,
}

/// What is wrong with a line. Never repeats a value: lines hold personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProblem {
    /// Its number, from 1.
    pub line: u64,
    /// JSON pointer (RFC 6901) into it; empty: the line as a whole.
    pub pointer: String,
    /// What is wrong, or what to write instead.
    pub detail: String,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportRefusal {
    /// Some lines are wrong.
    #[error("nothing was imported, for {total} lines are wrong{}", named(problems))]
    Lines {
        /// A hundred of them at most, by line.
        problems: Vec<LineProblem>,
        /// How many were found. Once a hundred are, the rest is only read, and no longer
        /// compared with what is stored.
        total: u64,
    },
    /// Another import of the organisation is running.
    #[error("another import of this organisation is running: try again when it has ended")]
    InProgress,
    /// Somebody was erased here, and whoever imports has no keys to know them again.
    #[error(
        "people of this organisation were erased: set SECRET_KEYS, so that they are not imported again"
    )]
    NoKeys,
    /// The lines could not be read to their end.
    #[error("the import could not be read to its end")]
    Unreadable(#[source] std::io::Error),
}

fn named(problems: &[LineProblem]) -> String {
    let line = |problem: &LineProblem| {
        let LineProblem { line, pointer, detail } = problem;
        format!("\nline {line}: {pointer} {detail}")
    };
    problems.iter().map(line).collect()
}

/// Imports lines, each with its number and what was read in it. Lines of people who were erased are
/// skipped: `keys` know them again, and are needed only where somebody was.
///
/// # Errors
/// [`StoreError`]; inside, [`ImportRefusal`]. Then nothing was imported.
pub fn load(
    conn: &mut Conn,
    actor: &Actor,
    keys: Option<&SealingKeys>,
    lines: impl Iterator<Item = std::io::Result<(u64, Result<Line, LineError>)>>,
) -> Result<Result<Imported, ImportRefusal>, StoreError> {
    match load_once(conn, actor, keys, lines, None)? {
        Ok(Once::Done(imported)) => Ok(Ok(imported)),
        Ok(Once::Replayed { .. } | Once::KeyReused) => {
            Err(StoreError::Unreadable("a replay without a key".to_owned()))
        }
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// The same under the key of a request. What it made is its audit event: [`of_event`] tells its counts
/// again.
///
/// # Errors
/// [`StoreError`]; inside, [`ImportRefusal`]. Then nothing was imported.
pub fn load_once(
    conn: &mut Conn,
    actor: &Actor,
    keys: Option<&SealingKeys>,
    lines: impl Iterator<Item = std::io::Result<(u64, Result<Line, LineError>)>>,
    key: Option<&IdempotencyKey>,
) -> Result<Result<Once<Imported>, ImportRefusal>, StoreError> {
    let organisation = organisation_of(actor)?;
    // Not run again after a lost conflict: the lines are read only once.
    once_at_most(conn, actor, key, |conn| {
        if !lock(conn, organisation)? {
            return Err(Abort::Refused(ImportRefusal::InProgress));
        }
        let erased = reference_key(conn, organisation, keys)?;
        let imported = load_lines(conn, Writer::new(organisation, erased), lines)?;
        let (action, object) = (Action::ImportCompleted, organisation.into());
        let event =
            Event { organisation: Some(organisation), action, object, details: json!(imported) };
        let told = audit::ids_of(conn, actor, &[event])?;
        Ok((imported, told.first().copied().unwrap_or_default()))
    })
}

/// What the import of that audit event did; none where it is no longer kept.
///
/// # Errors
/// [`StoreError`].
pub fn of_event(
    conn: &mut Conn,
    actor: &Actor,
    event: Uuid,
) -> Result<Option<Imported>, StoreError> {
    audit::told(conn, actor, event, Action::ImportCompleted)
}

statement!(TryLock = "import/try_lock.sql", (
    key: Text => &'a str,
    seed: BigInt => i64,
) -> Bool);

statement!(uncached IsRunning = "import/running.sql", (
    key: Text => &'a str,
    seed: BigInt => i64,
) -> Bool);

/// Whether an import of the actor's organisation is running: worth knowing before a large file is
/// sent. Only [`load`] decides.
///
/// # Errors
/// [`StoreError`].
pub fn is_running(conn: &mut Conn, actor: &Actor) -> Result<bool, StoreError> {
    let key = lock_key(organisation_of(actor)?);
    Ok(IsRunning { key: &key, seed: 0, lifetime: PhantomData }.get_result(conn)?)
}

/// One import at a time: a batch reads what is there, merges and writes.
fn lock(conn: &mut Conn, organisation: OrganisationId) -> QueryResult<bool> {
    let key = lock_key(organisation);
    TryLock { key: &key, seed: 0, lifetime: PhantomData }.get_result(conn)
}

pub(crate) fn lock_key(organisation: OrganisationId) -> String {
    format!("import {organisation}")
}

/// What the references of erased people are known by; none where nobody was erased.
fn reference_key(
    conn: &mut Conn,
    organisation: OrganisationId,
    keys: Option<&SealingKeys>,
) -> Result<Option<ReferenceKey>, Abort<ImportRefusal>> {
    let Some(sealed) = references::sealed_key(conn, organisation)? else { return Ok(None) };
    let keys = keys.ok_or(Abort::Refused(ImportRefusal::NoKeys))?;
    Ok(Some(references::open(keys, organisation, &sealed)?))
}

fn load_lines(
    conn: &mut Conn,
    mut writer: Writer,
    lines: impl Iterator<Item = std::io::Result<(u64, Result<Line, LineError>)>>,
) -> Result<Imported, Abort<ImportRefusal>> {
    let mut batch = Batch::default();
    for line in lines {
        let (number, line) =
            line.map_err(|error| Abort::Refused(ImportRefusal::Unreadable(error)))?;
        match line {
            Ok(_) if writer.problems.enough() => {}
            Ok(line) => {
                if let Some(full) = batch.add(number, line) {
                    writer.write(conn, full)?;
                }
            }
            Err(LineError { pointer, detail }) => {
                writer.problems.push(LineProblem { line: number, pointer, detail });
            }
        }
    }
    writer.write(conn, batch)?;
    writer.settle(conn)?;
    writer.check_stages(conn)?;
    let Writer { organisation, problems, imported, may_not_go, .. } = writer;
    match problems.refusal() {
        Some(refusal) => Err(Abort::Refused(refusal)),
        None => {
            may_not_go.stop_exports(conn, organisation.into())?;
            Ok(imported)
        }
    }
}

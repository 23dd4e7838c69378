//! Unusual exports: judged in batches after they were accepted, by whichever worker comes first. All of a
//! batch (how far it got, what it found, what is usual from now on) is one transaction.
//!
//! Exports are found in the order of their ids, from where the last batch ended. An id is older than
//! its commit: so ids are let settle for a moment, and each range is looked at again, a minute and a
//! quarter of an hour later, for what came late. No transaction that accepts an export lives longer.

mod facts;
mod told;
mod usual;

use std::collections::{HashMap, HashSet};
use std::marker::PhantomData;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Double, Integer, Text, Uuid as SqlUuid};
use domain::audit::{Action, ObjectType};
use domain::flag::{Flag, judge as judged};
use serde_json::json;
use uuid::Uuid;

use crate::audit::{self, Event, Object};
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::statement::statement;

use facts::{Exported, Known};
use told::Told;
use usual::Usual;

/// Exports of a batch.
const BATCH: usize = 500;
/// People of a batch, from which on it takes no further export: those of a vacancy are counted.
const PEOPLE: i64 = 20_000;
/// Ranges that a batch looks at again.
const ROUNDS: i64 = 20;

statement!(TryLock = "flags/try_lock.sql", () -> Bool);
statement!(Look = "flags/look.sql", (settled_s: Double => f64) -> Bool);
statement!(uncached FindFresh = "flags/fresh.sql", (
    settled_s: Double => f64,
    rows: BigInt => i64,
) -> (SqlUuid, Integer));
statement!(uncached LookAgain = "flags/look_again.sql", (rounds: BigInt => i64) -> SqlUuid);
statement!(NoteRound = "flags/note_round.sql", (
    until: SqlUuid => Uuid,
    judged: Array<SqlUuid> => Vec<Uuid>,
) -> ());
statement!(uncached ForgetRounds = "flags/forget_rounds.sql", () -> ());
statement!(uncached NoteRequesters = "flags/requesters.sql", (
    exports: Array<SqlUuid> => Vec<Uuid>,
) -> ());
statement!(WriteFlags = "flags/write.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    flags: Array<Text> => Vec<String>,
) -> SqlUuid);

/// What a batch did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judged {
    /// Exports that were judged, tests aside.
    pub exports: usize,
    /// Of these, those that were flagged.
    pub flagged: usize,
    /// There may be more.
    pub more: bool,
}

/// Whether there is something to judge, of ids that are older than `settled`.
///
/// # Errors
/// [`StoreError`].
pub fn due(conn: &mut Conn, settled: Duration) -> Result<bool, StoreError> {
    Ok(Look { settled_s: settled.as_secs_f64(), lifetime: PhantomData }.get_result(conn)?)
}

/// Judges a batch; nothing while another process does.
///
/// # Errors
/// [`StoreError`].
pub fn judge(conn: &mut Conn, settled: Duration) -> Result<Judged, StoreError> {
    transaction(conn, |conn| {
        let free: bool = TryLock { lifetime: PhantomData }.get_result(conn)?;
        if free { judge_batch(conn, settled) } else { Ok(Judged::default()) }
    })
}

fn judge_batch(conn: &mut Conn, settled: Duration) -> Result<Judged, StoreError> {
    let late: Vec<Uuid> = LookAgain { rounds: ROUNDS, lifetime: PhantomData }.load(conn)?;
    let (fresh, more) = fresh(conn, settled)?;
    if let Some(last) = fresh.last() {
        NoteRound { until: *last, judged: fresh.clone(), lifetime: PhantomData }.execute(conn)?;
    }
    ForgetRounds { lifetime: PhantomData }.execute(conn)?;
    let ids: Vec<Uuid> = late.into_iter().chain(fresh).collect();
    NoteRequesters { exports: ids.clone(), lifetime: PhantomData }.execute(conn)?;
    let exports = facts::exports(conn, ids)?;
    if exports.is_empty() {
        return Ok(Judged { more, ..Judged::default() });
    }
    let known = Known::of(conn, &exports)?;
    let mut usual = Usual::of(conn, &exports)?;
    let mut found: Vec<(&Exported, Vec<Flag>)> = Vec::new();
    for export in &exports {
        let flags = judged(&known.facts(export, &usual)?);
        if !flags.is_empty() {
            found.push((export, flags));
        }
        usual.add(export);
    }
    usual.write(conn)?;
    Ok(Judged { exports: exports.len(), flagged: write(conn, &found)?, more })
}

/// The next ones, and whether there are more.
fn fresh(conn: &mut Conn, settled: Duration) -> Result<(Vec<Uuid>, bool), StoreError> {
    let rows = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let find = FindFresh { settled_s: settled.as_secs_f64(), rows, lifetime: PhantomData };
    let found: Vec<(Uuid, i32)> = find.load(conn)?;
    let full = found.len() >= BATCH;
    let mut people = 0;
    let mut taken = Vec::with_capacity(found.len());
    for (id, count) in &found {
        taken.push(*id);
        people += i64::from(*count);
        if people >= PEOPLE {
            break;
        }
    }
    let more = full || taken.len() < found.len();
    Ok((taken, more))
}

/// Writes flags, and tells the audit of exports that had none, but of what it was told that day ([`Told`]);
/// answers how many had none.
fn write(conn: &mut Conn, found: &[(&Exported, Vec<Flag>)]) -> Result<usize, StoreError> {
    if found.is_empty() {
        return Ok(0);
    }
    let mut told = Told::of(conn, found)?;
    let text =
        |flags: &Vec<Flag>| serde_json::to_string(flags).expect("words and numbers are JSON");
    let write = WriteFlags {
        organisations: found.iter().map(|(export, _)| export.organisation_id).collect(),
        exports: found.iter().map(|(export, _)| export.id).collect(),
        flags: found.iter().map(|(_, flags)| text(flags)).collect(),
        lifetime: PhantomData,
    };
    let written: HashSet<Uuid> = write.load(conn)?.into_iter().collect();
    let new = found.iter().filter(|(export, _)| written.contains(&export.id));
    let news = new.filter(|(export, flags)| told.is_news(export, flags));
    let events: Vec<Event> = news.map(|(export, flags)| event(export, flags)).collect();
    audit::write(conn, &audit::worker(), &events)?;
    Ok(written.len())
}

fn event(export: &Exported, flags: &[Flag]) -> Event {
    let reasons: Vec<_> = flags.iter().map(|flag| flag.reason).collect();
    Event {
        organisation: Some(export.organisation_id.into()),
        action: Action::ExportFlagged,
        object: Object { kind: ObjectType::Export, id: Some(export.id) },
        details: json!({ "reasons": reasons }),
    }
}

/// Rows by the place that they were asked for at, from 1.
fn by_place<K, T>(keys: Vec<K>, rows: impl IntoIterator<Item = (i64, T)>) -> HashMap<K, T>
where
    K: Eq + std::hash::Hash,
{
    let mut rows: HashMap<i64, T> = rows.into_iter().collect();
    (1..).zip(keys).filter_map(|(place, key)| rows.remove(&place).map(|row| (key, row))).collect()
}

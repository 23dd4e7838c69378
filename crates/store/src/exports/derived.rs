//! What is left of an export once some of its people may not be sent any more: cut from the frozen bytes,
//! and written as an export of its own.

use std::collections::HashSet;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Integer, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::export::LeftOut;
use domain::id::{ApplicationId, ExportId};
use domain::include::Include;
use domain::payload::{Derived, derive};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::row::{signed, unsigned};
use crate::statement::{row, statement};

/// Organisation and export.
pub(crate) type Key = (Uuid, Uuid);

/// What is left of an export.
pub(crate) struct Cut {
    pub(crate) id: ExportId,
    pub(crate) left_out: LeftOut,
    requested_at: DateTime<Utc>,
    body: Vec<u8>,
    applications: Vec<Uuid>,
    candidates: Vec<Uuid>,
}

statement!(uncached ReadCut = "cut.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
) -> named CutRow);

row!(
    struct CutRow {
        id: SqlUuid => Uuid,
        requested_at: Timestamptz => DateTime<Utc>,
        body: Binary => Vec<u8>,
        applications: Array<SqlUuid> => Vec<Uuid>,
        candidates: Array<SqlUuid> => Vec<Uuid>,
        withdrawn: Integer => i32,
        restricted: Integer => i32,
        erased: Integer => i32,
    }
);

/// Who is left of an export.
pub(crate) enum Left {
    /// All of them.
    Everybody,
    /// Some.
    Others(Box<Cut>),
    /// Nobody: why not.
    Nobody(LeftOut),
    /// Its bytes are gone, or cannot be read.
    Unknown,
}

/// Cuts an export to those who may still be sent.
pub(crate) fn cut(conn: &mut Conn, key: Key) -> Result<Left, StoreError> {
    cut_to(conn, key, None)
}

/// The same for another webhook, cut to what that one receives, too: never all as it was.
pub(crate) fn cut_for(conn: &mut Conn, key: Key, include: Include) -> Result<Left, StoreError> {
    cut_to(conn, key, Some(include))
}

fn cut_to(
    conn: &mut Conn,
    (organisation, export): Key,
    include: Option<Include>,
) -> Result<Left, StoreError> {
    let read = ReadCut { organisation, export, lifetime: PhantomData };
    let Some(row) = read.get_result::<CutRow>(conn).optional()? else {
        return Ok(Left::Unknown);
    };
    let left_out = LeftOut {
        withdrawn: unsigned(row.withdrawn)?,
        restricted: unsigned(row.restricted)?,
        erased: unsigned(row.erased)?,
    };
    if left_out.total() == 0 && include.is_none() {
        return Ok(Left::Everybody);
    }
    let (id, resent_from) = (row.id.into(), export.into());
    let derived = Derived { id, requested_at: row.requested_at, resent_from, include };
    let left: HashSet<Uuid> = row.applications.iter().copied().collect();
    let may_go = |application: ApplicationId| left.contains(&Uuid::from(application));
    let Ok(body) = derive(&row.body, &derived, may_go) else { return Ok(Left::Unknown) };
    let CutRow { requested_at, applications, candidates, .. } = row;
    let cut = |body| Cut { id: derived.id, left_out, requested_at, body, applications, candidates };
    Ok(body.map_or(Left::Nobody(left_out), |body| Left::Others(Box::new(cut(body)))))
}

/// When the job of a derived export is due, and what its tries were.
pub(crate) struct Schedule {
    pub(crate) run_at: DateTime<Utc>,
    pub(crate) schedule_position: i32,
    pub(crate) ambiguous_count: i32,
}

impl Schedule {
    /// As of an export that was just asked for.
    pub(crate) fn of_a_new(cut: &Cut) -> Self {
        Self { run_at: cut.requested_at, schedule_position: 0, ambiguous_count: 0 }
    }
}

statement!(uncached Insert = "derived.sql", (
    organisation: SqlUuid => Uuid,
    old: SqlUuid => Uuid,
    new: SqlUuid => Uuid,
    requested_at: Timestamptz => DateTime<Utc>,
    body: Binary => &'a [u8],
    sha256: Binary => &'a [u8],
    applications: Array<SqlUuid> => &'a [Uuid],
    candidates: Array<SqlUuid> => &'a [Uuid],
    left_out: Array<Integer> => Vec<i32>,
    run_at: Timestamptz => DateTime<Utc>,
    schedule_position: Integer => i32,
    ambiguous_count: Integer => i32,
    webhook: Nullable<SqlUuid> => Option<Uuid>,
) -> ());

/// Writes the derived export, and where it is found from the old one.
pub(crate) fn insert(
    conn: &mut Conn,
    key: Key,
    cut: &Cut,
    schedule: &Schedule,
) -> Result<(), StoreError> {
    insert_to(conn, key, cut, schedule, None)
}

/// The same for another webhook, which is locked against deletion. Its lane is not: notify it after the
/// commit.
pub(crate) fn insert_for(
    conn: &mut Conn,
    key: Key,
    cut: &Cut,
    webhook: Uuid,
) -> Result<(), StoreError> {
    insert_to(conn, key, cut, &Schedule::of_a_new(cut), Some(webhook))
}

fn insert_to(
    conn: &mut Conn,
    (organisation, old): Key,
    cut: &Cut,
    schedule: &Schedule,
    webhook: Option<Uuid>,
) -> Result<(), StoreError> {
    let sha256 = Sha256::digest(&cut.body);
    let statement = Insert {
        organisation,
        old,
        new: cut.id.into(),
        requested_at: cut.requested_at,
        body: &cut.body,
        sha256: &sha256,
        applications: &cut.applications,
        candidates: &cut.candidates,
        left_out: counts(cut.left_out)?,
        run_at: schedule.run_at,
        schedule_position: schedule.schedule_position,
        ambiguous_count: schedule.ambiguous_count,
        webhook,
        lifetime: PhantomData,
    };
    statement.execute(conn)?;
    Ok(())
}

/// As they are bound: withdrawn, restricted, erased.
fn counts(left_out: LeftOut) -> Result<Vec<i32>, StoreError> {
    let LeftOut { withdrawn, restricted, erased } = left_out;
    [withdrawn, restricted, erased].map(signed).into_iter().collect()
}

//! What is left of an export once some of its people may not be sent any more: cut from the frozen bytes,
//! and written as an export of its own.

use std::collections::HashSet;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Integer, Timestamptz, Uuid as SqlUuid};
use domain::id::{ApplicationId, ExportId};
use domain::payload::{Derived, derive};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::statement::{row, statement};

/// Organisation and export.
pub(crate) type Key = (Uuid, Uuid);

/// What is left of an export.
pub(crate) struct Cut {
    pub(crate) id: ExportId,
    pub(crate) left_out: i32,
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
        left_out: Integer => i32,
    }
);

/// Cuts an export to those who may still be sent; none when nobody may.
pub(crate) fn cut(conn: &mut Conn, (organisation, export): Key) -> Result<Option<Cut>, StoreError> {
    let read = ReadCut { organisation, export, lifetime: PhantomData };
    let row: CutRow = read.get_result(conn)?;
    let derived =
        Derived { id: row.id.into(), requested_at: row.requested_at, resent_from: export.into() };
    let left: HashSet<Uuid> = row.applications.iter().copied().collect();
    let may_go = |application: ApplicationId| left.contains(&Uuid::from(application));
    let body = derive(&row.body, &derived, may_go)
        .map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let CutRow { requested_at, applications, candidates, left_out, .. } = row;
    let cut = |body| Cut { id: derived.id, left_out, requested_at, body, applications, candidates };
    Ok(body.map(cut))
}

/// When the job of a derived export is due, and what its tries were.
pub(crate) struct Schedule {
    pub(crate) run_at: DateTime<Utc>,
    pub(crate) enqueued_at: DateTime<Utc>,
    pub(crate) schedule_position: i32,
    pub(crate) ambiguous_count: i32,
}

impl Schedule {
    /// As of an export that was just asked for.
    pub(crate) fn of_a_new(cut: &Cut) -> Self {
        let at = cut.requested_at;
        Self { run_at: at, enqueued_at: at, schedule_position: 0, ambiguous_count: 0 }
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
    left_out: Integer => i32,
    run_at: Timestamptz => DateTime<Utc>,
    enqueued_at: Timestamptz => DateTime<Utc>,
    schedule_position: Integer => i32,
    ambiguous_count: Integer => i32,
) -> ());

/// Writes the derived export, and where it is found from the old one.
pub(crate) fn insert(
    conn: &mut Conn,
    (organisation, old): Key,
    cut: &Cut,
    schedule: &Schedule,
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
        left_out: cut.left_out,
        run_at: schedule.run_at,
        enqueued_at: schedule.enqueued_at,
        schedule_position: schedule.schedule_position,
        ambiguous_count: schedule.ambiguous_count,
        lifetime: PhantomData,
    };
    statement.execute(conn)?;
    Ok(())
}

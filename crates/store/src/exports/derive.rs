//! Exports whose people changed their minds: what waits is ended, and carried on by a derived export
//! with the others, cut from the frozen bytes.

use std::collections::HashSet;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Timestamptz, Uuid as SqlUuid};
use domain::audit::Action;
use domain::export::EndedBy;
use domain::id::{ApplicationId, ExportId, OrganisationId};
use domain::payload::{Derived, derive};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::cancel::lock_lane;
use crate::audit::{self, Event};
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::queue::{End, end_exports};
use crate::row::unsigned;
use crate::schema::export_jobs;
use crate::statement::{row, statement};

/// Exports that one call looks at, each in a transaction of its own.
const BATCH: i64 = 50;

type Key = (Uuid, Uuid);

statement!(uncached FindRestricted = "find_restricted.sql", (
    jobs: BigInt => i64,
) -> (SqlUuid, SqlUuid, SqlUuid));

/// Ends waiting exports that somebody may not be part of any more, each carried on by another one, and
/// answers how many. What is on the wire finishes first.
///
/// # Errors
/// [`StoreError`].
pub fn derive_restricted(conn: &mut Conn) -> Result<usize, StoreError> {
    let found: Vec<(Uuid, Uuid, Uuid)> =
        FindRestricted { jobs: BATCH, lifetime: PhantomData }.load(conn)?;
    let mut derived = 0;
    for (organisation, export, webhook) in found {
        let ended = transaction(conn, |conn| {
            lock_lane(conn, organisation.into(), webhook.into())?;
            carry_on(conn, (organisation, export))
        })?;
        derived += usize::from(ended);
    }
    Ok(derived)
}

statement!(uncached LockRestricted = "lock_restricted.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
) -> named Waiting);

row!(
    struct Waiting {
        run_at: Timestamptz => DateTime<Utc>,
        enqueued_at: Timestamptz => DateTime<Utc>,
        attempt_number: Integer => i32,
        schedule_position: Integer => i32,
        ambiguous_count: Integer => i32,
    }
);

/// Whether it still waited for this.
fn carry_on(conn: &mut Conn, key: Key) -> Result<bool, StoreError> {
    let (organisation, export) = key;
    let lock = LockRestricted { organisation, export, lifetime: PhantomData };
    let Some(waiting) = lock.get_result::<Waiting>(conn).optional()? else {
        return Ok(false);
    };
    if let Some(cut) = cut(conn, key)? {
        // The new one waits as long as the old one would have, and is given up as soon.
        let Waiting { run_at, enqueued_at, schedule_position, ambiguous_count, .. } = waiting;
        insert(
            conn,
            key,
            &cut,
            &Schedule { run_at, enqueued_at, schedule_position, ambiguous_count },
        )?;
        let event = Event {
            organisation: Some(organisation.into()),
            action: Action::ExportDerived,
            object: cut.id.into(),
            details: json!({ "resent_from": export, "left_out": cut.left_out }),
        };
        audit::write(conn, &audit::worker(), &[event])?;
    }
    diesel::delete(export_jobs::table.find(key)).execute(conn)?;
    let attempts = unsigned(waiting.attempt_number)?;
    let ambiguous = waiting.ambiguous_count > 0;
    let ids = (OrganisationId::from(organisation), ExportId::from(export));
    end_exports(conn, &[End::cancelled(ids, EndedBy::Restriction, attempts, ambiguous)])?;
    Ok(true)
}

/// What is left of an export.
pub(super) struct Cut {
    pub(super) id: ExportId,
    pub(super) left_out: i32,
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
pub(super) fn cut(conn: &mut Conn, (organisation, export): Key) -> Result<Option<Cut>, StoreError> {
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
pub(super) struct Schedule {
    pub(super) run_at: DateTime<Utc>,
    pub(super) enqueued_at: DateTime<Utc>,
    pub(super) schedule_position: i32,
    pub(super) ambiguous_count: i32,
}

impl Schedule {
    /// As of an export that was just asked for.
    pub(super) fn of_a_new(cut: &Cut) -> Self {
        let at = cut.requested_at;
        Self { run_at: at, enqueued_at: at, schedule_position: 0, ambiguous_count: 0 }
    }
}

statement!(uncached Insert = "derive.sql", (
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
pub(super) fn insert(
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

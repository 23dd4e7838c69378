//! Exports whose people changed their minds, swept by every worker without a leader: what waits is ended,
//! and carried on by a derived export with the others.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Timestamptz, Uuid as SqlUuid};
use domain::audit::Action;
use domain::export::EndedBy;
use domain::id::{ExportId, OrganisationId};
use serde_json::json;
use uuid::Uuid;

use super::end::{End, end_exports};
use crate::audit::{self, Event};
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::exports::derived::{self, Key, Schedule};
use crate::exports::lock_lane;
use crate::row::unsigned;
use crate::schema::export_jobs;
use crate::statement::{row, statement};

/// Exports that one call looks at, each in a transaction of its own.
const BATCH: i64 = 50;

statement!(uncached FindRestricted = "restricted/find.sql", (
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

statement!(uncached LockRestricted = "restricted/lock.sql", (
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
    if let Some(cut) = derived::cut(conn, key)? {
        // The new one waits as long as the old one would have, and is given up as soon.
        let Waiting { run_at, enqueued_at, schedule_position, ambiguous_count, .. } = waiting;
        derived::insert(
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

//! What a replaced webhook leaves to its successor, swept by every worker without a leader: each export
//! goes on as a derived one, once, in a transaction of its own.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Uuid as SqlUuid};
use domain::audit::Action;
use domain::export::EndedBy;
use domain::id::{ExportId, OrganisationId, WebhookId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::notify;
use crate::audit::{self, Event, Object};
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::exports::derived::{self, Cut, Key, Left};
use crate::exports::elsewhere::{self, Ended, Target};
use crate::schema::carry_overs;
use crate::statement::statement;

/// Exports that one call carries over.
const BATCH: i64 = 50;

statement!(uncached FindCarryOvers = "carry_over/find.sql", (
    rows: BigInt => i64,
) -> (SqlUuid, SqlUuid, SqlUuid));

/// What a sweep did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CarriedOver {
    /// Exports that were looked at: they are carried over, or cannot be.
    pub done: usize,
    /// Those that are tried again in a minute, and why.
    pub failed: Vec<(ExportId, String)>,
}

/// What became of one.
enum Looked {
    /// It goes on.
    Derived,
    /// It does not.
    Stays,
    /// Somebody else has it in hand: next time.
    PassedBy,
}

/// Carries over a batch of exports of replaced webhooks that have ended, of each successor the oldest
/// first. One that was accepted meanwhile, that somebody sent on by hand or of which nobody may be sent is
/// left where it is, and the audit tells why.
///
/// # Errors
/// [`StoreError`].
pub fn carry_over(conn: &mut Conn) -> Result<CarriedOver, StoreError> {
    let found: Vec<(Uuid, Uuid, Uuid)> =
        FindCarryOvers { rows: BATCH, lifetime: PhantomData }.load(conn)?;
    let mut carried = CarriedOver::default();
    let mut lanes: Vec<(OrganisationId, WebhookId)> = Vec::new();
    for (organisation, export, webhook) in found {
        match transaction(conn, |conn| carry(conn, (organisation, export), webhook)) {
            Ok(Looked::PassedBy) => {}
            Ok(Looked::Stays) => carried.done += 1,
            Ok(Looked::Derived) => {
                carried.done += 1;
                let lane = (organisation.into(), webhook.into());
                if !lanes.contains(&lane) {
                    lanes.push(lane);
                }
            }
            // One that cannot be carried over must not keep the others waiting.
            Err(error) => {
                RetryLater { organisation, export, lifetime: PhantomData }.execute(conn)?;
                carried.failed.push((export.into(), error.to_string()));
            }
        }
    }
    if !lanes.is_empty() {
        notify(conn, &lanes)?;
    }
    Ok(carried)
}

statement!(uncached LockFree = "carry_over/lock_free.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
    webhook: SqlUuid => Uuid,
) -> Bool);

statement!(uncached RetryLater = "carry_over/retry_later.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
) -> ());

fn carry(conn: &mut Conn, key: Key, webhook: Uuid) -> Result<Looked, StoreError> {
    // The webhook first: a deletion or another replacement of it waits, or has been.
    let lock = LockFree { organisation: key.0, export: key.1, webhook, lifetime: PhantomData };
    if !lock.get_result::<bool>(conn)? {
        return Ok(Looked::PassedBy);
    }
    let target = elsewhere::lock_target(conn, (key.0, webhook))?;
    let ended = elsewhere::lock_ended(conn, key)?;
    let noted = carry_overs::table.find(key).filter(carry_overs::webhook_id.eq(webhook));
    if diesel::delete(noted).execute(conn)? == 0 {
        return Ok(Looked::Stays);
    }
    let cut = match what_goes_on(conn, key, target.as_ref(), ended.as_ref())? {
        Ok(cut) => cut,
        Err(Stays::AsIsTold) => return Ok(Looked::Stays),
        Err(Stays::For(reason)) => {
            let details = json!({ "webhook_id": webhook, "reason": reason });
            tell(conn, key, Action::ExportNotCarriedOver, ExportId::from(key.1), details)?;
            return Ok(Looked::Stays);
        }
    };
    elsewhere::write(conn, key, &cut, webhook.into())?;
    let details = json!({
        "resent_from": key.1, "webhook_id": webhook, "left_out": cut.left_out.total(),
    });
    tell(conn, key, Action::ExportDerived, cut.id, details)?;
    Ok(Looked::Derived)
}

fn tell(
    conn: &mut Conn,
    key: Key,
    action: Action,
    object: impl Into<Object>,
    details: Value,
) -> Result<(), StoreError> {
    let event = Event { organisation: Some(key.0.into()), action, object: object.into(), details };
    audit::write(conn, &audit::worker(), &[event])
}

/// Why one stays where it is.
enum Stays {
    /// It was accepted, or a member cancelled it: its own story tells.
    AsIsTold,
    /// A word for the audit.
    For(&'static str),
}

/// By the rules that `webhooks/replace/carried.sql` counts by, as it stands now.
fn what_goes_on(
    conn: &mut Conn,
    key: Key,
    target: Option<&Target>,
    ended: Option<&Ended>,
) -> Result<Result<Box<Cut>, Stays>, StoreError> {
    let reason = match (target, ended) {
        (_, Some(ended)) if ended.accepted || ended.ended_by == Some(EndedBy::Member) => {
            return Ok(Err(Stays::AsIsTold));
        }
        (_, Some(ended)) if ended.continued => "carried_on",
        (_, Some(ended)) if ended.in_progress => "in_progress",
        (None, _) => "webhook_deleted",
        (Some(target), Some(ended)) if ended.payload_kept => {
            match derived::cut_for(conn, key, target.include)? {
                Left::Others(cut) => return Ok(Ok(cut)),
                Left::Nobody(_) => "nobody_left",
                Left::Everybody | Left::Unknown => "payload_unreadable",
            }
        }
        _ => "payload_gone",
    };
    Ok(Err(Stays::For(reason)))
}

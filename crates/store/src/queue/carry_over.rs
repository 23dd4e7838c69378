//! What a replaced webhook leaves to its successor, swept by every worker without a leader: each export
//! goes on as a derived one, once, in a transaction of its own.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use domain::audit::Action;
use domain::export::EndedBy;
use domain::id::{ExportId, OrganisationId, WebhookId};
use serde_json::json;
use uuid::Uuid;

use super::notify;
use crate::audit::{self, Event};
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::exports::derived::{self, Key, Left};
use crate::exports::elsewhere::{self, Ended};
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
    /// Those that are tried again, and why.
    pub failed: Vec<(ExportId, String)>,
}

/// Carries over a batch of exports of replaced webhooks that have ended, oldest first. One that was
/// accepted meanwhile, that somebody sent on by hand or of which nobody may be sent is left where it is.
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
            Ok(derived) => {
                carried.done += 1;
                let lane = (organisation.into(), webhook.into());
                if derived && !lanes.contains(&lane) {
                    lanes.push(lane);
                }
            }
            // One that cannot be carried over must not keep the others waiting.
            Err(error) => carried.failed.push((export.into(), error.to_string())),
        }
    }
    if !lanes.is_empty() {
        notify(conn, &lanes)?;
    }
    Ok(carried)
}

/// Whether a derived export was written.
fn carry(conn: &mut Conn, key: Key, webhook: Uuid) -> Result<bool, StoreError> {
    // The webhook first: a deletion or another replacement of it waits, or has been.
    let target = elsewhere::lock_target(conn, (key.0, webhook))?;
    let ended = elsewhere::lock_ended(conn, key)?;
    let noted = carry_overs::table.find(key).filter(carry_overs::webhook_id.eq(webhook));
    if diesel::delete(noted).execute(conn)? == 0 {
        return Ok(false);
    }
    let (Some(target), Some(ended)) = (target, ended) else { return Ok(false) };
    if !goes_on(&ended) {
        return Ok(false);
    }
    let Left::Others(cut) = derived::cut_for(conn, key, target.include)? else {
        return Ok(false);
    };
    elsewhere::write(conn, key, &cut, webhook.into())?;
    let event = Event {
        organisation: Some(key.0.into()),
        action: Action::ExportDerived,
        object: cut.id.into(),
        details: json!({
            "resent_from": key.1, "webhook_id": webhook, "left_out": cut.left_out,
        }),
    };
    audit::write(conn, &audit::worker(), &[event])?;
    Ok(true)
}

fn goes_on(ended: &Ended) -> bool {
    ended.payload_kept
        && !ended.in_progress
        && !ended.accepted
        && !ended.continued
        && ended.ended_by != Some(EndedBy::Member)
}

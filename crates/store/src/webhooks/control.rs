//! Switching a webhook on again after delivery switched it off, and changing its secret.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::now;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use domain::actor::Actor;
use domain::audit::Action;
use domain::id::{OrganisationId, WebhookId};
use serde_json::json;
use uuid::Uuid;

use crate::audit;
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::refusal::{Abort, refusing_transaction};
use crate::schema::{lanes, webhook_secrets, webhooks};

/// How long an earlier secret signs along after it was replaced.
const OVERLAP: TimeDelta = TimeDelta::hours(24);
/// Most earlier secrets that sign along: each is a signature in the header of every request.
pub const EARLIER_SECRETS: usize = 5;

/// Why a webhook was not enabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnableRefusal {
    /// No such live webhook.
    Unknown,
    /// It is enabled.
    NotDisabled,
}

/// Why a secret was not rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotateRefusal {
    /// No such live webhook.
    Unknown,
    /// As many earlier secrets sign along as may.
    TooMany {
        /// [`EARLIER_SECRETS`].
        limit: usize,
        /// When the oldest of them stops.
        until: DateTime<Utc>,
    },
}

/// Enables a webhook that delivery disabled. Its health starts anew.
///
/// # Errors
/// [`StoreError`]; inside, [`EnableRefusal`].
pub fn enable(
    conn: &mut Conn,
    actor: &Actor,
    id: WebhookId,
) -> Result<Result<(), EnableRefusal>, StoreError> {
    let organisation = organisation_of(actor)?;
    refusing_transaction(conn, |conn| {
        let disabled: bool = lanes::table
            .find((Uuid::from(organisation), Uuid::from(id)))
            .select(lanes::disabled_at.is_not_null())
            .for_no_key_update()
            .first(conn)
            .optional()?
            .ok_or(Abort::Refused(EnableRefusal::Unknown))?;
        if !lock_live(conn, organisation, id)? {
            return Err(Abort::Refused(EnableRefusal::Unknown));
        }
        if !disabled {
            return Err(Abort::Refused(EnableRefusal::NotDisabled));
        }
        diesel::update(lanes::table.find((Uuid::from(organisation), Uuid::from(id))))
            .set((
                lanes::disabled_at.eq(None::<DateTime<Utc>>),
                lanes::disabled_reason.eq(None::<String>),
                lanes::failures_in_a_row.eq(0),
                lanes::failing_since.eq(None::<DateTime<Utc>>),
                lanes::cap.eq(None::<i32>),
                lanes::blocked_until.eq(now),
                lanes::asked_until.eq(None::<DateTime<Utc>>),
                lanes::next_run_at.eq(now),
            ))
            .execute(conn)?;
        audit::did(conn, actor, Action::WebhookEnabled, id, json!({}))?;
        Ok(())
    })
}

/// Makes `secret_sealed` the current secret, and answers until when the one before signs along: 24 h
/// from now. Those before that one keep their own time, so that a rotation whose answer was lost
/// may simply be repeated.
///
/// # Errors
/// [`StoreError`]; inside, [`RotateRefusal`].
pub fn rotate_secret(
    conn: &mut Conn,
    actor: &Actor,
    id: WebhookId,
    secret_sealed: &[u8],
) -> Result<Result<DateTime<Utc>, RotateRefusal>, StoreError> {
    let organisation = organisation_of(actor)?;
    refusing_transaction(conn, |conn| {
        if !lock_live(conn, organisation, id)? {
            return Err(Abort::Refused(RotateRefusal::Unknown));
        }
        let earlier: Vec<DateTime<Utc>> = webhook_secrets::table
            .filter(webhook_secrets::organisation_id.eq(Uuid::from(organisation)))
            .filter(webhook_secrets::webhook_id.eq(Uuid::from(id)))
            .filter(webhook_secrets::signs_until.gt(now))
            .select(webhook_secrets::signs_until.assume_not_null())
            .order(webhook_secrets::signs_until)
            .load(conn)?;
        if let [until, ..] = earlier[..]
            && earlier.len() >= EARLIER_SECRETS
        {
            let limit = EARLIER_SECRETS;
            return Err(Abort::Refused(RotateRefusal::TooMany { limit, until }));
        }
        let until = replace(conn, organisation, id, secret_sealed)?;
        let details = json!({ "new_secret": true, "earlier_ended": 0 });
        audit::did(conn, actor, Action::WebhookSecretRotated, id, details)?;
        Ok(until)
    })
}

/// Ends the overlap now: earlier secrets sign no more and are destroyed, the current one stays.
/// Answers whether there is such a webhook; where nothing overlapped, nothing changes.
///
/// # Errors
/// [`StoreError`].
pub fn end_rotation(conn: &mut Conn, actor: &Actor, id: WebhookId) -> Result<bool, StoreError> {
    let organisation = organisation_of(actor)?;
    transaction(conn, |conn| {
        if !lock_live(conn, organisation, id)? {
            return Ok(false);
        }
        let ended = diesel::delete(
            webhook_secrets::table
                .filter(webhook_secrets::organisation_id.eq(Uuid::from(organisation)))
                .filter(webhook_secrets::webhook_id.eq(Uuid::from(id)))
                .filter(webhook_secrets::signs_until.is_not_null()),
        )
        .execute(conn)?;
        if ended > 0 {
            let details = json!({ "new_secret": false, "earlier_ended": ended });
            audit::did(conn, actor, Action::WebhookSecretRotated, id, details)?;
        }
        Ok(true)
    })
}

/// Locks a webhook and says whether it is live.
pub(super) fn lock_live(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: WebhookId,
) -> QueryResult<bool> {
    let live: Option<bool> = webhooks::table
        .find((Uuid::from(organisation), Uuid::from(id)))
        .select(webhooks::deleted_at.is_null())
        .for_no_key_update()
        .first(conn)
        .optional()?;
    Ok(live == Some(true))
}

/// The current secret becomes an earlier one.
fn replace(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: WebhookId,
    secret_sealed: &[u8],
) -> QueryResult<DateTime<Utc>> {
    let instant: DateTime<Utc> = diesel::select(now.into_sql::<Timestamptz>()).get_result(conn)?;
    let until = instant + OVERLAP;
    diesel::update(
        webhook_secrets::table
            .filter(webhook_secrets::organisation_id.eq(Uuid::from(organisation)))
            .filter(webhook_secrets::webhook_id.eq(Uuid::from(id)))
            .filter(webhook_secrets::signs_until.is_null()),
    )
    .set(webhook_secrets::signs_until.eq(until))
    .execute(conn)?;
    diesel::insert_into(webhook_secrets::table)
        .values((
            webhook_secrets::organisation_id.eq(Uuid::from(organisation)),
            webhook_secrets::webhook_id.eq(Uuid::from(id)),
            webhook_secrets::secret_sealed.eq(secret_sealed),
        ))
        .execute(conn)?;
    Ok(until)
}

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
use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::refusal::{Abort, refusing_transaction};
use crate::schema::{lanes, webhook_secrets, webhooks};

/// How long a rotated secret signs along.
const OVERLAP: TimeDelta = TimeDelta::hours(24);

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
    /// The previous secret still signs along.
    InProgress {
        /// Until then.
        until: DateTime<Utc>,
    },
}

/// What a rotation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// The new secret is the current one.
    New {
        /// Until when the old one signs along; none when it stopped at once.
        old_signs_until: Option<DateTime<Utc>>,
    },
    /// The previous secret stopped; the current one stays and the offered one was not taken.
    OldRevoked,
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
                lanes::next_run_at.eq(now),
            ))
            .execute(conn)?;
        audit::did(conn, actor, Action::WebhookEnabled, id, json!({}))?;
        Ok(())
    })
}

/// Makes `secret_sealed` the current secret; the old one signs along for 24 h. With
/// `revoke_old`, the old one stops at once; while an earlier rotation still overlaps, only
/// that overlap ends and the offered secret is not taken.
///
/// # Errors
/// [`StoreError`]; inside, [`RotateRefusal`].
pub fn rotate_secret(
    conn: &mut Conn,
    actor: &Actor,
    id: WebhookId,
    secret_sealed: &[u8],
    revoke_old: bool,
) -> Result<Result<Rotation, RotateRefusal>, StoreError> {
    let organisation = organisation_of(actor)?;
    refusing_transaction(conn, |conn| {
        if !lock_live(conn, organisation, id)? {
            return Err(Abort::Refused(RotateRefusal::Unknown));
        }
        let overlap = overlap_ends(conn, organisation, id)?;
        let rotation = match (overlap, revoke_old) {
            (Some(until), false) => {
                return Err(Abort::Refused(RotateRefusal::InProgress { until }));
            }
            (Some(_), true) => {
                remove_rotated(conn, organisation, id)?;
                Rotation::OldRevoked
            }
            (None, _) => replace(conn, organisation, id, secret_sealed, revoke_old)?,
        };
        let new = matches!(rotation, Rotation::New { .. });
        let details = json!({ "new_secret": new, "old_revoked": revoke_old });
        audit::did(conn, actor, Action::WebhookSecretRotated, id, details)?;
        Ok(rotation)
    })
}

/// Locks a webhook and says whether it is live.
fn lock_live(conn: &mut Conn, organisation: OrganisationId, id: WebhookId) -> QueryResult<bool> {
    let live: Option<bool> = webhooks::table
        .find((Uuid::from(organisation), Uuid::from(id)))
        .select(webhooks::deleted_at.is_null())
        .for_no_key_update()
        .first(conn)
        .optional()?;
    Ok(live == Some(true))
}

/// When the secret that was rotated last stops signing along, if it still does.
fn overlap_ends(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: WebhookId,
) -> QueryResult<Option<DateTime<Utc>>> {
    webhook_secrets::table
        .filter(webhook_secrets::organisation_id.eq(Uuid::from(organisation)))
        .filter(webhook_secrets::webhook_id.eq(Uuid::from(id)))
        .filter(webhook_secrets::signs_until.gt(now))
        .select(diesel::dsl::max(webhook_secrets::signs_until))
        .first(conn)
}

fn remove_rotated(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: WebhookId,
) -> QueryResult<usize> {
    diesel::delete(
        webhook_secrets::table
            .filter(webhook_secrets::organisation_id.eq(Uuid::from(organisation)))
            .filter(webhook_secrets::webhook_id.eq(Uuid::from(id)))
            .filter(webhook_secrets::signs_until.is_not_null()),
    )
    .execute(conn)
}

fn replace(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: WebhookId,
    secret_sealed: &[u8],
    revoke_old: bool,
) -> QueryResult<Rotation> {
    remove_rotated(conn, organisation, id)?;
    let instant: DateTime<Utc> = diesel::select(now.into_sql::<Timestamptz>()).get_result(conn)?;
    let until = instant + OVERLAP;
    diesel::update(
        webhook_secrets::table
            .filter(webhook_secrets::organisation_id.eq(Uuid::from(organisation)))
            .filter(webhook_secrets::webhook_id.eq(Uuid::from(id))),
    )
    .set(webhook_secrets::signs_until.eq(until))
    .execute(conn)?;
    if revoke_old {
        remove_rotated(conn, organisation, id)?;
    }
    diesel::insert_into(webhook_secrets::table)
        .values((
            webhook_secrets::organisation_id.eq(Uuid::from(organisation)),
            webhook_secrets::webhook_id.eq(Uuid::from(id)),
            webhook_secrets::secret_sealed.eq(secret_sealed),
        ))
        .execute(conn)?;
    Ok(Rotation::New { old_signs_until: (!revoke_old).then_some(until) })
}

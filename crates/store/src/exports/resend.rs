//! Sending an ended export again, to the same webhook: same id, same bytes, numbers go on. Where somebody
//! in it may not be sent any more, a derived export goes out with the others instead.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::audit::{Action, ObjectType};
use domain::export::{DisabledReason, ExportStatus};
use domain::id::{ExportId, WebhookId};
use domain::role::Role;
use serde_json::json;
use uuid::Uuid;

use super::cancel::lock_lane;
use super::create::{Accepted, BEGIN_AGAIN};
use super::derived::{self, Left, Schedule};
use super::read::{self, Export};
use super::row::Due;
use crate::audit;
use crate::db::{Conn, persevere};
use crate::error::StoreError;
use crate::idempotency_keys::{IdempotencyKey, begun_too_often};
use crate::owner::organisation_of;
use crate::refusal::{Abort, refusing_transaction};
use crate::row::optional_word;
use crate::statement::{row, statement};

/// Why an export was not sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResendRefusal {
    /// No such export.
    Unknown,
    /// It has not ended.
    InProgress,
    /// Its bytes are no longer kept.
    PayloadGone,
    /// Its webhook was deleted.
    WebhookDeleted,
    /// Delivery to its webhook was switched off.
    WebhookDisabled {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: DisabledReason,
    },
    /// Nobody in it may be sent any more.
    NobodyLeft,
    /// No such live webhook to send it to.
    TargetUnknown(WebhookId),
    /// Another export carries it on: one in progress or, where many are sent again, any.
    CarriedOn,
    /// It carries made-up people, to try its own webhook.
    OfATest,
    /// The idempotency key stands for another request.
    KeyReused,
}

/// Opens an ended export again for the same webhook.
///
/// # Errors
/// [`StoreError`]; inside, [`ResendRefusal`].
pub fn resend(
    conn: &mut Conn,
    actor: &Actor,
    id: ExportId,
    key: Option<&IdempotencyKey>,
) -> Result<Result<Accepted, ResendRefusal>, StoreError> {
    let mut refused_before = false;
    for _ in 0..BEGIN_AGAIN {
        // The key first: what it made is read after it, as it stands.
        let state = state(conn, actor, id, key)?;
        let (Some(state), Some(export)) = (state, read::get(conn, actor, id)?) else {
            return Ok(Err(ResendRefusal::Unknown));
        };
        if let Some(answer) = state.replay(conn, actor, &export, key)? {
            return Ok(answer);
        }
        if let Err(refusal) = state.check(export.status)? {
            // What stands in the way may be what another request under this key did in between.
            if key.is_none() || std::mem::replace(&mut refused_before, true) {
                return Ok(Err(refusal));
            }
            continue;
        }
        if state.people_changed {
            match send_others(conn, actor, &export, key)? {
                Err(refusal) => return Ok(Err(refusal)),
                Ok(Some(export)) => return Ok(Ok(Accepted { export, replayed: false })),
                Ok(None) => continue,
            }
        }
        if let Some(due) = persevere(conn, |conn| reopen(conn, actor, id, key))? {
            return Ok(Ok(Accepted { export: reopened(export, &due), replayed: false }));
        }
    }
    Err(begun_too_often())
}

statement!(ReadResendState = "resend_state.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
    caller: Nullable<Text> => Option<&'a str>,
    operation: Nullable<Text> => Option<&'a str>,
    key: Nullable<Text> => Option<&'a str>,
) -> named State);

row!(
    struct State {
        webhook_deleted: Bool => bool,
        disabled_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        disabled_reason: Nullable<Text> => Option<String>,
        payload_kept: Bool => bool,
        goes_on: Bool => bool,
        people_changed: Bool => bool,
        request_sha256: Nullable<Binary> => Option<Vec<u8>>,
        resource_id: Nullable<SqlUuid> => Option<Uuid>,
    }
);

fn state(
    conn: &mut Conn,
    actor: &Actor,
    id: ExportId,
    key: Option<&IdempotencyKey>,
) -> Result<Option<State>, StoreError> {
    let statement = ReadResendState {
        organisation: organisation_of(actor)?.into(),
        export: id.into(),
        caller: key.map(|key| key.caller.as_str()),
        operation: key.map(|key| key.operation.as_str()),
        key: key.map(|key| key.key.as_str()),
        lifetime: PhantomData,
    };
    Ok(statement.get_result(conn).optional()?)
}

impl State {
    /// What an earlier request under the same key came to, if there was one.
    fn replay(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        export: &Export,
        key: Option<&IdempotencyKey>,
    ) -> Result<Option<Result<Accepted, ResendRefusal>>, StoreError> {
        let (Some(sha256), Some(resource), Some(key)) =
            (&self.request_sha256, self.resource_id, key)
        else {
            return Ok(None);
        };
        if *sha256 != key.request_sha256 {
            return Ok(Some(Err(ResendRefusal::KeyReused)));
        }
        let made = if resource == Uuid::from(export.id) {
            Some(export.clone())
        } else {
            read::get(conn, actor, resource.into())?
        };
        let replay = |export| Accepted { export, replayed: true };
        Ok(Some(made.map(replay).ok_or(ResendRefusal::Unknown)))
    }

    /// Whether the export may be opened again.
    fn check(&self, status: ExportStatus) -> Result<Result<(), ResendRefusal>, StoreError> {
        let reason = optional_word(DisabledReason::parse, self.disabled_reason.as_deref())?;
        Ok(match self.disabled_at.zip(reason) {
            _ if status.in_progress() => Err(ResendRefusal::InProgress),
            _ if self.webhook_deleted => Err(ResendRefusal::WebhookDeleted),
            _ if self.goes_on => Err(ResendRefusal::CarriedOn),
            Some((at, reason)) => Err(ResendRefusal::WebhookDisabled { at, reason }),
            None if !self.payload_kept => Err(ResendRefusal::PayloadGone),
            None => Ok(()),
        })
    }
}

statement!(ReopenExport = "ended.sql" "resend.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
    caller: Nullable<Text> => Option<&'a str>,
    operation: Nullable<Text> => Option<&'a str>,
    key: Nullable<Text> => Option<&'a str>,
    request_sha256: Nullable<Binary> => Option<&'a [u8]>,
    actor_type: Text => &'a str,
    actor_id: Text => &'a str,
    actor_name: Nullable<Text> => Option<&'a str>,
    actor_email: Nullable<Text> => Option<&'a str>,
    actor_role: Nullable<Text> => Option<&'a str>,
    action: Text => &'a str,
    object_type: Text => &'a str,
    request_id: Nullable<SqlUuid> => Option<Uuid>,
) -> named Due);

/// Opens an ended export again, in the caller's transaction, where all of its people may still be sent.
/// Whether it did.
pub(crate) fn reopen_whole(
    conn: &mut Conn,
    actor: &Actor,
    id: ExportId,
) -> Result<bool, StoreError> {
    Ok(reopen(conn, actor, id, None)?.is_some())
}

/// Writes the job; none, and nothing written, when something has changed since the look.
fn reopen(
    conn: &mut Conn,
    actor: &Actor,
    id: ExportId,
    key: Option<&IdempotencyKey>,
) -> Result<Option<Due>, StoreError> {
    let statement = ReopenExport {
        organisation: organisation_of(actor)?.into(),
        export: id.into(),
        caller: key.map(|key| key.caller.as_str()),
        operation: key.map(|key| key.operation.as_str()),
        key: key.map(|key| key.key.as_str()),
        request_sha256: key.map(|key| &key.request_sha256[..]),
        actor_type: actor.kind.as_str(),
        actor_id: &actor.id,
        actor_name: actor.name.as_deref(),
        actor_email: actor.email.as_deref(),
        actor_role: actor.role.map(Role::as_str),
        action: Action::ExportResent.as_str(),
        object_type: ObjectType::Export.as_str(),
        request_id: actor.request_id,
        lifetime: PhantomData,
    };
    Ok(statement.get_result(conn).optional()?)
}

statement!(uncached LockToDerive = "ended.sql" "lock_to_derive.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
    new: SqlUuid => Uuid,
    caller: Nullable<Text> => Option<&'a str>,
    operation: Nullable<Text> => Option<&'a str>,
    key: Nullable<Text> => Option<&'a str>,
    request_sha256: Nullable<Binary> => Option<&'a [u8]>,
) -> SqlUuid);

/// Sends those again who may still be sent, derived; none when something has changed since the look.
fn send_others(
    conn: &mut Conn,
    actor: &Actor,
    ended: &Export,
    key: Option<&IdempotencyKey>,
) -> Result<Result<Option<Export>, ResendRefusal>, StoreError> {
    let organisation = Uuid::from(organisation_of(actor)?);
    let (id, export) = (ended.id, (organisation, Uuid::from(ended.id)));
    let derived = refusing_transaction(conn, |conn| {
        let cut = match derived::cut(conn, export)? {
            Left::Others(cut) => cut,
            Left::Everybody => return Ok(None),
            Left::Nobody(_) => return Err(Abort::Refused(ResendRefusal::NobodyLeft)),
            Left::Unknown => return Err(Abort::Refused(ResendRefusal::PayloadGone)),
        };
        lock_lane(conn, ended.organisation_id, ended.webhook_id)?;
        let lock = LockToDerive {
            organisation,
            export: id.into(),
            new: cut.id.into(),
            caller: key.map(|key| key.caller.as_str()),
            operation: key.map(|key| key.operation.as_str()),
            key: key.map(|key| key.key.as_str()),
            request_sha256: key.map(|key| &key.request_sha256[..]),
            lifetime: PhantomData,
        };
        if lock.get_result::<Uuid>(conn).optional()?.is_none() {
            return Ok(None);
        }
        derived::insert(conn, export, &cut, &Schedule::of_a_new(&cut))?;
        let details = json!({ "derived": cut.id, "left_out": cut.left_out.total() });
        audit::did(conn, actor, Action::ExportResent, id, details)?;
        Ok(Some(cut.id))
    })?;
    match derived {
        Ok(Some(derived)) => Ok(Ok(read::get(conn, actor, derived)?)),
        Ok(None) => Ok(Ok(None)),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// The export as it stands now.
fn reopened(export: Export, due: &Due) -> Export {
    Export {
        status: ExportStatus::Queued,
        ended_by: None,
        outcome: None,
        finished_at: None,
        payload_kept_until: None,
        continued_as: None,
        next_attempt_at: Some(due.next_attempt_at()),
        held_until: None,
        pause: due.pause(),
        ..export
    }
}

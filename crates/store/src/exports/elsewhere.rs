//! Sending an ended export to another webhook: a derived export with an id of its own, cut to what both
//! webhooks receive and to those who may still be sent. It goes out of disabled and deleted webhooks, too.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::audit::Action;
use domain::export::{DisabledReason, EndedBy, ExportType};
use domain::id::{ExportId, WebhookId};
use domain::include::Include;
use serde_json::json;
use uuid::Uuid;

use super::create::Accepted;
use super::derived::{self, Cut, Key, Left};
use super::read;
use super::resend::ResendRefusal;
use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::idempotency_keys::{IdempotencyKey, Once, once};
use crate::owner::organisation_of;
use crate::queue::{End, end_exports};
use crate::refusal::Abort;
use crate::row::{optional_word, unsigned};
use crate::schema::carry_overs;
use crate::statement::{row, statement};

/// Sends an ended export to another webhook of its organisation. One that is its own gets it as it was.
///
/// # Errors
/// [`StoreError`]; inside, [`ResendRefusal`].
pub fn resend_to(
    conn: &mut Conn,
    actor: &Actor,
    id: ExportId,
    webhook: WebhookId,
    key: Option<&IdempotencyKey>,
) -> Result<Result<Accepted, ResendRefusal>, StoreError> {
    let own = read::seen(conn, actor, (organisation_of(actor)?.into(), id.into()))?;
    if own.is_some_and(|(own, _)| own == Uuid::from(webhook)) {
        let resent = super::resend::resend(conn, actor, id, key)?;
        return Ok(resent.map_err(|refusal| match refusal {
            ResendRefusal::WebhookDeleted => ResendRefusal::TargetUnknown(webhook),
            refusal => refusal,
        }));
    }
    let sent = once(conn, actor, key, |conn| {
        let cut = derive_to(conn, actor, id, webhook, Again::Yes)?;
        Ok((cut, Uuid::from(cut)))
    })?;
    let (made, replayed) = match sent {
        Ok(Once::Done(made)) => (made, false),
        Ok(Once::Replayed { resource }) => (resource.into(), true),
        Ok(Once::KeyReused) => return Ok(Err(ResendRefusal::KeyReused)),
        Err(refusal) => return Ok(Err(refusal)),
    };
    let made = read::get(conn, actor, made)?;
    Ok(made.map(|export| Accepted { export, replayed }).ok_or(ResendRefusal::Unknown))
}

/// Whether one that another export carried on, and that has ended, too, may be sent once more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// A member asks for this one.
    Yes,
    /// It is one of many that failed.
    No,
}

/// Writes the derived export, in the caller's transaction, and answers its id.
pub(crate) fn derive_to(
    conn: &mut Conn,
    actor: &Actor,
    id: ExportId,
    webhook: WebhookId,
    again: Again,
) -> Result<ExportId, Abort<ResendRefusal>> {
    let organisation = Uuid::from(organisation_of(actor)?);
    let key = (organisation, Uuid::from(id));
    if read::seen(conn, actor, key)?.is_none() {
        return Err(Abort::Refused(ResendRefusal::Unknown));
    }
    end_with_webhook(conn, key)?;
    let target = lock_target(conn, (organisation, webhook.into()))?
        .ok_or(Abort::Refused(ResendRefusal::TargetUnknown(webhook)))?;
    let ended = lock_ended(conn, key)?.ok_or(Abort::Refused(ResendRefusal::Unknown))?;
    check(&ended, &target, again)?;
    let cut = match derived::cut_for(conn, key, target.include)? {
        Left::Others(cut) => cut,
        Left::Nobody(_) => return Err(Abort::Refused(ResendRefusal::NobodyLeft)),
        Left::Everybody | Left::Unknown => {
            return Err(Abort::Refused(ResendRefusal::PayloadGone));
        }
    };
    write(conn, key, &cut, webhook)?;
    let details =
        json!({ "derived": cut.id, "webhook_id": webhook, "left_out": cut.left_out.total() });
    audit::did(conn, actor, Action::ExportResent, id, details)?;
    Ok(cut.id)
}

fn check(ended: &Ended, target: &Target, again: Again) -> Result<(), Abort<ResendRefusal>> {
    let refusal = match target.disabled {
        _ if ended.in_progress => ResendRefusal::InProgress,
        _ if ended.is_test => ResendRefusal::OfATest,
        _ if ended.goes_on || ended.continued && again == Again::No => ResendRefusal::CarriedOn,
        Some((at, reason)) => ResendRefusal::WebhookDisabled { at, reason },
        None if !ended.payload_kept => ResendRefusal::PayloadGone,
        None => return Ok(()),
    };
    Err(Abort::Refused(refusal))
}

/// Writes it, and that nothing of the other one is to be carried over any more.
pub(crate) fn write(
    conn: &mut Conn,
    key: Key,
    cut: &Cut,
    webhook: WebhookId,
) -> Result<(), StoreError> {
    derived::insert_for(conn, key, cut, webhook.into())?;
    diesel::delete(carry_overs::table.find(key)).execute(conn)?;
    Ok(())
}

statement!(uncached LockDeletedLane = "elsewhere/lock_deleted_lane.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
) -> Timestamptz);

statement!(uncached DropWaiting = "elsewhere/drop_waiting.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
) -> (Integer, Integer));

/// What waited when its webhook was deleted has ended: where the sweep has not written that yet, it is
/// written here.
pub(crate) fn end_with_webhook(conn: &mut Conn, key: Key) -> Result<(), StoreError> {
    let (organisation, export) = key;
    let lane = LockDeletedLane { organisation, export, lifetime: PhantomData };
    let Some(at) = lane.get_result::<DateTime<Utc>>(conn).optional()? else { return Ok(()) };
    let drop = DropWaiting { organisation, export, lifetime: PhantomData };
    let Some((attempts, ambiguous)) = drop.get_result::<(i32, i32)>(conn).optional()? else {
        return Ok(());
    };
    let ids = (organisation.into(), export.into());
    let end = End::cancelled(ids, EndedBy::WebhookDeleted, unsigned(attempts)?, ambiguous > 0);
    end_exports(conn, &[End { at: Some(at), ..end }])
}

/// A live webhook, locked against deletion.
pub(crate) struct Target {
    pub(crate) include: Include,
    pub(crate) disabled: Option<(DateTime<Utc>, DisabledReason)>,
}

statement!(LockTarget = "elsewhere/lock_target.sql", (
    organisation: SqlUuid => Uuid,
    webhook: SqlUuid => Uuid,
) -> named TargetRow);

row!(
    struct TargetRow {
        include: Array<Text> => Vec<String>,
        disabled_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        disabled_reason: Nullable<Text> => Option<String>,
    }
);

pub(crate) fn lock_target(
    conn: &mut Conn,
    (organisation, webhook): (Uuid, Uuid),
) -> Result<Option<Target>, StoreError> {
    let lock = LockTarget { organisation, webhook, lifetime: PhantomData };
    let Some(row) = lock.get_result::<TargetRow>(conn).optional()? else { return Ok(None) };
    let include = Include::from_names(&row.include)
        .map_err(|_| StoreError::Unreadable("unknown field group".to_owned()))?;
    let reason = optional_word(DisabledReason::parse, row.disabled_reason.as_deref())?;
    Ok(Some(Target { include, disabled: row.disabled_at.zip(reason) }))
}

/// What decides whether an export may be derived from; it is locked.
pub(crate) struct Ended {
    pub(crate) in_progress: bool,
    pub(crate) is_test: bool,
    pub(crate) payload_kept: bool,
    pub(crate) accepted: bool,
    pub(crate) continued: bool,
    /// What carries it on is in progress.
    goes_on: bool,
    pub(crate) ended_by: Option<EndedBy>,
}

statement!(LockEnded = "elsewhere/lock_ended.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
) -> named EndedRow);

row!(
    struct EndedRow {
        kind: Text => String,
        in_progress: Bool => bool,
        payload_kept: Bool => bool,
        accepted: Bool => bool,
        continued: Bool => bool,
        goes_on: Bool => bool,
        ended_by: Nullable<Text> => Option<String>,
    }
);

pub(crate) fn lock_ended(
    conn: &mut Conn,
    (organisation, export): Key,
) -> Result<Option<Ended>, StoreError> {
    let lock = LockEnded { organisation, export, lifetime: PhantomData };
    let Some(row) = lock.get_result::<EndedRow>(conn).optional()? else { return Ok(None) };
    Ok(Some(Ended {
        in_progress: row.in_progress,
        is_test: row.kind == ExportType::Test.as_str(),
        payload_kept: row.payload_kept,
        accepted: row.accepted,
        continued: row.continued,
        goes_on: row.goes_on,
        ended_by: optional_word(EndedBy::parse, row.ended_by.as_deref())?,
    }))
}

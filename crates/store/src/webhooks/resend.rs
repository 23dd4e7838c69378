//! Sending all of a webhook again that failed since an instant, in short transactions. What breaks off goes
//! on with the next call: what is in progress again, or was carried on, is not sent twice.

mod failed;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::actor::Actor;
use domain::audit::Action;
use domain::export::DisabledReason;
use domain::id::{OrganisationId, WebhookId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::audit;
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::exports::elsewhere::{self, Again, derive_to};
use crate::exports::{ResendRefusal, reopen_whole};
use crate::idempotency_keys::{self, IdempotencyKey, Once, once};
use crate::owner::organisation_of;
use crate::refusal::{Abort, refusing_transaction};
use crate::schema::{audit_events, webhooks};

use failed::{Failed, Fate};

/// Exports that one transaction opens again.
const BATCH: usize = 50;

/// What is sent again.
#[derive(Debug, Clone, Copy)]
pub struct ResendFailed {
    /// What failed at this instant or later.
    pub since: DateTime<Utc>,
    /// Another webhook that gets it; none: the one that it failed for.
    pub to: Option<WebhookId>,
    /// Only count.
    pub dry_run: bool,
}

/// What became of the exports that failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resent {
    /// Sent again.
    pub resent: u64,
    /// Of these, as derived exports: to another webhook, or without those who may not be sent any more.
    pub derived: u64,
    /// Not: their data is no longer kept.
    pub payload_gone: u64,
    /// Not: nobody in them may be sent any more.
    pub nobody_left: u64,
    /// Not: another export carries them on already.
    pub carried_on: u64,
    /// Not: something else was done with them meanwhile.
    pub changed: u64,
}

/// Why nothing was sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResendFailedRefusal {
    /// No such webhook.
    Unknown,
    /// It was deleted, and no other one was named.
    Deleted,
    /// No such live webhook to send to.
    TargetUnknown(WebhookId),
    /// Delivery to the webhook was switched off.
    Disabled {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: DisabledReason,
    },
    /// The idempotency key stands for another request.
    KeyReused,
}

/// Sends all of a webhook again that failed: each as it was, or derived where it must be. The counts come
/// with whether an earlier request under the key did it.
///
/// # Errors
/// [`StoreError`]; inside, [`ResendFailedRefusal`].
pub fn resend_failed(
    conn: &mut Conn,
    actor: &Actor,
    id: WebhookId,
    asked: &ResendFailed,
    key: Option<&IdempotencyKey>,
) -> Result<Result<(Resent, bool), ResendFailedRefusal>, StoreError> {
    let key = key.filter(|_| !asked.dry_run);
    if let Some(key) = key
        && let Some(earlier) = idempotency_keys::look::<Uuid>(conn, actor, key)?
    {
        return answer(conn, actor, earlier, Resent::default());
    }
    // A webhook is no other one to itself.
    let asked = &ResendFailed { to: asked.to.filter(|to| *to != id), ..*asked };
    if let Err(refusal) = check(conn, actor, id, asked.to)? {
        return Ok(Err(refusal));
    }
    let resent = in_batches(conn, actor, id, asked)?;
    if asked.dry_run {
        return Ok(Ok((resent, false)));
    }
    let told = once(conn, actor, key, |conn| {
        let event = tell(conn, actor, id, asked.to, &resent)?;
        Ok::<_, Abort<ResendFailedRefusal>>((event, event))
    })?;
    match told {
        Ok(told) => answer(conn, actor, told, resent),
        Err(refusal) => Ok(Err(refusal)),
    }
}

fn answer(
    conn: &mut Conn,
    actor: &Actor,
    told: Once<Uuid>,
    resent: Resent,
) -> Result<Result<(Resent, bool), ResendFailedRefusal>, StoreError> {
    Ok(match told {
        Once::Done(_) => Ok((resent, false)),
        Once::Replayed { resource } => Ok((remembered(conn, actor, resource)?, true)),
        Once::KeyReused => Err(ResendFailedRefusal::KeyReused),
    })
}

fn check(
    conn: &mut Conn,
    actor: &Actor,
    id: WebhookId,
    to: Option<WebhookId>,
) -> Result<Result<(), ResendFailedRefusal>, StoreError> {
    let organisation = Uuid::from(organisation_of(actor)?);
    let deleted: Option<bool> = webhooks::table
        .find((organisation, Uuid::from(id)))
        .select(webhooks::deleted_at.is_not_null())
        .first(conn)
        .optional()?;
    let refusal = match deleted {
        None => ResendFailedRefusal::Unknown,
        Some(true) if to.is_none() => ResendFailedRefusal::Deleted,
        Some(_) => {
            let target = to.unwrap_or(id);
            match elsewhere::lock_target(conn, (organisation, target.into()))? {
                None => ResendFailedRefusal::TargetUnknown(target),
                Some(target) => match target.disabled {
                    Some((at, reason)) => ResendFailedRefusal::Disabled { at, reason },
                    None => return Ok(Ok(())),
                },
            }
        }
    };
    Ok(Err(refusal))
}

fn in_batches(
    conn: &mut Conn,
    actor: &Actor,
    id: WebhookId,
    asked: &ResendFailed,
) -> Result<Resent, StoreError> {
    let organisation = organisation_of(actor)?;
    let (mut resent, mut after) = (Resent::default(), None);
    loop {
        let page = failed::page(conn, (organisation, id), asked.since, after)?;
        let Some(last) = page.last() else { return Ok(resent) };
        after = Some(last.id);
        for batch in page.chunks(BATCH) {
            if asked.dry_run {
                batch.iter().for_each(|failed| resent.would(failed, asked.to));
            } else {
                send(conn, actor, id, batch, asked.to, &mut resent)?;
            }
        }
    }
}

impl Resent {
    fn would(&mut self, failed: &Failed, to: Option<WebhookId>) {
        match failed.fate {
            Fate::Whole => self.sent(to.is_some()),
            Fate::WithoutSome => self.sent(true),
            Fate::PayloadGone => self.payload_gone += 1,
            Fate::NobodyLeft => self.nobody_left += 1,
            Fate::CarriedOn => self.carried_on += 1,
        }
    }

    fn sent(&mut self, derived: bool) {
        self.resent += 1;
        self.derived += u64::from(derived);
    }

    fn refused(&mut self, refusal: &ResendRefusal) {
        match refusal {
            ResendRefusal::PayloadGone => self.payload_gone += 1,
            ResendRefusal::NobodyLeft => self.nobody_left += 1,
            ResendRefusal::CarriedOn => self.carried_on += 1,
            _ => self.changed += 1,
        }
    }
}

/// Those that go as they are in one transaction, each other one in its own.
fn send(
    conn: &mut Conn,
    actor: &Actor,
    id: WebhookId,
    batch: &[Failed],
    to: Option<WebhookId>,
    resent: &mut Resent,
) -> Result<(), StoreError> {
    let whole: Vec<_> =
        batch.iter().filter(|one| one.fate == Fate::Whole && to.is_none()).collect();
    let reopened = transaction(conn, |conn| {
        let mut reopened = 0;
        for one in &whole {
            reopened += u64::from(reopen_whole(conn, actor, one.id)?);
        }
        Ok::<u64, StoreError>(reopened)
    })?;
    resent.resent += reopened;
    resent.changed += whole.len() as u64 - reopened;
    for one in batch {
        match (one.fate, to) {
            (Fate::Whole, None) => {}
            (Fate::Whole | Fate::WithoutSome, _) => {
                let target = to.unwrap_or(id);
                let derive = |conn: &mut Conn| derive_to(conn, actor, one.id, target, Again::No);
                match refusing_transaction(conn, derive)? {
                    Ok(_) => resent.sent(true),
                    Err(refusal) => resent.refused(&refusal),
                }
            }
            _ => resent.would(one, to),
        }
    }
    Ok(())
}

/// Tells the audit, and answers the id of what it was told: where a repetition finds the counts.
fn tell(
    conn: &mut Conn,
    actor: &Actor,
    id: WebhookId,
    to: Option<WebhookId>,
    resent: &Resent,
) -> Result<Uuid, StoreError> {
    let mut details =
        serde_json::to_value(resent).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    if let (Some(to), Some(members)) = (to, details.as_object_mut()) {
        members.insert("to".to_owned(), serde_json::json!(to));
    }
    audit::did_as(conn, actor, Action::WebhookExportsResent, id, details)
}

fn remembered(conn: &mut Conn, actor: &Actor, event: Uuid) -> Result<Resent, StoreError> {
    let organisation: OrganisationId = organisation_of(actor)?;
    let details: serde_json::Value = audit_events::table
        .find(event)
        .filter(audit_events::organisation_id.eq(Uuid::from(organisation)))
        .select(audit_events::details)
        .first(conn)?;
    serde_json::from_value(details).map_err(|error| StoreError::Unreadable(error.to_string()))
}

//! Sending all of a webhook again that failed since an instant, in short transactions. What breaks off goes
//! on with the next call: what is in progress again, or was carried on, is not sent twice.

mod failed;
mod run;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::actor::Actor;
use domain::export::DisabledReason;
use domain::id::WebhookId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::exports::elsewhere::{self, Again, derive_to};
use crate::exports::{ResendRefusal, reopen_whole};
use crate::idempotency_keys::IdempotencyKey;
use crate::owner::organisation_of;
use crate::refusal::{Abort, refusing_transaction};
use crate::schema::webhooks;

use failed::{Failed, Fate};
use run::Run;

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
    // A webhook is no other one to itself.
    let asked = &ResendFailed { to: asked.to.filter(|to| *to != id), ..*asked };
    let key = key.filter(|_| !asked.dry_run);
    if let Some(answer) = run::answered(conn, actor, key)? {
        return Ok(answer);
    }
    if let Err(refusal) = check(conn, actor, id, asked.to)? {
        return Ok(Err(refusal));
    }
    if asked.dry_run {
        return Ok(Ok((would_resend(conn, actor, id, asked)?, false)));
    }
    let Some(run) = Run::begin(conn, actor, key)? else {
        return Ok(Err(ResendFailedRefusal::KeyReused));
    };
    let resent = in_batches(conn, actor, id, asked, &run)?;
    run.end(conn, actor, id, asked.to, resent).map(Ok)
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

fn would_resend(
    conn: &mut Conn,
    actor: &Actor,
    id: WebhookId,
    asked: &ResendFailed,
) -> Result<Resent, StoreError> {
    let mut resent = Resent::default();
    each_page(conn, actor, id, asked.since, |_, page| {
        page.iter().for_each(|failed| resent.would(failed, asked.to));
        Ok(())
    })?;
    Ok(resent)
}

fn in_batches(
    conn: &mut Conn,
    actor: &Actor,
    id: WebhookId,
    asked: &ResendFailed,
    run: &Run,
) -> Result<Resent, StoreError> {
    let mut resent = Resent::default();
    each_page(conn, actor, id, asked.since, |conn, page| {
        let mut batches = page.chunks(BATCH);
        batches.try_for_each(|batch| send(conn, actor, id, batch, asked.to, run, &mut resent))
    })?;
    Ok(resent)
}

fn each_page(
    conn: &mut Conn,
    actor: &Actor,
    id: WebhookId,
    since: DateTime<Utc>,
    mut each: impl FnMut(&mut Conn, &[Failed]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let organisation = organisation_of(actor)?;
    let mut after = None;
    loop {
        let page = failed::page(conn, (organisation, id), since, after)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        each(conn, &page)?;
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
    run: &Run,
    resent: &mut Resent,
) -> Result<(), StoreError> {
    let whole = batch.iter().filter(|one| one.fate == Fate::Whole && to.is_none());
    let whole: Vec<Uuid> = whole.map(|one| one.id.into()).collect();
    let reopened = transaction(conn, |conn| {
        let mut reopened = 0;
        for export in run.lock_its_own(conn, actor, id, &whole)? {
            reopened += u64::from(reopen_whole(conn, actor, export.into())?);
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
                let derive = |conn: &mut Conn| {
                    let made = derive_to(conn, actor, one.id, target, Again::No)?;
                    // It is locked by now.
                    let failed = run.is_its_own(conn, actor, one.id)?;
                    failed.then_some(made).ok_or(Abort::Refused(ResendRefusal::InProgress))
                };
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

//! Replacing a webhook: the guide's three steps in one transaction. What goes on to the successor is noted
//! there, and derived by a sweep (`queue::carry_over`): a replacement is short however much waits.

mod carried;

use diesel::prelude::*;
use domain::actor::Actor;
use domain::audit::Action;
use domain::id::{OrganisationId, WebhookId};
use domain::include::Include;
use serde_json::json;
use uuid::Uuid;

use super::by_default;
use super::create::{self, CreateRefusal, NewWebhook, WebhookName};
use super::delete::{self, Deleted};
use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::idempotency_keys::{IdempotencyKey, Once, once};
use crate::owner::organisation_of;
use crate::refusal::{Abort, refusing_transaction};
use crate::row::requester;
use crate::schema::{webhook_reviews, webhooks};

pub use carried::{CarriedOver, CarryOver, carried_over};

/// A webhook in the place of another one: purpose, owner and field groups are inherited.
#[derive(Clone)]
pub struct Replacement {
    /// From [`super::new_id`]: the sealings are bound to it.
    pub id: WebhookId,
    /// Its name; none: that of the other one.
    pub name: Option<String>,
    /// Host of the URL, lower case, punycode.
    pub host: String,
    /// The sealed, normalised URL.
    pub url_sealed: Vec<u8>,
    /// HMAC of the normalised URL under each key, the sealing key's first.
    pub url_hmacs: Vec<[u8; 32]>,
    /// The same, by which other organisations' equal URLs are found.
    pub url_marks: Vec<[u8; 32]>,
    /// The sealed signing secret.
    pub secret_sealed: Vec<u8>,
    /// What goes on to it.
    pub carry_over: CarryOver,
}

/// Why a webhook was not replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplaceRefusal {
    /// No such live webhook.
    Unknown,
    /// The new one may not be registered.
    Create(CreateRefusal),
    /// The idempotency key stands for another request.
    KeyReused,
}

/// What a replacement did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaced {
    /// The new webhook.
    pub webhook: WebhookId,
    /// Exports that are written as cancelled already.
    pub written: u64,
    /// An earlier request under the key did it.
    pub replayed: bool,
}

/// Registers a webhook in the place of another one, which is deleted: what waits for it ends as
/// cancelled, what is on the wire finishes. What is to be carried over is carried over by
/// [`crate::queue::carry_over`].
///
/// # Errors
/// [`StoreError`]; inside, [`ReplaceRefusal`].
pub fn replace(
    conn: &mut Conn,
    actor: &Actor,
    old: WebhookId,
    new: &Replacement,
    key: Option<&IdempotencyKey>,
) -> Result<Result<Replaced, ReplaceRefusal>, StoreError> {
    let done = once(conn, actor, key, |conn| {
        let deleted = replace_in_transaction(conn, actor, old, new)?;
        Ok((deleted, new.id.into()))
    })?;
    Ok(match done {
        Ok(Once::Done(Deleted { written, .. })) => {
            Ok(Replaced { webhook: new.id, written, replayed: false })
        }
        Ok(Once::Replayed { resource }) => {
            Ok(Replaced { webhook: resource.into(), written: 0, replayed: true })
        }
        Ok(Once::KeyReused) => Err(ReplaceRefusal::KeyReused),
        Err(refusal) => Err(refusal),
    })
}

/// What a replacement would carry over; changes nothing, and refuses what the replacement would.
///
/// # Errors
/// [`StoreError`]; inside, [`ReplaceRefusal`].
pub fn would_replace(
    conn: &mut Conn,
    actor: &Actor,
    old: WebhookId,
    new: &Replacement,
) -> Result<Result<CarriedOver, ReplaceRefusal>, StoreError> {
    let organisation = organisation_of(actor)?;
    refusing_transaction(conn, |conn| {
        let inherited = inherited(conn, organisation, old)?;
        check(conn, organisation, old, new, &inherited)?;
        Ok(carried::count(conn, (organisation, old), new.carry_over)?)
    })
}

/// The lane first, then the webhook, then (as a registration does) the organisation.
fn replace_in_transaction(
    conn: &mut Conn,
    actor: &Actor,
    old: WebhookId,
    new: &Replacement,
) -> Result<Deleted, Abort<ReplaceRefusal>> {
    let organisation = organisation_of(actor)?;
    if !delete::lock(conn, organisation, old)? {
        return Err(Abort::Refused(ReplaceRefusal::Unknown));
    }
    let inherited = inherited(conn, organisation, old)?;
    let name = check(conn, organisation, old, new, &inherited)?;
    let carried = carried::note(conn, (organisation, old), new.carry_over, new.id)?;
    let deleted = delete::end(conn, actor, organisation, old)?;
    let webhook = new.webhook(name.clone(), inherited, old);
    create::insert(conn, actor, organisation, &webhook, &name)?;
    carried::remember(conn, (organisation, new.id), &carried)?;
    tell(conn, actor, old, &webhook, &carried)?;
    Ok(deleted)
}

struct Inherited {
    name: String,
    purpose: Option<String>,
    owner: String,
    include: Include,
}

/// Its name, purpose and field groups, and who registered it.
type Registered = (String, Option<String>, Vec<String>, (String, String, String, String));

fn inherited(
    conn: &mut Conn,
    organisation: OrganisationId,
    old: WebhookId,
) -> Result<Inherited, Abort<ReplaceRefusal>> {
    let key = (Uuid::from(organisation), Uuid::from(old));
    let by = (
        webhooks::created_by_type,
        webhooks::created_by_id,
        webhooks::created_by_name,
        webhooks::created_by_email,
    );
    let found: Option<Registered> = webhooks::table
        .find(key)
        .filter(webhooks::deleted_at.is_null())
        .select((webhooks::name, webhooks::purpose, webhooks::include, by))
        .first(conn)
        .optional()?;
    let (name, purpose, include, (kind, id, by_name, by_email)) =
        found.ok_or(Abort::Refused(ReplaceRefusal::Unknown))?;
    let named: Option<Option<String>> =
        webhook_reviews::table.find(key).select(webhook_reviews::owner).first(conn).optional()?;
    let registered_by = by_default(&requester(&kind, id, by_name, by_email)?);
    let include = Include::from_names(&include)
        .map_err(|_| StoreError::Unreadable("unknown field group".to_owned()))?;
    Ok(Inherited { name, purpose, owner: named.flatten().unwrap_or(registered_by), include })
}

/// The rules of a registration, as if the replaced webhook were gone already; answers the name. There
/// are no more webhooks after it than before.
fn check(
    conn: &mut Conn,
    organisation: OrganisationId,
    old: WebhookId,
    new: &Replacement,
    inherited: &Inherited,
) -> Result<String, Abort<ReplaceRefusal>> {
    let others = create::live_but(conn, organisation, old)?;
    let name = WebhookName::Asked(new.name.clone().unwrap_or_else(|| inherited.name.clone()));
    create::free(&others, &name, &new.url_hmacs)
        .map_err(|refusal| Abort::Refused(ReplaceRefusal::Create(refusal)))
}

fn tell(
    conn: &mut Conn,
    actor: &Actor,
    old: WebhookId,
    new: &NewWebhook,
    carried: &CarriedOver,
) -> Result<(), StoreError> {
    let made = json!({ "include": new.include.names(), "replaces": old });
    audit::did(conn, actor, Action::WebhookCreated, new.id, made)?;
    let details = json!({
        "by": new.id,
        "failed": carried.failed,
        "waiting": carried.waiting,
        "sending": carried.sending,
    });
    audit::did(conn, actor, Action::WebhookReplaced, old, details)
}

impl Replacement {
    fn webhook(&self, name: String, inherited: Inherited, old: WebhookId) -> NewWebhook {
        NewWebhook {
            id: self.id,
            name: WebhookName::Asked(name),
            purpose: inherited.purpose,
            owner: Some(inherited.owner),
            host: self.host.clone(),
            url_sealed: self.url_sealed.clone(),
            url_hmacs: self.url_hmacs.clone(),
            url_marks: self.url_marks.clone(),
            secret_sealed: self.secret_sealed.clone(),
            include: inherited.include,
            replaces: Some(old),
        }
    }
}

//! Registration: the webhook, its first secret and its lane in one transaction.

use std::collections::HashSet;

use diesel::prelude::*;
use domain::actor::Actor;
use domain::audit::Action;
use domain::id::{OrganisationId, WebhookId};
use domain::include::Include;
use domain::name;
use serde_json::json;
use uuid::Uuid;

use super::review::name_owner;
use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::refusal::{Abort, refusing_transaction};
use crate::row::{clock_timestamp, uuid_v7};
use crate::schema::{lanes, url_marks, webhook_secrets, webhooks};
use crate::{audit, organisations};

/// Most live webhooks of an organisation.
pub const LIVE_LIMIT: usize = 50;

/// What a new webhook is called, in the form that `domain::name::clean` makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookName {
    /// As the admin asked: refused when taken.
    Asked(String),
    /// Made up by us: gets a number when taken.
    Default(String),
}

/// A webhook to register.
#[derive(Clone)]
pub struct NewWebhook {
    /// From [`new_id`]: the sealings are bound to it.
    pub id: WebhookId,
    /// Its name.
    pub name: WebhookName,
    /// Why data goes there.
    pub purpose: Option<String>,
    /// Who answers for it; none: whoever registers it.
    pub owner: Option<String>,
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
    /// Field groups of the payload.
    pub include: Include,
    /// The deleted webhook that it takes over from.
    pub replaces: Option<WebhookId>,
}

/// Why a webhook was not registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreateRefusal {
    /// `replaces` names no webhook of the organisation.
    ReplacesUnknown(WebhookId),
    /// `replaces` names a webhook that is not deleted.
    ReplacesLive,
    /// This live webhook has the same URL.
    UrlExists {
        /// Its id.
        id: WebhookId,
        /// Its name.
        name: String,
    },
    /// A live webhook has that name, in whatever case.
    NameTaken,
    /// The organisation has as many as it may.
    TooMany {
        /// [`LIVE_LIMIT`].
        limit: usize,
    },
}

/// An id for a webhook that is about to be registered, from the database's clock.
///
/// # Errors
/// [`StoreError`].
pub fn new_id(conn: &mut Conn) -> Result<WebhookId, StoreError> {
    let id: Uuid = diesel::select(uuid_v7(clock_timestamp())).get_result(conn)?;
    Ok(id.into())
}

/// Registers a webhook.
///
/// # Errors
/// [`StoreError`]; inside, [`CreateRefusal`].
pub fn create(
    conn: &mut Conn,
    actor: &Actor,
    new: &NewWebhook,
) -> Result<Result<(), CreateRefusal>, StoreError> {
    let organisation = organisation_of(actor)?;
    refusing_transaction(conn, |conn| {
        let live = live_webhooks(conn, organisation)?;
        check_replaces(conn, organisation, new.replaces)?;
        let name = free(&live, &new.name, &new.url_hmacs).map_err(Abort::Refused)?;
        has_room(&live).map_err(Abort::Refused)?;
        insert(conn, actor, organisation, new, &name)?;
        tell(conn, actor, new)?;
        Ok(())
    })
}

fn tell(conn: &mut Conn, actor: &Actor, new: &NewWebhook) -> Result<(), StoreError> {
    let details = json!({ "include": new.include.names(), "replaces": new.replaces });
    audit::did(conn, actor, Action::WebhookCreated, new.id, details)?;
    match new.replaces {
        Some(old) => audit::did(conn, actor, Action::WebhookReplaced, old, json!({ "by": new.id })),
        None => Ok(()),
    }
}

/// The name that is free for a URL that is: none of these webhooks has it.
pub(super) fn free(
    live: &[Live],
    name: &WebhookName,
    url_hmacs: &[[u8; 32]],
) -> Result<String, CreateRefusal> {
    url_is_free(live, url_hmacs)?;
    name_is_free(live, name)
}

/// Fails where one of these has the URL.
pub(super) fn url_is_free(live: &[Live], url_hmacs: &[[u8; 32]]) -> Result<(), CreateRefusal> {
    match live.iter().find(|live| live.has_url(url_hmacs)) {
        Some(same) => Err(CreateRefusal::UrlExists { id: same.id.into(), name: same.name.clone() }),
        None => Ok(()),
    }
}

/// The name that none of these has.
pub(super) fn name_is_free(live: &[Live], name: &WebhookName) -> Result<String, CreateRefusal> {
    // Reckoned anew: rows of an earlier version have no key.
    let taken: HashSet<String> = live.iter().map(|live| name::key(&live.name)).collect();
    free_name(name, &taken)
}

/// Fails where there are as many as there may be.
pub(super) fn has_room(live: &[Live]) -> Result<(), CreateRefusal> {
    if live.len() >= LIVE_LIMIT {
        return Err(CreateRefusal::TooMany { limit: LIVE_LIMIT });
    }
    Ok(())
}

/// The live webhooks but for one, under the same lock as for a registration.
pub(super) fn live_but(
    conn: &mut Conn,
    organisation: OrganisationId,
    one: WebhookId,
) -> QueryResult<Vec<Live>> {
    let mut live = live_webhooks(conn, organisation)?;
    live.retain(|live| live.id != Uuid::from(one));
    Ok(live)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub(super) struct Live {
    id: Uuid,
    name: String,
    url_hmac: Option<Vec<u8>>,
}

impl Live {
    fn has_url(&self, hmacs: &[[u8; 32]]) -> bool {
        hmacs.iter().any(|hmac| self.url_hmac.as_deref() == Some(&hmac[..]))
    }
}

/// The live webhooks, under a lock of the organisation: two registrations at once would
/// otherwise both see a free name, and a free place under the limit.
fn live_webhooks(conn: &mut Conn, organisation: OrganisationId) -> QueryResult<Vec<Live>> {
    organisations::lock(conn, organisation)?;
    live_now(conn, organisation)
}

/// The same, as a look: others may come meanwhile.
pub(super) fn live_now(conn: &mut Conn, organisation: OrganisationId) -> QueryResult<Vec<Live>> {
    let organisation = Uuid::from(organisation);
    webhooks::table
        .filter(webhooks::organisation_id.eq(organisation))
        .filter(webhooks::deleted_at.is_null())
        .select(Live::as_select())
        .load(conn)
}

fn check_replaces(
    conn: &mut Conn,
    organisation: OrganisationId,
    replaces: Option<WebhookId>,
) -> Result<(), Abort<CreateRefusal>> {
    let Some(id) = replaces else { return Ok(()) };
    let deleted: Option<bool> = webhooks::table
        .find((Uuid::from(organisation), Uuid::from(id)))
        .select(webhooks::deleted_at.is_not_null())
        .first(conn)
        .optional()?;
    match deleted {
        Some(true) => Ok(()),
        Some(false) => Err(Abort::Refused(CreateRefusal::ReplacesLive)),
        None => Err(Abort::Refused(CreateRefusal::ReplacesUnknown(id))),
    }
}

fn free_name(name: &WebhookName, taken: &HashSet<String>) -> Result<String, CreateRefusal> {
    let is_free = |name: &str| !taken.contains(&name::key(name));
    match name {
        WebhookName::Asked(name) if is_free(name) => Ok(name.clone()),
        WebhookName::Asked(_) => Err(CreateRefusal::NameTaken),
        WebhookName::Default(name) => Ok(std::iter::once(name.clone())
            .chain((2..).map(|number| format!("{name} ({number})")))
            .find(|name| is_free(name))
            .expect("the numbers do not run out")),
    }
}

pub(super) fn insert(
    conn: &mut Conn,
    actor: &Actor,
    organisation: OrganisationId,
    new: &NewWebhook,
    name: &str,
) -> QueryResult<()> {
    let (organisation, id) = (Uuid::from(organisation), Uuid::from(new.id));
    let requester = actor.requester();
    diesel::insert_into(webhooks::table)
        .values((
            (webhooks::organisation_id.eq(organisation), webhooks::id.eq(id)),
            (webhooks::name.eq(name), webhooks::name_key.eq(name::key(name))),
            webhooks::purpose.eq(new.purpose.as_deref()),
            (webhooks::host.eq(&new.host), webhooks::url_sealed.eq(&new.url_sealed)),
            webhooks::url_hmac.eq(new.url_hmacs.first().map(|hmac| &hmac[..])),
            webhooks::include.eq(new.include.names()),
            webhooks::replaces.eq(new.replaces.map(Uuid::from)),
            webhooks::created_by_type.eq(requester.kind.as_str()),
            webhooks::created_by_id.eq(&requester.id),
            webhooks::created_by_name.eq(requester.name.as_deref().unwrap_or_default()),
            webhooks::created_by_email.eq(requester.email.as_deref().unwrap_or_default()),
        ))
        .execute(conn)?;
    mark(conn, (organisation, id), &new.url_marks)?;
    diesel::insert_into(webhook_secrets::table)
        .values((
            webhook_secrets::organisation_id.eq(organisation),
            webhook_secrets::webhook_id.eq(id),
            webhook_secrets::secret_sealed.eq(&new.secret_sealed),
        ))
        .execute(conn)?;
    diesel::insert_into(lanes::table)
        .values((lanes::organisation_id.eq(organisation), lanes::webhook_id.eq(id)))
        .execute(conn)?;
    new.owner.as_ref().map_or(Ok(()), |owner| name_owner(conn, (organisation, id), owner))
}

/// Notes by what the URL is found to be another organisation's, too.
fn mark(conn: &mut Conn, (organisation, id): (Uuid, Uuid), marks: &[[u8; 32]]) -> QueryResult<()> {
    let row = |mark: &[u8; 32]| {
        (
            url_marks::organisation_id.eq(organisation),
            url_marks::webhook_id.eq(id),
            url_marks::mark.eq(mark.to_vec()),
        )
    };
    let rows: Vec<_> = marks.iter().map(row).collect();
    diesel::insert_into(url_marks::table).values(rows).execute(conn)?;
    Ok(())
}

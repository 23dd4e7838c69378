//! The audit: who did what, written in the transaction of what they did. Nothing here changes or
//! deletes an event, and the application's role in the database may not.

mod actors;
mod download;
mod list;
mod names;
mod refusals;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use domain::actor::{Actor, ActorKind, Scope};
use domain::audit::{Action, ObjectType};
use domain::id::{
    ApiKeyId, ApplicationId, CandidateId, ExportId, OrganisationId, VacancyId, WebhookId,
};
use domain::role::Role;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::row::Typed;
use crate::schema::audit_events;
use crate::statement::statement;

pub use download::Download;
pub use list::{AuditEvent, AuditFilter, list, page};
pub use refusals::{Refused, refused};

/// What something was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object {
    /// What kind of thing.
    pub kind: ObjectType,
    /// Its id; none where several are meant.
    pub id: Option<Uuid>,
}

/// One thing that was done.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// Whose data it is about.
    pub(crate) organisation: Option<OrganisationId>,
    pub(crate) action: Action,
    pub(crate) object: Object,
    /// An object of ids, counts and words of closed sets; never content.
    pub(crate) details: Value,
}

statement!(InsertEvents = "audit/insert.sql", (
    actor_type: Text => &'a str,
    actor_id: Text => &'a str,
    actor_name: Nullable<Text> => Option<&'a str>,
    actor_email: Nullable<Text> => Option<&'a str>,
    actor_role: Nullable<Text> => Option<&'a str>,
    request_id: Nullable<SqlUuid> => Option<Uuid>,
    organisations: Array<Nullable<SqlUuid>> => Vec<Option<Uuid>>,
    actions: Array<Text> => Vec<&'a str>,
    object_types: Array<Text> => Vec<&'a str>,
    object_ids: Array<Nullable<SqlUuid>> => Vec<Option<Uuid>>,
    details: Array<Text> => Vec<String>,
) -> SqlUuid);

/// Writes what an actor did, in the caller's transaction.
pub(crate) fn write(conn: &mut Conn, actor: &Actor, events: &[Event]) -> Result<(), StoreError> {
    ids_of(conn, actor, events)?;
    Ok(())
}

/// The same, with the ids of the events.
pub(crate) fn ids_of(
    conn: &mut Conn,
    actor: &Actor,
    events: &[Event],
) -> Result<Vec<Uuid>, StoreError> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let statement = InsertEvents {
        actor_type: actor.kind.as_str(),
        actor_id: &actor.id,
        actor_name: actor.name.as_deref(),
        actor_email: actor.email.as_deref(),
        actor_role: actor.role.map(Role::as_str),
        request_id: actor.request_id,
        organisations: events.iter().map(|event| event.organisation.map(Uuid::from)).collect(),
        actions: events.iter().map(|event| event.action.as_str()).collect(),
        object_types: events.iter().map(|event| event.object.kind.as_str()).collect(),
        object_ids: events.iter().map(|event| event.object.id).collect(),
        details: events.iter().map(|event| event.details.to_string()).collect(),
        lifetime: PhantomData,
    };
    Ok(statement.load(conn)?)
}

/// Writes one thing that an actor did to something of their organisation.
pub(crate) fn did(
    conn: &mut Conn,
    actor: &Actor,
    action: Action,
    object: impl Into<Object>,
    details: Value,
) -> Result<(), StoreError> {
    let organisation = actor.organisation();
    write(conn, actor, &[Event { organisation, action, object: object.into(), details }])
}

/// The same, under an id by which the event is found again; false where it was told under that already.
pub(crate) fn did_under(
    conn: &mut Conn,
    actor: &Actor,
    event: Uuid,
    action: Action,
    object: impl Into<Object>,
    details: Value,
) -> Result<bool, StoreError> {
    let object = object.into();
    let event = diesel::insert_into(audit_events::table).values((
        audit_events::id.eq(event),
        audit_events::organisation_id.eq(actor.organisation().map(Uuid::from)),
        (audit_events::actor_type.eq(actor.kind.as_str()), audit_events::actor_id.eq(&actor.id)),
        audit_events::actor_name.eq(actor.name.as_deref()),
        audit_events::actor_email.eq(actor.email.as_deref()),
        audit_events::actor_role.eq(actor.role.map(Role::as_str)),
        (audit_events::action.eq(action.as_str()), audit_events::details.eq(details)),
        (audit_events::object_type.eq(object.kind.as_str()), audit_events::object_id.eq(object.id)),
        audit_events::request_id.eq(actor.request_id),
    ));
    Ok(event.on_conflict_do_nothing().execute(conn)? == 1)
}

/// What the audit was told by an event of the actor's organisation; none where it is no longer kept.
pub(crate) fn told<T: DeserializeOwned + Debug + 'static>(
    conn: &mut Conn,
    actor: &Actor,
    event: Uuid,
    action: Action,
) -> Result<Option<T>, StoreError> {
    let details: Option<Typed<T>> = audit_events::table
        .find(event)
        .filter(audit_events::organisation_id.eq(Uuid::from(organisation_of(actor)?)))
        .filter(audit_events::action.eq(action.as_str()))
        .select(audit_events::details)
        .first(conn)
        .optional()?;
    Ok(details.map(|details| details.value))
}

/// What a worker did by itself.
pub(crate) fn worker() -> Actor {
    Actor::system("worker", Scope::All)
}

/// Writes which organisations' objects the support desk was shown, one event for each. Nobody
/// else's look at their own organisation is an event.
pub(crate) fn looked(
    conn: &mut Conn,
    actor: &Actor,
    object: impl Into<Object>,
    shown: impl Iterator<Item = OrganisationId>,
) -> Result<(), StoreError> {
    if actor.kind != ActorKind::Support {
        return Ok(());
    }
    let object = object.into();
    // Who looks into one organisation and finds nothing has looked all the same.
    let mut counts: BTreeMap<OrganisationId, u64> =
        actor.organisation().into_iter().map(|organisation| (organisation, 0)).collect();
    shown.for_each(|organisation| *counts.entry(organisation).or_default() += 1);
    let events: Vec<Event> = counts
        .into_iter()
        .map(|(organisation, shown)| Event {
            organisation: Some(organisation),
            action: Action::SupportLooked,
            object,
            details: json!({ "shown": shown }),
        })
        .collect();
    write(conn, actor, &events)
}

impl From<ObjectType> for Object {
    fn from(kind: ObjectType) -> Self {
        Self { kind, id: None }
    }
}

/// Ids name the kind of their object.
macro_rules! objects {
    ($($id:ident => $kind:ident,)+) => {
        $(impl From<$id> for Object {
            fn from(id: $id) -> Self {
                Self { kind: ObjectType::$kind, id: Some(id.into()) }
            }
        })+
    };
}

objects! {
    OrganisationId => Organisation,
    ApiKeyId => ApiKey,
    WebhookId => Webhook,
    VacancyId => Vacancy,
    ApplicationId => Application,
    CandidateId => Candidate,
    ExportId => Export,
}

//! The audit as it is read: newest first.

mod query;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::{Actor, ActorKind};
use domain::audit::{Action, ObjectType};
use domain::id::{AuditEventId, OrganisationId};
use domain::role::Role;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{actors, looked, names};
use crate::db::Conn;
use crate::error::StoreError;
use crate::filter::{Asked, UnknownFilter};
use crate::page::{Page, in_order};
use crate::row::{Typed, optional_word, word};
use crate::statement::row;

pub(super) use query::Wanted;

/// Something that was done.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEvent {
    /// Its id.
    pub id: AuditEventId,
    /// Whose data it is about; none where support was refused.
    pub organisation_id: Option<OrganisationId>,
    /// The name of that organisation, while it is here.
    pub organisation_name: Option<String>,
    /// When it was done: its transaction began.
    pub at: DateTime<Utc>,
    /// What kind of actor did it.
    pub actor_type: ActorKind,
    /// Subject, id of the API key, or name of the process.
    pub actor_id: String,
    /// Name of the actor then.
    pub actor_name: Option<String>,
    /// E-mail address of the actor then.
    pub actor_email: Option<String>,
    /// Role of the actor then; none for the system.
    pub actor_role: Option<Role>,
    /// What was done; a word of [`Action`], or of a later version.
    pub action: String,
    /// What kind of thing it was done to; a word of [`ObjectType`], or of a later version.
    pub object_type: String,
    /// Its id; none where several are meant.
    pub object_id: Option<Uuid>,
    /// Ids, counts and words of closed sets.
    pub details: Map<String, Value>,
    /// The request that did it.
    pub request_id: Option<Uuid>,
    /// Names of webhooks, keys and organisations that it is about, by their ids.
    pub names: BTreeMap<Uuid, String>,
}

/// Which events are listed; all conditions hold together.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Done by this subject, key or process, or by whoever has this e-mail address.
    pub actor: Option<String>,
    /// One of these; all where none is named.
    pub actions: Vec<Action>,
    /// Done to a thing of this kind.
    pub object_type: Option<ObjectType>,
    /// Done to the thing of this id.
    pub object: Option<Uuid>,
    /// Done at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Done before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// Events, newest first. Who was refused something of another organisation is told to support alone.
///
/// # Errors
/// [`StoreError`]; inside, [`UnknownFilter`].
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    filter: &AuditFilter,
    after: Option<AuditEventId>,
    limit: usize,
) -> Result<Result<Page<AuditEvent, AuditEventId>, UnknownFilter>, StoreError> {
    let page = match page(conn, actor, filter, after, limit)? {
        Ok(page) => page,
        Err(unknown) => return Ok(Err(unknown)),
    };
    let shown = page.items.iter().filter_map(|event| event.organisation_id);
    looked(conn, actor, ObjectType::AuditEvent, shown)?;
    Ok(Ok(page))
}

/// The same, without telling of it: who downloads the whole list tells of that once.
///
/// # Errors
/// [`StoreError`]; inside, [`UnknownFilter`].
pub fn page(
    conn: &mut Conn,
    actor: &Actor,
    filter: &AuditFilter,
    after: Option<AuditEventId>,
    limit: usize,
) -> Result<Result<Page<AuditEvent, AuditEventId>, UnknownFilter>, StoreError> {
    let actors = match &filter.actor {
        Some(text) => Some(in_order(conn, |conn| actors::of(conn, actor, text))?),
        None => None,
    };
    let busy = match &actors {
        Some(ids) if !filter.actions.is_empty() => actors::are_busy(conn, actor, ids)?,
        _ => false,
    };
    let wanted = Wanted { actor, filter, actors: actors.as_deref(), busy, after, limit };
    let rows: Vec<Row> = in_order(conn, |conn| wanted.statement().load(conn))?;
    if rows.is_empty() && after.is_none() {
        if let Some(unknown) = Asked::default().unknown(conn, actor)? {
            return Ok(Err(unknown));
        }
        if let Some(actors) = &actors
            && !in_order(conn, |conn| actors::have_acted(conn, actor, actors))?
        {
            return Ok(Err(UnknownFilter::Actor));
        }
    }
    let page = Page::from_rows(rows, limit, |row| row.id.into());
    let items = page.items.into_iter().map(Row::event).collect::<Result<Vec<_>, _>>()?;
    let mut page = Page { items, next: page.next };
    names::add(conn, &mut page.items)?;
    Ok(Ok(page))
}

row!(
    pub(super) struct Row {
        id: SqlUuid => Uuid,
        organisation_id: Nullable<SqlUuid> => Option<Uuid>,
        organisation_name: Nullable<Text> => Option<String>,
        created_at: Timestamptz => DateTime<Utc>,
        actor_type: Text => String,
        actor_id: Text => String,
        actor_name: Nullable<Text> => Option<String>,
        actor_email: Nullable<Text> => Option<String>,
        actor_role: Nullable<Text> => Option<String>,
        action: Text => String,
        object_type: Text => String,
        object_id: Nullable<SqlUuid> => Option<Uuid>,
        details: Jsonb => Typed<Map<String, Value>>,
        request_id: Nullable<SqlUuid> => Option<Uuid>,
    }
);

impl Row {
    fn event(self) -> Result<AuditEvent, StoreError> {
        Ok(AuditEvent {
            id: self.id.into(),
            organisation_id: self.organisation_id.map(OrganisationId::from),
            organisation_name: self.organisation_name,
            at: self.created_at,
            actor_type: word(ActorKind::parse, &self.actor_type)?,
            actor_id: self.actor_id,
            actor_name: self.actor_name,
            actor_email: self.actor_email,
            actor_role: optional_word(Role::parse, self.actor_role.as_deref())?,
            action: self.action,
            object_type: self.object_type,
            object_id: self.object_id,
            details: self.details.value,
            request_id: self.request_id,
            names: BTreeMap::new(),
        })
    }
}

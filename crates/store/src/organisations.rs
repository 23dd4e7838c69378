//! Customers: added, listed and removed by the operator's command line, found at each request.

mod find;
pub(crate) mod names;
mod remove;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::actor::{Actor, ActorKind};
use domain::audit::Action;
use domain::id::OrganisationId;
use serde_json::json;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::refusal::{Abort, refusing_transaction};
use crate::schema::organisations;
use crate::{api_keys, audit};

pub use find::{FoundOrganisation, find};
pub(crate) use find::{called, found};
pub use remove::{RemoveRefusal, remove};

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its id; the claim `org` of a token.
    pub id: OrganisationId,
    /// Its name, unique.
    pub name: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

/// Why an organisation was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddRefusal {
    /// Another one has that name.
    NameTaken,
}

type Row = (Uuid, String, DateTime<Utc>);

const COLUMNS: (organisations::id, organisations::name, organisations::created_at) =
    (organisations::id, organisations::name, organisations::created_at);

/// Locks an organisation: two that make something of which it may have few, or one of a name, come one
/// after the other.
pub(crate) fn lock(conn: &mut Conn, organisation: OrganisationId) -> QueryResult<()> {
    organisations::table
        .find(Uuid::from(organisation))
        .select(organisations::id)
        .for_no_key_update()
        .first::<Uuid>(conn)?;
    Ok(())
}

/// Adds an organisation.
///
/// # Errors
/// [`StoreError`]; inside, [`AddRefusal`].
pub fn add(
    conn: &mut Conn,
    actor: &Actor,
    name: &str,
) -> Result<Result<Organisation, AddRefusal>, StoreError> {
    refusing_transaction(conn, |conn| {
        let row: Option<Row> = diesel::insert_into(organisations::table)
            .values(organisations::name.eq(name))
            .on_conflict_do_nothing()
            .returning(COLUMNS)
            .get_result(conn)
            .optional()?;
        let added = row.map(organisation).ok_or(Abort::Refused(AddRefusal::NameTaken))?;
        let actor = actor.within(added.id);
        audit::did(conn, &actor, Action::OrganisationAdded, added.id, json!({}))?;
        Ok(added)
    })
}

/// The actor's organisation, if it is known here; none for who belongs to none.
///
/// # Errors
/// [`StoreError`].
pub fn of(conn: &mut Conn, actor: &Actor) -> Result<Option<Organisation>, StoreError> {
    let Some(id) = actor.organisation() else { return Ok(None) };
    let row: Option<Row> =
        organisations::table.find(Uuid::from(id)).select(COLUMNS).first(conn).optional()?;
    Ok(row.map(organisation))
}

/// Whether the actor may act at all: support may, members of an organisation that is known here, and
/// keys that were not revoked meanwhile.
///
/// # Errors
/// [`StoreError`].
pub fn is_known(conn: &mut Conn, actor: &Actor) -> Result<bool, StoreError> {
    match actor.kind {
        ActorKind::Member => Ok(of(conn, actor)?.is_some()),
        ActorKind::ApiKey => api_keys::is_live(conn, actor),
        ActorKind::Support | ActorKind::System => Ok(true),
    }
}

/// All organisations that the actor may see, by name.
///
/// # Errors
/// [`StoreError`].
pub fn list(conn: &mut Conn, actor: &Actor) -> Result<Vec<Organisation>, StoreError> {
    if actor.organisation().is_some() {
        return Ok(of(conn, actor)?.into_iter().collect());
    }
    let rows: Vec<Row> =
        organisations::table.select(COLUMNS).order(organisations::name).load(conn)?;
    Ok(rows.into_iter().map(organisation).collect())
}

fn organisation((id, name, created_at): Row) -> Organisation {
    Organisation { id: id.into(), name, created_at }
}

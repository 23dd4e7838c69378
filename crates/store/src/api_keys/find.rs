//! Who calls with a key: one look by the hash of it, in the database alone, so that a key that was
//! revoked is of no use to any process from then on.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, now};
use diesel::prelude::*;
use diesel::sql_types::{Binary, Bool, Text, Uuid as SqlUuid};
use domain::actor::{Actor, ActorKind};
use domain::role::Role;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::row::word;
use crate::schema::api_keys;
use crate::statement::{row, statement};

/// What a key is found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It works.
    Live {
        /// Who acts by it.
        actor: Actor,
        /// Its last use is to be written ([`used`]): that was not done within the minute.
        to_be_noted: bool,
    },
    /// It has expired, and was not revoked.
    Expired,
}

statement!(FindApiKey = "find.sql", (
    secret_sha256: Binary => &'a [u8],
) -> named Row);

row!(
    struct Row {
        organisation_id: SqlUuid => Uuid,
        id: SqlUuid => Uuid,
        name: Text => String,
        role: Text => String,
        expired: Bool => bool,
        to_be_noted: Bool => bool,
    }
);

/// Finds a key by the SHA-256 of it; none where it was revoked, or never was one.
///
/// # Errors
/// [`StoreError`].
pub fn find(conn: &mut Conn, secret_sha256: &[u8; 32]) -> Result<Option<Found>, StoreError> {
    let find = FindApiKey { secret_sha256: &secret_sha256[..], lifetime: PhantomData };
    let row: Option<Row> = find.get_result(conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    if row.expired {
        return Ok(Some(Found::Expired));
    }
    let role = word(Role::parse, &row.role)?;
    let actor = Actor::api_key(row.id.into(), row.name, role, row.organisation_id.into());
    Ok(Some(Found::Live { actor, to_be_noted: row.to_be_noted }))
}

/// Whether the key that acts still works.
///
/// # Errors
/// [`StoreError`].
pub fn is_live(conn: &mut Conn, actor: &Actor) -> Result<bool, StoreError> {
    let Some(key) = key_of(actor) else { return Ok(false) };
    let live = api_keys::table
        .find(key)
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.gt(now));
    Ok(diesel::select(exists(live)).get_result(conn)?)
}

/// When the key that acts stops working; none where it is no key.
///
/// # Errors
/// [`StoreError`].
pub fn expires_at(conn: &mut Conn, actor: &Actor) -> Result<Option<DateTime<Utc>>, StoreError> {
    let Some(key) = key_of(actor) else { return Ok(None) };
    Ok(api_keys::table.find(key).select(api_keys::expires_at).first(conn).optional()?)
}

statement!(NoteUse = "used.sql", (
    organisation: SqlUuid => Uuid,
    id: SqlUuid => Uuid,
) -> ());

/// Notes that the key that acts was used, unless that was done within the last minute.
///
/// # Errors
/// [`StoreError`].
pub fn used(conn: &mut Conn, actor: &Actor) -> Result<(), StoreError> {
    if let Some((organisation, id)) = key_of(actor) {
        NoteUse { organisation, id, lifetime: PhantomData }.execute(conn)?;
    }
    Ok(())
}

/// Organisation and id of the key that acts. Who is no key may have a subject that looks like one.
fn key_of(actor: &Actor) -> Option<(Uuid, Uuid)> {
    if actor.kind != ActorKind::ApiKey {
        return None;
    }
    Some((actor.organisation()?.into(), actor.id.parse().ok()?))
}

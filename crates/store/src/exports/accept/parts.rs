//! A large payload on its way into the database: in parts, so that neither the driver nor libpq hold
//! all of it as well. A link keeps what its buffers grew to for as long as it lives.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{Binary, Integer, Uuid as SqlUuid};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::exports::freeze::Frozen;
use crate::statement::statement;

statement!(AddPart = "add_part.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
    part: Integer => i32,
    bytes: Binary => &'a [u8],
) -> ());

statement!(DropParts = "drop_parts.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
) -> ());

/// Whether a payload has parts before the last one.
pub(super) fn are_several(frozen: &Frozen) -> bool {
    frozen.parts.len() > 1
}

/// The last part of a payload, mostly all of it: what the export is accepted with.
pub(super) fn last(frozen: &Frozen) -> &[u8] {
    frozen.parts.last().map_or(&[], Vec::as_slice)
}

/// Sends the parts before the last one.
pub(super) fn add(conn: &mut Conn, frozen: &Frozen) -> Result<(), StoreError> {
    let (organisation, export) = key(frozen);
    let before = &frozen.parts[..frozen.parts.len() - 1];
    for (part, bytes) in (0..).zip(before) {
        AddPart { organisation, export, part, bytes, lifetime: PhantomData }.execute(conn)?;
    }
    Ok(())
}

/// Deletes them again: the payload is whole.
pub(super) fn drop(conn: &mut Conn, frozen: &Frozen) -> Result<(), StoreError> {
    let (organisation, export) = key(frozen);
    DropParts { organisation, export, lifetime: PhantomData }.execute(conn)?;
    Ok(())
}

fn key(frozen: &Frozen) -> (Uuid, Uuid) {
    (frozen.context.organisation.id.into(), frozen.context.export_id.into())
}

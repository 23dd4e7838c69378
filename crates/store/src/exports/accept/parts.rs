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

/// Bytes of a part. What has no more is sent as a whole.
const PART_BYTES: usize = 1024 * 1024;

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

/// Whether a payload comes in parts.
pub(super) fn has_parts(body: &[u8]) -> bool {
    body.len() > PART_BYTES
}

/// The last part of a payload, or all of it: what the export is accepted with.
pub(super) fn last(body: &[u8]) -> &[u8] {
    body.chunks(PART_BYTES).last().unwrap_or_default()
}

/// Sends the parts before the last one.
pub(super) fn add(conn: &mut Conn, frozen: &Frozen) -> Result<(), StoreError> {
    let (organisation, export) = key(frozen);
    let parts = frozen.body.chunks(PART_BYTES);
    let before = parts.len() - 1;
    for (part, bytes) in (0..).zip(parts.take(before)) {
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

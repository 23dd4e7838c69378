//! Forgetting the frozen bytes of an ended export before their time, and with them what receivers answered.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use domain::actor::Actor;
use domain::audit::Action;
use domain::id::ExportId;
use serde_json::json;
use uuid::Uuid;

use super::derived::Key;
use super::elsewhere::{end_with_webhook, lock_ended};
use super::read;
use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::refusal::{Abort, refusing_transaction};
use crate::schema::{carry_overs, export_payloads, exports};
use crate::statement::statement;

/// Why a payload was not forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForgetRefusal {
    /// No such export.
    Unknown,
    /// It has not ended.
    InProgress,
}

statement!(DropBodies = "forget/drop_bodies.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
) -> ());

/// Drops what receivers answered, as far as it is in the log.
pub(crate) fn drop_bodies(conn: &mut Conn, (organisation, export): Key) -> QueryResult<()> {
    DropBodies { organisation, export, lifetime: PhantomData }.execute(conn)?;
    Ok(())
}

/// Forgets the frozen bytes of an ended export: nobody reads or sends them again. Where they are gone
/// already, nothing happens. Whatever an attempt could still tell late has no body: an ended export has
/// none under way.
///
/// # Errors
/// [`StoreError`]; inside, [`ForgetRefusal`].
pub fn forget_payload(
    conn: &mut Conn,
    actor: &Actor,
    id: ExportId,
) -> Result<Result<(), ForgetRefusal>, StoreError> {
    let key = (Uuid::from(organisation_of(actor)?), Uuid::from(id));
    refusing_transaction(conn, |conn| {
        if read::seen(conn, actor, key)?.is_none() {
            return Err(Abort::Refused(ForgetRefusal::Unknown));
        }
        end_with_webhook(conn, key)?;
        let ended = lock_ended(conn, key)?.ok_or(Abort::Refused(ForgetRefusal::Unknown))?;
        if ended.in_progress {
            return Err(Abort::Refused(ForgetRefusal::InProgress));
        }
        let forgotten = diesel::delete(export_payloads::table.find(key)).execute(conn)?;
        drop_bodies(conn, key)?;
        diesel::update(exports::table.find(key))
            .set(exports::payload_kept_until.eq(None::<chrono::DateTime<chrono::Utc>>))
            .execute(conn)?;
        // Nor does it go on to another webhook.
        diesel::delete(carry_overs::table.find(key)).execute(conn)?;
        if forgotten > 0 {
            audit::did(conn, actor, Action::ExportPayloadForgotten, id, json!({}))?;
        }
        Ok(())
    })
}

//! What a receipt is made of: an export and the log of it, as one moment shows them.

use diesel::prelude::*;
use domain::actor::Actor;
use domain::id::ExportId;
use uuid::Uuid;

use super::look::in_one_view;
use super::read::{self as exports, Export};
use crate::attempts::{self, Attempt};
use crate::db::{Conn, persevere};
use crate::error::StoreError;
use crate::receipt_keys::{self, ReceiptKey};
use crate::schema::organisations;

/// Most attempts that a receipt tells of: the first ones, and how many there were in all.
const ATTEMPTS: usize = 500;

/// An export, its organisation and its attempts.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The export.
    pub export: Export,
    /// Name of its organisation.
    pub organisation_name: String,
    /// Its attempts, in their order, those that the log still has; 500 at most.
    pub attempts: Vec<Attempt>,
}

/// Reads what a receipt is made of, and publishes the key that is going to sign it.
///
/// # Errors
/// [`StoreError`].
pub fn evidence(
    conn: &mut Conn,
    actor: &Actor,
    id: ExportId,
    key: &ReceiptKey,
) -> Result<Option<Evidence>, StoreError> {
    // An attempt that ends in between would be in one half and not in the other.
    persevere(conn, |conn| in_one_view(conn, |conn| read(conn, actor, id, key)))
}

fn read(
    conn: &mut Conn,
    actor: &Actor,
    id: ExportId,
    key: &ReceiptKey,
) -> Result<Option<Evidence>, StoreError> {
    let Some(export) = exports::get(conn, actor, id)? else { return Ok(None) };
    let organisation_name = organisations::table
        .find(Uuid::from(export.organisation_id))
        .select(organisations::name)
        .first(conn)?;
    let of_export = (export.organisation_id, id);
    let attempts = attempts::without_answers(conn, actor, of_export, ATTEMPTS)?;
    receipt_keys::publish(conn, key)?;
    Ok(Some(Evidence { export, organisation_name, attempts }))
}

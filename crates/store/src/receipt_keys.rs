//! Public keys that receipts were ever signed with. They belong to the installation, not to an
//! organisation, and stay for as long as it does.

use diesel::prelude::*;

use crate::db::Conn;
use crate::error::StoreError;
use crate::schema::receipt_keys;

/// Most keys that are published: each rotation of `SECRET_KEYS` makes one.
const PUBLISHED: i64 = 1_000;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptKey {
    /// Its `kid`.
    pub id: String,
    /// Ed25519 (RFC 8032).
    pub public_key: Vec<u8>,
}

/// Publishes a key, before anything is signed with it.
///
/// # Errors
/// [`StoreError`].
pub fn publish(conn: &mut Conn, key: &ReceiptKey) -> Result<(), StoreError> {
    diesel::insert_into(receipt_keys::table)
        .values((receipt_keys::id.eq(&key.id), receipt_keys::public_key.eq(&key.public_key)))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

/// All of them, those that were used last first.
///
/// # Errors
/// [`StoreError`].
pub fn all(conn: &mut Conn) -> Result<Vec<ReceiptKey>, StoreError> {
    let rows: Vec<(String, Vec<u8>)> = receipt_keys::table
        .select((receipt_keys::id, receipt_keys::public_key))
        .order((receipt_keys::first_used_at.desc(), receipt_keys::id))
        .limit(PUBLISHED)
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, public_key)| ReceiptKey { id, public_key }).collect())
}

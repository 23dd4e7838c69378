//! `Idempotency-Key`: remembered in the transaction of what it protects, so that two requests
//! under one key make one thing. Only the id of that thing is kept, never the answer.

use diesel::prelude::*;
use domain::id::OrganisationId;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::schema::idempotency_keys;

/// A key of a caller, and the request that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Issuer and subject of the token, or the API key.
    pub caller: String,
    /// `operationId` of the request.
    pub operation: String,
    /// What the header says.
    pub key: String,
    /// SHA-256 over path and body.
    pub request_sha256: [u8; 32],
}

/// What a key says about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// It is the first: what it makes is remembered if the transaction commits.
    First,
    /// The same request was here: this is what it made.
    Replay(Uuid),
    /// Another request was here under this key.
    Reused,
}

/// Claims the key for `resource`. Waits for a request under the same key that is still running:
/// after its commit this one is a replay, after its rollback the first.
pub(crate) fn claim(
    conn: &mut Conn,
    organisation: OrganisationId,
    key: &IdempotencyKey,
    resource: Uuid,
) -> Result<Claim, StoreError> {
    let inserted = diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::organisation_id.eq(Uuid::from(organisation)),
            idempotency_keys::caller.eq(&key.caller),
            idempotency_keys::operation.eq(&key.operation),
            idempotency_keys::key.eq(&key.key),
            idempotency_keys::request_sha256.eq(&key.request_sha256[..]),
            idempotency_keys::resource_id.eq(resource),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    if inserted == 1 {
        return Ok(Claim::First);
    }
    let (sha256, made): (Vec<u8>, Uuid) = idempotency_keys::table
        .find((Uuid::from(organisation), &key.caller, &key.operation, &key.key))
        .select((idempotency_keys::request_sha256, idempotency_keys::resource_id))
        .first(conn)?;
    Ok(if sha256 == key.request_sha256 { Claim::Replay(made) } else { Claim::Reused })
}

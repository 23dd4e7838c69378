//! `Idempotency-Key`: remembered in the transaction of what it protects, so that two requests
//! under one key make one thing. Only the id of that thing is kept, never the answer.

use diesel::prelude::*;
use domain::actor::Actor;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::refusal::{Abort, refusing_transaction};
use crate::schema::idempotency_keys;

/// How often a request looks again because another one under its key came in between.
const LOOK_AGAIN: u32 = 10;

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

/// What an earlier request under a key was, and made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remembered {
    pub(crate) request_sha256: Vec<u8>,
    pub(crate) resource: Uuid,
}

/// What became of a request that may be a repetition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once<T> {
    /// It was done, now.
    Done(T),
    /// An earlier request under the same key did it; this one changed nothing.
    Replayed {
        /// What that one made or changed.
        resource: Uuid,
    },
    /// The key stands for another request.
    KeyReused,
}

impl IdempotencyKey {
    /// Whether the earlier request was the same one.
    pub(crate) fn is_of(&self, remembered: &Remembered) -> bool {
        remembered.request_sha256 == self.request_sha256
    }
}

/// Runs `work` in a transaction that also remembers the key, with the id of what `work` made or
/// changed: however many requests come under one key, also at once, the work is done once. What
/// refuses is not remembered.
///
/// The key is written last, after every lock: who waits for it waits for a commit, so nobody waits in
/// a circle.
pub(crate) fn once<T, R>(
    conn: &mut Conn,
    actor: &Actor,
    key: Option<&IdempotencyKey>,
    mut work: impl FnMut(&mut Conn) -> Result<(T, Uuid), Abort<R>>,
) -> Result<Result<Once<T>, R>, StoreError> {
    let Some(key) = key else {
        return Ok(refusing_transaction(conn, |conn| work(conn))?.map(|(done, _)| Once::Done(done)));
    };
    for _ in 0..LOOK_AGAIN {
        if let Some(earlier) = look(conn, actor, key)? {
            return Ok(Ok(earlier));
        }
        let done = refusing_transaction(conn, |conn| {
            let (done, resource) = work(conn).map_err(Interrupted::by_work)?;
            if remember(conn, actor, key, resource)? {
                return Ok(done);
            }
            Err(Abort::Refused(Interrupted::ByAnother))
        })?;
        match done {
            Ok(done) => return Ok(Ok(Once::Done(done))),
            Err(Interrupted::ByAnother) => {}
            // What stands in the way may be what another request under this key has just done.
            Err(Interrupted::ByRules(refusal)) => match look(conn, actor, key)? {
                Some(earlier) => return Ok(Ok(earlier)),
                None => return Ok(Err(refusal)),
            },
        }
    }
    Err(begun_too_often())
}

/// `once` for a call that is a transaction of its own, which becomes a part of this one.
///
/// # Errors
/// [`StoreError`]; inside, what the call refuses with.
pub fn once_called<T, R>(
    conn: &mut Conn,
    actor: &Actor,
    key: Option<&IdempotencyKey>,
    mut call: impl FnMut(&mut Conn) -> Result<Result<(T, Uuid), R>, StoreError>,
) -> Result<Result<Once<T>, R>, StoreError> {
    if key.is_none() {
        return Ok(call(conn)?.map(|(done, _)| Once::Done(done)));
    }
    once(conn, actor, key, |conn| call(conn)?.map_err(Abort::Refused))
}

/// [`once`] for work that can be done only once, since it consumes what it is made of: a conflict with
/// another transaction is not tried again.
pub(crate) fn once_at_most<T, R>(
    conn: &mut Conn,
    actor: &Actor,
    key: Option<&IdempotencyKey>,
    work: impl FnOnce(&mut Conn) -> Result<(T, Uuid), Abort<R>>,
) -> Result<Result<Once<T>, R>, StoreError> {
    if let Some(key) = key
        && let Some(earlier) = look(conn, actor, key)?
    {
        return Ok(Ok(earlier));
    }
    let done = conn.transaction(|conn| {
        let (done, resource) = work(conn).map_err(Interrupted::by_work)?;
        match key {
            Some(key) if !remember(conn, actor, key, resource)? => {
                Err(Abort::Refused(Interrupted::ByAnother))
            }
            _ => Ok(done),
        }
    });
    let interrupted = match done {
        Ok(done) => return Ok(Ok(Once::Done(done))),
        Err(Abort::Failed(error)) => return Err(error),
        Err(Abort::Refused(interrupted)) => interrupted,
    };
    let earlier = key.map(|key| look(conn, actor, key)).transpose()?.flatten();
    match (earlier, interrupted) {
        (Some(earlier), _) => Ok(Ok(earlier)),
        (None, Interrupted::ByRules(refusal)) => Ok(Err(refusal)),
        (None, Interrupted::ByAnother) => Err(begun_too_often()),
    }
}

/// Deletions and other requests under the same key came in between, time and again.
pub(crate) fn begun_too_often() -> StoreError {
    StoreError::Unavailable("a request was begun too often".to_owned())
}

/// Why work under a key was rolled back.
enum Interrupted<R> {
    /// Its own rules refuse it.
    ByRules(R),
    /// Another request under the same key was first.
    ByAnother,
}

impl<R> Interrupted<R> {
    fn by_work(abort: Abort<R>) -> Abort<Self> {
        match abort {
            Abort::Refused(refusal) => Abort::Refused(Self::ByRules(refusal)),
            Abort::Failed(error) => Abort::Failed(error),
        }
    }
}

/// What an earlier request under the key did.
pub(crate) fn look<T>(
    conn: &mut Conn,
    actor: &Actor,
    key: &IdempotencyKey,
) -> Result<Option<Once<T>>, StoreError> {
    let organisation = Uuid::from(organisation_of(actor)?);
    let remembered: Option<(Vec<u8>, Uuid)> = idempotency_keys::table
        .find((organisation, &key.caller, &key.operation, &key.key))
        .select((idempotency_keys::request_sha256, idempotency_keys::resource_id))
        .first(conn)
        .optional()?;
    Ok(remembered.map(|(request_sha256, resource)| {
        if key.is_of(&Remembered { request_sha256, resource }) {
            Once::Replayed { resource }
        } else {
            Once::KeyReused
        }
    }))
}

/// Writes the key; false when another request has done so. Waits for one that is still running.
fn remember(
    conn: &mut Conn,
    actor: &Actor,
    key: &IdempotencyKey,
    resource: Uuid,
) -> Result<bool, StoreError> {
    let written = diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::organisation_id.eq(Uuid::from(organisation_of(actor)?)),
            idempotency_keys::caller.eq(&key.caller),
            idempotency_keys::operation.eq(&key.operation),
            idempotency_keys::key.eq(&key.key),
            idempotency_keys::request_sha256.eq(&key.request_sha256[..]),
            idempotency_keys::resource_id.eq(resource),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(written == 1)
}

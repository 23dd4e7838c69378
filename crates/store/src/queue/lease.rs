//! Leases: the right to send an export once. A worker renews its own while it lives, and counts
//! those of the others.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Text, Uuid as SqlUuid};
use domain::id::{AttemptId, ExportId, OrganisationId, WebhookId};
use domain::retry::Tries;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::statement::statement;

/// A leased job: all that is needed to record what came of it.
#[derive(Debug, Clone)]
pub struct Lease {
    /// Whose it is.
    pub organisation: OrganisationId,
    /// What is sent; the `webhook-id` on the wire.
    pub export: ExportId,
    /// Where to.
    pub webhook: WebhookId,
    /// The attempt that this lease is for: the fence.
    pub attempt: AttemptId,
    /// Its number within the export, from 1.
    pub attempt_number: u32,
    /// The tries before it, since the last send request.
    pub tries: Tries,
    /// Who holds the lease, for the log.
    pub worker: Arc<str>,
    /// When the export was last asked for, by the database's clock.
    pub enqueued_at: DateTime<Utc>,
    /// When it was claimed, by the database's clock.
    pub started_at: DateTime<Utc>,
    /// Size of the payload.
    pub payload_bytes: u64,
}

/// What finds a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseKey {
    /// Whose it is.
    pub organisation: OrganisationId,
    /// What is sent.
    pub export: ExportId,
    /// The attempt that the lease is for.
    pub attempt: AttemptId,
}

impl Lease {
    /// What finds it.
    pub fn key(&self) -> LeaseKey {
        LeaseKey { organisation: self.organisation, export: self.export, attempt: self.attempt }
    }
}

statement!(Renew = "lease/renew.sql", (
    lease_s: Double => f64,
    organisations: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    attempts: Array<SqlUuid> => Vec<Uuid>,
) -> ());

/// Prolongs these leases to `length` from now and answers how many were still held. Jobs that are
/// being recorded at this moment are passed over.
///
/// # Errors
/// [`StoreError`]; then nothing was prolonged, as far as the caller may assume.
pub fn renew(conn: &mut Conn, held: &[LeaseKey], length: Duration) -> Result<usize, StoreError> {
    let renew = Renew {
        lease_s: length.as_secs_f64(),
        organisations: held.iter().map(|key| key.organisation.into()).collect(),
        exports: held.iter().map(|key| key.export.into()).collect(),
        attempts: held.iter().map(|key| key.attempt.into()).collect(),
        lifetime: PhantomData,
    };
    Ok(renew.execute(conn)?)
}

/// Leases of other workers, for one organisation and host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherLeases {
    /// Whose exports.
    pub organisation: OrganisationId,
    /// Host of the webhook.
    pub host: String,
    /// How many.
    pub jobs: i64,
}

statement!(HeldByOthers = "lease/held_by_others.sql", (
    worker: Text => &'a str,
) -> (SqlUuid, Text, BigInt));

/// Counts the leases of all workers but this one, by organisation and host.
///
/// # Errors
/// [`StoreError`].
pub fn held_by_others(conn: &mut Conn, worker: &str) -> Result<Vec<OtherLeases>, StoreError> {
    let rows: Vec<(Uuid, String, i64)> =
        HeldByOthers { worker, lifetime: PhantomData }.load(conn)?;
    let counted = |(organisation, host, jobs): (Uuid, String, i64)| OtherLeases {
        organisation: organisation.into(),
        host,
        jobs,
    };
    Ok(rows.into_iter().map(counted).collect())
}

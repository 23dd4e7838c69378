//! Leases: a worker renews its own while it lives, and counts those of the others.

use std::marker::PhantomData;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Text, Uuid as SqlUuid};
use domain::id::{AttemptId, ExportId, OrganisationId};
use uuid::Uuid;

use super::statement::statement;
use crate::db::Conn;
use crate::error::StoreError;

statement!(Renew = "lease/renew.sql", (
    lease_s: Double => f64,
    organisations: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    attempts: Array<SqlUuid> => Vec<Uuid>,
) -> ());

/// Prolongs the leases of these attempts to `lease` from now and answers how many were still
/// held. Jobs that are being recorded at this moment are passed over.
///
/// # Errors
/// [`StoreError`]; then nothing was prolonged, as far as the caller may assume.
pub fn renew(
    conn: &mut Conn,
    held: &[(OrganisationId, ExportId, AttemptId)],
    lease: Duration,
) -> Result<usize, StoreError> {
    let renew = Renew {
        lease_s: lease.as_secs_f64(),
        organisations: held.iter().map(|key| key.0.into()).collect(),
        exports: held.iter().map(|key| key.1.into()).collect(),
        attempts: held.iter().map(|key| key.2.into()).collect(),
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

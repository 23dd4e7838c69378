//! Leases: what a worker holds stays its own while it lives, and how much the others hold.

use std::marker::PhantomData;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Text, Uuid as SqlUuid};
use domain::id::{ExportId, OrganisationId};
use uuid::Uuid;

use super::statement::statement;
use crate::db::Conn;
use crate::error::StoreError;

statement!(Renew = "renew.sql", (
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
    held: &[(OrganisationId, ExportId, domain::id::AttemptId)],
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

/// What the other workers have under lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// Whose exports.
    pub organisation: OrganisationId,
    /// Host of the webhook.
    pub host: String,
    /// How many.
    pub jobs: i64,
}

statement!(LeasedElsewhere = "leased_elsewhere.sql", (
    worker: Text => &'a str,
) -> (SqlUuid, Text, BigInt));

/// Counts the leases of all workers but this one, by organisation and host.
///
/// # Errors
/// [`StoreError`].
pub fn leased_elsewhere(conn: &mut Conn, worker: &str) -> Result<Vec<Elsewhere>, StoreError> {
    let rows: Vec<(Uuid, String, i64)> =
        LeasedElsewhere { worker, lifetime: PhantomData }.load(conn)?;
    let seen = |(organisation, host, jobs): (Uuid, String, i64)| Elsewhere {
        organisation: organisation.into(),
        host,
        jobs,
    };
    Ok(rows.into_iter().map(seen).collect())
}

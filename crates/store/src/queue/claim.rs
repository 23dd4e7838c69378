//! Claim: lease due jobs, fairly over lanes, within a budget of payload bytes. The leased row
//! is the write-ahead record of the request that is about to leave.

mod limits;
mod rows;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::id::{AttemptId, ExportId, OrganisationId, WebhookId};
use domain::retry::Tries;
use uuid::Uuid;

use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::schema::export_payloads;

pub use limits::{ClaimLimits, Saturated, UnresponsiveLimit};
pub use rows::oldest_due;
pub(super) use rows::{counted_up, saturated};

/// Payloads up to this size are read with the claim and do not count on its budget of bytes: the
/// number of jobs bounds them.
pub const SMALL_PAYLOAD_BYTES: u64 = 64 * 1024;

/// A job under lease: all that is needed to send it and to record what came of it.
#[derive(Clone)]
pub struct Job {
    /// Whose it is.
    pub organisation: OrganisationId,
    /// What to send; the `webhook-id` on the wire.
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
    /// What all jobs of the webhook share.
    pub target: Arc<Target>,
    /// The payload, where it has at most 64 KiB; else read it with [`read_body`].
    pub body: Option<Vec<u8>>,
}

/// Where the jobs of one webhook go.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// Host of the URL, punycode.
    pub host: String,
    /// The sealed URL.
    pub url_sealed: Vec<u8>,
    /// The sealed secrets that sign, the current one first.
    pub secrets_sealed: Vec<Vec<u8>>,
}

/// Payloads and sealed values are never printed.
impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut job = f.debug_struct("Job");
        job.field("export", &self.export).field("attempt", &self.attempt).finish_non_exhaustive()
    }
}

/// Sealed values are never printed.
impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target").field("host", &self.host).finish_non_exhaustive()
    }
}

/// Leases due jobs. Two workers never get the same job; a lane never gets above its cap.
///
/// # Errors
/// [`StoreError`]; then nothing was leased, or (after a lost answer to COMMIT) the leases expire.
pub fn claim(conn: &mut Conn, limits: &ClaimLimits) -> Result<Vec<Job>, StoreError> {
    transaction(conn, |conn| {
        let lanes = rows::lock_due(conn, limits)?;
        if lanes.is_empty() { Ok(Vec::new()) } else { rows::lease_jobs(conn, limits, &lanes) }
    })
}

/// The payload of a job whose body did not come with the claim; none when it is gone.
///
/// # Errors
/// [`StoreError`].
pub fn read_body(
    conn: &mut Conn,
    organisation: OrganisationId,
    export: ExportId,
) -> Result<Option<Vec<u8>>, StoreError> {
    let key = (Uuid::from(organisation), Uuid::from(export));
    Ok(export_payloads::table.find(key).select(export_payloads::body).first(conn).optional()?)
}

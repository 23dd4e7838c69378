//! Claim: lease due jobs, fairly over lanes, within a budget of payload bytes. The leased row
//! is the write-ahead record of the request that is about to leave.

mod choose;
mod jobs;
mod lanes;
mod limits;

use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use domain::id::{ExportId, OrganisationId};
use uuid::Uuid;

use super::lease::Lease;
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::schema::export_payloads;

pub use lanes::oldest_due;
pub use limits::{ClaimLimits, Saturated, UnresponsiveLimit};

/// Payloads up to this size are read with the claim and do not count on its budget of bytes: the
/// number of jobs bounds them.
pub const SMALL_PAYLOAD_BYTES: u64 = 64 * 1024;

/// How much later than its `run_at` a job may become visible: its transaction takes that long to
/// commit. Lower bounds of time stay so far behind; what is later still, a sweep finds.
pub const COMMIT_LAG: Duration = Duration::from_secs(5);

/// A claimed job: its lease, and all that is needed to send it.
#[derive(Clone)]
pub struct Job {
    /// Ours until it runs out.
    pub lease: Lease,
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
        f.debug_struct("Job").field("lease", &self.lease).finish_non_exhaustive()
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
/// Each step is a statement of its own (or none), and so has a view of its own, newer than the
/// locks of the lanes: it sees all that was committed before they were taken.
///
/// # Errors
/// [`StoreError`]; then nothing was leased, or (after a lost answer to COMMIT) the leases expire.
pub fn claim(conn: &mut Conn, limits: &ClaimLimits) -> Result<Vec<Job>, StoreError> {
    transaction(conn, |conn| {
        let lanes = lanes::lock_due(conn, limits)?;
        if lanes.is_empty() {
            return Ok(Vec::new());
        }
        let due = jobs::due(conn, &lanes)?;
        let chosen = choose::choose(limits, &lanes, &due);
        let leased = jobs::lease(conn, limits, &lanes, &chosen)?;
        lanes::park(conn, &lanes, &due, &leased)?;
        Ok(leased)
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

/// Counters in the database are never negative.
pub(super) fn counted_up(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

pub(super) fn saturated(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

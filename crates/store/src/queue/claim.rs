//! Claim: lease due jobs, fairly over lanes, within a budget of payload bytes. The leased row
//! is the write-ahead record of the request that is about to leave.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::id::{AttemptId, ExportId, OrganisationId, WebhookId};
use domain::retry::Tries;
use uuid::Uuid;

use super::statement::statement;
use crate::db::Conn;
use crate::error::StoreError;
use crate::schema::export_payloads;

/// Payloads up to this size are read with the claim and do not count on its budget of bytes: the
/// number of jobs bounds them.
pub const SMALL_PAYLOAD_BYTES: u64 = 64 * 1024;

/// What one claim may take.
#[derive(Debug, Clone)]
pub struct ClaimLimits {
    /// Most jobs.
    pub jobs: u32,
    /// Most bytes of payloads above [`SMALL_PAYLOAD_BYTES`], all jobs together.
    pub payload_bytes: u64,
    /// Whether one job above that budget may go, because no other large payload is in flight.
    pub oversized: bool,
    /// Most jobs in flight per webhook, over all workers.
    pub lane_cap: u32,
    /// How long the lease lasts unless renewed.
    pub lease: Duration,
    /// Who claims: unique among all running workers.
    pub worker: Arc<str>,
}

/// A job under lease: all that is needed to send it and to log what came of it.
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
    /// SHA-256 of the payload.
    pub payload_sha256: Vec<u8>,
    /// Name of the webhook, for the log.
    pub webhook_name: String,
    /// Host of the webhook, for the log.
    pub host: String,
    /// Who asked for the export, for the log.
    pub requested_by: String,
    /// The sealed URL.
    pub url_sealed: Vec<u8>,
    /// The sealed secrets that sign, the current one first.
    pub secrets_sealed: Vec<Vec<u8>>,
    /// The payload, where it has at most 64 KiB; else read it with [`read_body`].
    pub body: Option<Vec<u8>>,
}

/// Payloads and sealed values are never printed.
impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut job = f.debug_struct("Job");
        job.field("export", &self.export).field("attempt", &self.attempt).finish_non_exhaustive()
    }
}

type Row = (
    (SqlUuid, SqlUuid, SqlUuid, SqlUuid),
    (Integer, Integer, Integer),
    (Timestamptz, Timestamptz, Integer, Binary),
    (Text, Text, Text),
    (Nullable<Binary>, Array<Binary>, Nullable<Binary>),
);

type Loaded = (
    (Uuid, Uuid, Uuid, Uuid),
    (i32, i32, i32),
    (DateTime<Utc>, DateTime<Utc>, i32, Vec<u8>),
    (String, String, String),
    (Option<Vec<u8>>, Vec<Vec<u8>>, Option<Vec<u8>>),
);

statement!(Claim = "claim.sql", (
    lane_cap: Integer => i32,
    jobs: Integer => i32,
    payload_bytes: BigInt => i64,
    lease_s: Double => f64,
    worker: Text => &'a str,
    oversized: Bool => bool,
) -> Row);

/// Leases due jobs. Two workers never get the same job; a lane never gets above its cap.
///
/// # Errors
/// [`StoreError`]; then nothing was leased, or (after a lost answer to COMMIT) the leases expire.
pub fn claim(conn: &mut Conn, limits: &ClaimLimits) -> Result<Vec<Job>, StoreError> {
    let claim = Claim {
        lane_cap: saturated(limits.lane_cap),
        jobs: saturated(limits.jobs),
        payload_bytes: i64::try_from(limits.payload_bytes).unwrap_or(i64::MAX),
        lease_s: limits.lease.as_secs_f64(),
        worker: &limits.worker,
        oversized: limits.oversized,
        lifetime: PhantomData,
    };
    let rows: Vec<Loaded> = claim.load(conn)?;
    Ok(rows.into_iter().map(|row| job_of_row(row, &limits.worker)).collect())
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

fn job_of_row(row: Loaded, worker: &Arc<str>) -> Job {
    let (
        (organisation, export, webhook, attempt),
        (attempt_number, counted, ambiguous),
        (enqueued_at, started_at, payload_bytes, payload_sha256),
        (webhook_name, host, requested_by),
        (url_sealed, secrets_sealed, body),
    ) = row;
    Job {
        worker: Arc::clone(worker),
        organisation: organisation.into(),
        export: export.into(),
        webhook: webhook.into(),
        attempt: attempt.into(),
        attempt_number: counted_up(attempt_number),
        tries: Tries { counted: counted_up(counted), ambiguous: counted_up(ambiguous) },
        enqueued_at,
        started_at,
        payload_bytes: u64::from(counted_up(payload_bytes)),
        payload_sha256,
        webhook_name,
        host,
        requested_by,
        url_sealed: url_sealed.unwrap_or_default(),
        secrets_sealed,
        body,
    }
}

/// Counters in the database are never negative.
pub(super) fn counted_up(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

pub(super) fn saturated(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

//! What this worker has under lease right now, how much more it may take, and until when it may
//! go on.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::id::{AttemptId, ExportId, OrganisationId};
use store::queue::{Finished, Job, SMALL_PAYLOAD_BYTES};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// A worker that cannot renew stops its requests this long before others may take its jobs.
const MARGIN: Duration = Duration::from_secs(5);

/// The jobs in flight: claimed, not yet recorded.
pub(crate) struct Flights {
    held: Mutex<Held>,
    freed: Notify,
    lease: Duration,
    renewed: watch::Sender<Instant>,
}

#[derive(Default)]
struct Held {
    jobs: HashMap<AttemptId, (OrganisationId, ExportId)>,
    landed: u32,
    bytes: u64,
}

/// How much is in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Load {
    /// Jobs under lease.
    pub(crate) jobs: u32,
    /// Those of them whose request has not ended.
    pub(crate) requests: u32,
    /// Their payloads, as far as they count on the budget: the large ones.
    pub(crate) bytes: u64,
}

impl Flights {
    pub(crate) fn new(lease: Duration) -> Self {
        let (renewed, _) = watch::channel(Instant::now());
        Self { held: Mutex::default(), freed: Notify::new(), lease, renewed }
    }

    pub(crate) fn lease(&self) -> Duration {
        self.lease
    }

    pub(crate) fn load(&self) -> Load {
        let held = self.held();
        let jobs = u32::try_from(held.jobs.len()).unwrap_or(u32::MAX);
        Load { jobs, requests: jobs.saturating_sub(held.landed), bytes: held.bytes }
    }

    pub(crate) fn hold(&self, job: &Job) {
        let mut held = self.held();
        held.jobs.insert(job.attempt, (job.organisation, job.export));
        held.bytes += budgeted(job);
    }

    /// The request of a job has ended; its result waits to be recorded.
    pub(crate) fn landed(&self) {
        self.held().landed += 1;
    }

    /// No longer ours: recorded. Their lanes, and this worker, have room again.
    pub(crate) fn let_go(&self, recorded: &[Finished]) {
        let mut held = self.held();
        for Finished { job, .. } in recorded {
            if held.jobs.remove(&job.attempt).is_some() {
                held.bytes -= budgeted(job);
                held.landed = held.landed.saturating_sub(1);
            }
        }
        drop(held);
        self.freed.notify_one();
    }

    /// Ends when something was let go since the last time.
    pub(crate) async fn freed(&self) {
        self.freed.notified().await;
    }

    pub(crate) fn keys(&self) -> Vec<(OrganisationId, ExportId, AttemptId)> {
        let key = |(attempt, (organisation, export)): (&AttemptId, &(OrganisationId, ExportId))| {
            (*organisation, *export, *attempt)
        };
        self.held().jobs.iter().map(key).collect()
    }

    /// A renewal that was sent at that instant has succeeded.
    pub(crate) fn renewed(&self, sent_at: Instant) {
        self.renewed.send_replace(sent_at);
    }

    /// Ends when a job that was claimed at that instant must no longer be worked on, because
    /// its lease is about to run out unrenewed.
    pub(crate) async fn lease_over(&self, claimed_at: Instant) {
        let margin = MARGIN.min(self.lease / 3);
        let mut renewed = self.renewed.subscribe();
        loop {
            let last = claimed_at.max(*renewed.borrow_and_update());
            tokio::select! {
                () = tokio::time::sleep_until(last + self.lease - margin) => return,
                changed = renewed.changed() => if changed.is_err() { return },
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a job takes of the budget of bytes: small payloads are bounded by their number.
fn budgeted(job: &Job) -> u64 {
    if job.payload_bytes > SMALL_PAYLOAD_BYTES { job.payload_bytes } else { 0 }
}

//! What is in flight: the jobs that this worker has under lease, until their results are recorded.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::id::{AttemptId, OrganisationId, WebhookId};
use store::queue::{Job, Lease, LeaseKey, SMALL_PAYLOAD_BYTES, Target};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::stage::{Sent, Settled};

/// The jobs in flight.
#[derive(Default)]
pub(crate) struct InFlight {
    entries: Mutex<Entries>,
    released: Notify,
}

#[derive(Default)]
struct Entries {
    by_attempt: HashMap<AttemptId, Entry>,
    completed: u32,
    large_bytes: u64,
}

/// One job in flight.
pub(crate) struct Entry {
    key: LeaseKey,
    pub(crate) webhook: WebhookId,
    pub(crate) target: Arc<Target>,
    pub(crate) claimed_at: Instant,
    /// Its request has ended; its result waits to be recorded.
    completed: bool,
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

impl InFlight {
    pub(crate) fn load(&self) -> Load {
        let entries = self.entries();
        let jobs = u32::try_from(entries.by_attempt.len()).unwrap_or(u32::MAX);
        let requests = jobs.saturating_sub(entries.completed);
        Load { jobs, requests, bytes: entries.large_bytes }
    }

    /// What `of` makes of each job whose request has not ended: a list of values, so that nobody
    /// else works under the lock.
    pub(crate) fn requests<T>(&self, of: impl Fn(&Entry) -> T) -> Vec<T> {
        let entries = self.entries();
        entries.by_attempt.values().filter(|entry| !entry.completed).map(of).collect()
    }

    /// What finds the leases of all jobs.
    pub(crate) fn keys(&self) -> Vec<LeaseKey> {
        self.entries().by_attempt.values().map(|entry| entry.key).collect()
    }

    /// These jobs were claimed at that instant.
    pub(crate) fn add(&self, jobs: &[Job], claimed_at: Instant) {
        let mut entries = self.entries();
        for Job { lease, target, .. } in jobs {
            let entry = Entry {
                key: lease.key(),
                webhook: lease.webhook,
                target: Arc::clone(target),
                claimed_at,
                completed: false,
            };
            entries.by_attempt.insert(lease.attempt, entry);
            entries.large_bytes += large_bytes(lease);
        }
    }

    /// The request of a job has ended; its result waits to be recorded.
    pub(crate) fn complete(&self, attempt: AttemptId) {
        let mut entries = self.entries();
        entries.completed += 1;
        if let Some(entry) = entries.by_attempt.get_mut(&attempt) {
            entry.completed = true;
        }
    }

    /// No longer ours: recorded. Their lanes, and this worker, have room again.
    pub(crate) fn release(&self, settled: &Settled) {
        let mut entries = self.entries();
        for Sent { lease, .. } in settled.sent.iter() {
            if entries.by_attempt.remove(&lease.attempt).is_some() {
                entries.large_bytes -= large_bytes(lease);
                entries.completed = entries.completed.saturating_sub(1);
            }
        }
        drop(entries);
        self.released.notify_one();
    }

    /// Ends when something was released since the last time.
    pub(crate) async fn released(&self) {
        self.released.notified().await;
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    pub(crate) fn organisation(&self) -> OrganisationId {
        self.key.organisation
    }
}

/// What a job takes of the budget of bytes: small payloads are bounded by their number.
fn large_bytes(lease: &Lease) -> u64 {
    if lease.payload_bytes > SMALL_PAYLOAD_BYTES { lease.payload_bytes } else { 0 }
}

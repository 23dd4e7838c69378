//! What this worker has under lease right now, and until when it may go on.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::id::{AttemptId, ExportId, OrganisationId};
use store::queue::Job;
use tokio::sync::watch;
use tokio::time::Instant;

/// A worker that cannot renew stops its requests this long before others may take its jobs.
const MARGIN: Duration = Duration::from_secs(5);

/// The jobs in flight.
pub(crate) struct Flights {
    held: Mutex<HashMap<AttemptId, (OrganisationId, ExportId)>>,
    lease: Duration,
    renewed: watch::Sender<Instant>,
}

impl Flights {
    pub(crate) fn new(lease: Duration) -> Self {
        let (renewed, _) = watch::channel(Instant::now());
        Self { held: Mutex::new(HashMap::new()), lease, renewed }
    }

    pub(crate) fn lease(&self) -> Duration {
        self.lease
    }

    pub(crate) fn hold(&self, job: &Job) {
        self.held().insert(job.attempt, (job.organisation, job.export));
    }

    /// No longer ours: recorded, or given up.
    pub(crate) fn let_go(&self, attempts: impl IntoIterator<Item = AttemptId>) {
        let mut held = self.held();
        for attempt in attempts {
            held.remove(&attempt);
        }
    }

    pub(crate) fn keys(&self) -> Vec<(OrganisationId, ExportId, AttemptId)> {
        let key = |(attempt, (organisation, export)): (&AttemptId, &(OrganisationId, ExportId))| {
            (*organisation, *export, *attempt)
        };
        self.held().iter().map(key).collect()
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

    fn held(&self) -> MutexGuard<'_, HashMap<AttemptId, (OrganisationId, ExportId)>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! What this worker has under lease right now, how much more it may take, and until when it may
//! go on.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::id::{AttemptId, ExportId, OrganisationId, WebhookId};
use lru::LruCache;
use store::queue::{
    Job, Lease, LeaseKey, OtherLeases, SMALL_PAYLOAD_BYTES, Saturated, Sent, Target,
    UnresponsiveLimit,
};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use crate::crowd::{self, Caps};

/// A worker that cannot renew stops its requests this long before others may take its jobs.
const MARGIN: Duration = Duration::from_secs(5);

/// Webhooks whose quickness is remembered.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(4_096).expect("not zero");

/// The jobs in flight: claimed, not yet recorded.
pub(crate) struct Flights {
    held: Mutex<Held>,
    freed: Notify,
    caps: Caps,
    lease: Duration,
    renewed: watch::Sender<Instant>,
}

struct Held {
    jobs: HashMap<AttemptId, Flight>,
    landed: u32,
    bytes: u64,
    /// When webhooks last answered in good time; those that did not are taken out.
    quick: LruCache<WebhookId, Instant>,
    elsewhere: Vec<OtherLeases>,
}

/// One job in flight.
pub(crate) struct Flight {
    pub(crate) organisation: OrganisationId,
    export: ExportId,
    pub(crate) webhook: WebhookId,
    pub(crate) target: Arc<Target>,
    pub(crate) claimed_at: Instant,
    /// Its request has ended; its result waits to be recorded.
    landed: bool,
}

impl Flight {
    pub(crate) fn of(job: &Job, claimed_at: Instant) -> Self {
        Self {
            organisation: job.lease.organisation,
            export: job.lease.export,
            webhook: job.lease.webhook,
            target: Arc::clone(&job.target),
            claimed_at,
            landed: false,
        }
    }
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
    pub(crate) fn new(lease: Duration, caps: Caps) -> Self {
        let (renewed, _) = watch::channel(Instant::now());
        let held = Held {
            jobs: HashMap::new(),
            landed: 0,
            bytes: 0,
            quick: LruCache::new(REMEMBERED),
            elsewhere: Vec::new(),
        };
        Self { held: Mutex::new(held), freed: Notify::new(), caps, lease, renewed }
    }

    pub(crate) fn lease(&self) -> Duration {
        self.lease
    }

    pub(crate) fn load(&self) -> Load {
        let held = self.held();
        let jobs = u32::try_from(held.jobs.len()).unwrap_or(u32::MAX);
        Load { jobs, requests: jobs.saturating_sub(held.landed), bytes: held.bytes }
    }

    /// Who is left out of the next claim of so many jobs, and how its room is shared.
    pub(crate) fn crowd(&self, jobs: u32) -> (Saturated, Option<UnresponsiveLimit>) {
        let held = self.held();
        let flying: Vec<_> = held.jobs.values().filter(|flight| !flight.landed).collect();
        let Caps { concurrency, quick_within, .. } = self.caps;
        let now = Instant::now();
        let unproven = crowd::unproven(concurrency, jobs, &flying, &held.quick, now, quick_within);
        (crowd::crowded(&self.caps, &flying, &held.elsewhere), unproven)
    }

    /// What the other workers were seen to have under lease.
    pub(crate) fn see_elsewhere(&self, elsewhere: Vec<OtherLeases>) {
        self.held().elsewhere = elsewhere;
    }

    pub(crate) fn hold(&self, jobs: &[Job], claimed_at: Instant) {
        let mut held = self.held();
        for job in jobs {
            held.jobs.insert(job.lease.attempt, Flight::of(job, claimed_at));
            held.bytes += budgeted(&job.lease);
        }
    }

    /// The request of a job has ended; its result waits to be recorded.
    pub(crate) fn landed(&self, finished: &Sent) {
        let mut held = self.held();
        held.landed += 1;
        if let Some(flight) = held.jobs.get_mut(&finished.lease.attempt) {
            flight.landed = true;
        }
        if finished.attempt.response.is_some() && finished.elapsed < self.caps.quick_within {
            held.quick.put(finished.lease.webhook, Instant::now());
        } else {
            held.quick.pop(&finished.lease.webhook);
        }
    }

    /// No longer ours: recorded. Their lanes, and this worker, have room again.
    pub(crate) fn let_go(&self, recorded: &[Sent]) {
        let mut held = self.held();
        for Sent { lease, .. } in recorded {
            if held.jobs.remove(&lease.attempt).is_some() {
                held.bytes -= budgeted(lease);
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

    pub(crate) fn keys(&self) -> Vec<LeaseKey> {
        let key = |(attempt, flight): (&AttemptId, &Flight)| LeaseKey {
            organisation: flight.organisation,
            export: flight.export,
            attempt: *attempt,
        };
        self.held().jobs.iter().map(key).collect()
    }

    /// A renewal that was sent at that instant has succeeded.
    pub(crate) fn renewed(&self, sent_at: Instant) {
        self.renewed.send_replace(sent_at);
    }

    /// From when on a job that was claimed at that instant must no longer be worked on, because
    /// its lease is about to run out, unless it is renewed.
    pub(crate) fn lease_over_at(&self, claimed_at: Instant) -> Instant {
        claimed_at.max(*self.renewed.borrow()) + self.lease - MARGIN.min(self.lease / 3)
    }

    /// Ends when jobs that were claimed at that instant must no longer be worked on.
    pub(crate) async fn lease_over(&self, claimed_at: Instant) {
        let mut renewed = self.renewed.subscribe();
        loop {
            renewed.mark_unchanged();
            tokio::select! {
                () = tokio::time::sleep_until(self.lease_over_at(claimed_at)) => return,
                changed = renewed.changed() => if changed.is_err() { return },
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a job takes of the budget of bytes: small payloads are bounded by their number.
fn budgeted(lease: &Lease) -> u64 {
    if lease.payload_bytes > SMALL_PAYLOAD_BYTES { lease.payload_bytes } else { 0 }
}

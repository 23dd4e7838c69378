//! The claiming half of the worker: as long as there is room, lease due jobs and launch each.

mod launcher;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Utc};
use store::queue::{ClaimLimits, Saturated, claim, oldest_due};
use store::{Db, StoreError};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::Shared;
use crate::admission::Request;
use crate::backoff::Backoff;
use crate::config::WorkerConfig;
use crate::in_flight::{Entry, Load};
use crate::metrics;
use crate::stage::Claimed;

pub(crate) use launcher::Launcher;

/// How often an idle worker looks for work of which it was not notified.
const POLL: Duration = Duration::from_millis(500);

/// Most jobs of one claim: requests of the last one run while the next is claimed.
const CLAIM: u32 = 256;

/// How long the last claim may take once the worker stops.
const LAST_CLAIM: Duration = Duration::from_millis(500);

/// How often it is looked up since when lanes are due, while one is.
const DUE_SINCE: Duration = Duration::from_secs(1);

/// Claims and launches.
pub(crate) struct Claimer {
    db: Db,
    limits: ClaimLimits,
    concurrency: u32,
    payload_budget: u64,
    /// Since when lanes are due, and when that was looked up.
    due_since: Mutex<Option<(Instant, DateTime<Utc>)>>,
    shared: Arc<Shared>,
    /// Notified of new jobs.
    new_jobs: Arc<Notify>,
    launcher: Launcher,
}

impl Claimer {
    pub(crate) fn new(
        db: Db,
        config: &WorkerConfig,
        shared: Arc<Shared>,
        new_jobs: Arc<Notify>,
        launcher: Launcher,
    ) -> Self {
        let limits = ClaimLimits {
            jobs: 0,
            payload_bytes: 0,
            oversized: false,
            lane_cap: config.webhook_concurrency,
            lease: config.lease,
            worker: Arc::clone(&shared.worker),
            due_since: DateTime::UNIX_EPOCH,
            saturated: Saturated::default(),
            unresponsive: None,
        };
        Self {
            db,
            limits,
            concurrency: config.concurrency,
            payload_budget: config.payload_bytes_in_flight,
            due_since: Mutex::new(None),
            shared,
            new_jobs,
            launcher,
        }
    }

    /// Claims until `shutdown` ends.
    ///
    /// # Errors
    /// When claiming panicked.
    pub(crate) async fn run(self, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
        tokio::pin!(shutdown);
        let claimer = Arc::new(self);
        let mut backoff = Backoff::new("claim jobs");
        loop {
            // On a task of its own: what it leases is launched, even if the worker is to stop
            // meanwhile; and a database that hangs does not keep it from stopping.
            let claiming = Arc::clone(&claimer);
            let mut claiming = tokio::spawn(async move { claiming.claim().await });
            let claimed = tokio::select! {
                biased;
                () = &mut shutdown => {
                    let _ = tokio::time::timeout(LAST_CLAIM, claiming).await;
                    return Ok(());
                }
                claimed = &mut claiming => claimed,
            };
            let claimed = claimed.context("claiming panicked")?;
            tokio::select! {
                biased;
                () = &mut shutdown => return Ok(()),
                () = claimer.idle(claimed, &mut backoff) => {}
            }
        }
    }

    async fn idle(&self, claimed: Result<usize, StoreError>, backoff: &mut Backoff) {
        match claimed {
            Ok(jobs) => {
                backoff.reset();
                if jobs == 0 {
                    // Nothing due, or no room: a notification may change that, or the end of
                    // something, or time.
                    tokio::select! {
                        () = self.new_jobs.notified() => {}
                        () = self.shared.in_flight.released() => {}
                        () = tokio::time::sleep(POLL) => {}
                    }
                }
            }
            Err(error) => backoff.pause(&error).await,
        }
    }

    /// Leases what fits and launches it; how many.
    async fn claim(&self) -> Result<usize, StoreError> {
        let load = self.shared.in_flight.load();
        let jobs = CLAIM.min(self.room(load));
        if jobs == 0 {
            return Ok(0);
        }
        let mut limits = self.limits(jobs, load);
        let known = self.due_since();
        let claiming = self.db.run(move |conn| {
            let Some(due_since) = known.map_or_else(|| oldest_due(conn), |at| Ok(Some(at)))? else {
                return Ok(None);
            };
            limits.due_since = due_since;
            // Not before there is a connection: what waiting for it took is no age of the claim.
            let asked_at = Instant::now();
            Ok(Some((due_since, asked_at, claim(conn, &limits)?)))
        });
        // At rest one look at the lanes is all: none is due.
        let Some((due_since, asked_at, jobs)) = claiming.await? else { return Ok(0) };
        let claimed = Claimed { asked_at, answered_at: Instant::now() };
        store::crash::point("after_claim");
        if known.is_none() {
            *self.due_since.lock().unwrap_or_else(PoisonError::into_inner) =
                Some((asked_at, due_since));
        }
        let number = jobs.len();
        self.launcher.launch(jobs, claimed);
        metrics::in_flight(self.shared.in_flight.load().requests);
        Ok(number)
    }

    /// What a claim of so many jobs may take.
    fn limits(&self, jobs: u32, load: Load) -> ClaimLimits {
        let requests = self.shared.in_flight.requests(request);
        let admission = &self.shared.admission;
        let (saturated, unresponsive) = admission.of_claim(jobs, &requests, Instant::now());
        metrics::saturated(&saturated);
        ClaimLimits {
            jobs,
            payload_bytes: self.payload_budget.saturating_sub(load.bytes),
            oversized: load.bytes == 0,
            saturated,
            unresponsive,
            ..self.limits.clone()
        }
    }

    /// Since when lanes are due, unless it is time to look again.
    fn due_since(&self) -> Option<DateTime<Utc>> {
        let known = *self.due_since.lock().unwrap_or_else(PoisonError::into_inner);
        known.filter(|(at, _)| at.elapsed() < DUE_SINCE).map(|(_, due_since)| due_since)
    }

    /// Results that wait for their transaction leave the connections free, but not without end:
    /// while the database is away they pile up in memory.
    fn room(&self, load: Load) -> u32 {
        let requests = self.concurrency.saturating_sub(load.requests);
        requests.min(self.concurrency.saturating_mul(2).saturating_sub(load.jobs))
    }
}

/// A job in flight, as admission looks at it.
fn request(entry: &Entry) -> Request {
    Request {
        organisation: entry.organisation(),
        webhook: entry.webhook,
        target: Arc::clone(&entry.target),
        claimed_at: entry.claimed_at,
    }
}

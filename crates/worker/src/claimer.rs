//! The claiming half of the worker: as long as there is room, lease due jobs and send each off.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Utc};
use store::queue::{ClaimLimits, Job, Saturated, Sent, claim, oldest_due};
use store::{Db, StoreError};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::config::WorkerConfig;
use crate::delivery::{Claimed, Delivery, Stop};
use crate::flight::{Flights, Load};
use crate::metrics;

/// How often an idle worker looks for work of which it did not hear.
const POLL: Duration = Duration::from_millis(500);

/// Most jobs of one claim: requests of the last one run while the next is claimed.
const CLAIM: u32 = 256;

/// How long the last claim may take once we are told to stop.
const LAST_CLAIM: Duration = Duration::from_millis(500);

/// How often it is looked since when lanes are due, and how far a commit may lag behind.
const DUE_SINCE: Duration = Duration::from_secs(1);
const LAG: Duration = Duration::from_secs(5);

/// Claims and launches.
pub(crate) struct Claimer {
    db: Db,
    limits: ClaimLimits,
    concurrency: u32,
    payload_budget: u64,
    /// Since when lanes are due, and when that was looked up.
    due_since: Mutex<Option<(Instant, DateTime<Utc>)>>,
    delivery: Arc<Delivery>,
    flights: Arc<Flights>,
    /// Tells of new jobs.
    woken: Arc<Notify>,
    /// Where deliveries put their results.
    done: mpsc::UnboundedSender<Sent>,
    abort: watch::Receiver<bool>,
}

impl Claimer {
    #[expect(clippy::too_many_arguments, reason = "each is one end of a thread that meets here")]
    pub(crate) fn new(
        db: Db,
        config: &WorkerConfig,
        worker: Arc<str>,
        delivery: Arc<Delivery>,
        flights: Arc<Flights>,
        woken: Arc<Notify>,
        done: mpsc::UnboundedSender<Sent>,
        abort: watch::Receiver<bool>,
    ) -> Self {
        let limits = ClaimLimits {
            jobs: 0,
            payload_bytes: 0,
            oversized: false,
            lane_cap: config.webhook_concurrency,
            lease: config.lease,
            worker,
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
            delivery,
            flights,
            woken,
            done,
            abort,
        }
    }

    /// Claims until `shutdown` ends.
    ///
    /// # Errors
    /// When claiming panicked.
    pub(crate) async fn run(self, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
        tokio::pin!(shutdown);
        let claimer = Arc::new(self);
        let mut backoff = Backoff::default();
        loop {
            // On a task of its own: what it leases is launched, even if we are told to stop
            // meanwhile; and a database that hangs does not keep us from stopping.
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
                    // Nothing due, or no room: a wake-up may change that, or the end of
                    // something, or time.
                    tokio::select! {
                        () = self.woken.notified() => {}
                        () = self.flights.freed() => {}
                        () = tokio::time::sleep(POLL) => {}
                    }
                }
            }
            Err(error) => backoff.pause(&error, "could not claim").await,
        }
    }

    /// Leases what fits and launches it; how many.
    async fn claim(&self) -> Result<usize, StoreError> {
        let load = self.flights.load();
        let jobs = CLAIM.min(self.room(load));
        if jobs == 0 {
            return Ok(0);
        }
        let (crowded, unproven) = self.flights.crowd(jobs);
        metrics::crowded(&crowded);
        let mut limits = ClaimLimits {
            jobs,
            payload_bytes: self.payload_budget.saturating_sub(load.bytes),
            oversized: load.bytes == 0,
            saturated: crowded,
            unresponsive: unproven,
            ..self.limits.clone()
        };
        let known = self.due_since();
        let claiming = self.db.run(move |conn| {
            limits.due_since = known.map_or_else(|| oldest_due(conn, LAG), Ok)?;
            // Not before there is a connection: what waiting for it took is no age of the claim.
            let asked_at = Instant::now();
            Ok((limits.due_since, asked_at, claim(conn, &limits)?))
        });
        let (due_since, asked_at, jobs) = claiming.await?;
        let claimed = Claimed { asked_at, answered_at: Instant::now() };
        store::crash::point("after_claim");
        if known.is_none() {
            *self.due_since.lock().unwrap_or_else(PoisonError::into_inner) =
                Some((asked_at, due_since));
        }
        let number = jobs.len();
        self.launch(jobs, claimed);
        metrics::in_flight(self.flights.load().requests);
        Ok(number)
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

    fn launch(&self, jobs: Vec<Job>, claimed: Claimed) {
        if jobs.is_empty() {
            return;
        }
        self.flights.hold(&jobs, claimed.asked_at);
        let stop = Stop::of_claim(Arc::clone(&self.flights), claimed, self.abort.clone());
        for job in jobs {
            let (delivery, flights) = (Arc::clone(&self.delivery), Arc::clone(&self.flights));
            let (done, stop) = (self.done.clone(), stop.clone());
            tokio::spawn(async move {
                store::crash::point("before_send");
                let finished = delivery.run(job, stop).await;
                store::crash::point("after_send");
                flights.landed(&finished);
                // Nobody listens once the worker has given up recording: then the lease runs out.
                let _ = done.send(finished);
            });
        }
    }
}

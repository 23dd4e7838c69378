//! The claiming half of the worker: as long as there is room, lease due jobs and send each off.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use store::queue::{ClaimLimits, Finished, Job, claim};
use store::{Db, StoreError};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::config::WorkerConfig;
use crate::delivery::Delivery;
use crate::flight::{Flights, Load};
use crate::metrics;

/// How often an idle worker looks for work.
const POLL: Duration = Duration::from_millis(100);

/// Most jobs of one claim: requests of the last one run while the next is claimed.
const CLAIM: u32 = 256;

/// How long the last claim may take once we are told to stop.
const LAST_CLAIM: Duration = Duration::from_millis(500);

/// Claims and launches.
pub(crate) struct Claimer {
    db: Db,
    limits: ClaimLimits,
    concurrency: u32,
    payload_budget: u64,
    delivery: Arc<Delivery>,
    flights: Arc<Flights>,
    /// Where deliveries put their results.
    done: mpsc::UnboundedSender<Finished>,
    abort: watch::Receiver<bool>,
}

impl Claimer {
    pub(crate) fn new(
        db: Db,
        config: &WorkerConfig,
        worker: Arc<str>,
        delivery: Arc<Delivery>,
        flights: Arc<Flights>,
        done: mpsc::UnboundedSender<Finished>,
        abort: watch::Receiver<bool>,
    ) -> Self {
        let limits = ClaimLimits {
            jobs: 0,
            payload_bytes: 0,
            oversized: false,
            lane_cap: config.webhook_concurrency,
            lease: config.lease,
            worker,
        };
        Self {
            db,
            limits,
            concurrency: config.concurrency,
            payload_budget: config.payload_bytes_in_flight,
            delivery,
            flights,
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
                    // Nothing due, or no room: the end of something may change that, and so may
                    // time.
                    let _ = tokio::time::timeout(POLL, self.flights.freed()).await;
                }
            }
            Err(error) => backoff.pause(&error, "could not claim").await,
        }
    }

    /// Leases what fits and launches it; how many.
    async fn claim(&self) -> Result<usize, StoreError> {
        let load = self.flights.load();
        let limits = ClaimLimits {
            jobs: CLAIM.min(self.room(load)),
            payload_bytes: self.payload_budget.saturating_sub(load.bytes),
            oversized: load.bytes == 0,
            ..self.limits.clone()
        };
        if limits.jobs == 0 {
            return Ok(0);
        }
        // Not before there is a connection: what waiting for it took is no age of the claim.
        let timed = self.db.run(move |conn| Ok((Instant::now(), claim(conn, &limits)?)));
        let (claimed_at, jobs) = timed.await?;
        let claimed = jobs.len();
        store::crash::point("after_claim");
        for job in jobs {
            self.launch(job, claimed_at);
        }
        metrics::in_flight(self.flights.load().requests);
        Ok(claimed)
    }

    /// Results that wait for their transaction leave the connections free, but not without end:
    /// while the database is away they pile up in memory.
    fn room(&self, load: Load) -> u32 {
        let requests = self.concurrency.saturating_sub(load.requests);
        requests.min(self.concurrency.saturating_mul(2).saturating_sub(load.jobs))
    }

    fn launch(&self, job: Job, claimed_at: Instant) {
        self.flights.hold(&job);
        let (delivery, flights) = (Arc::clone(&self.delivery), Arc::clone(&self.flights));
        let (done, abort) = (self.done.clone(), self.abort.clone());
        tokio::spawn(async move {
            store::crash::point("before_send");
            let finished = delivery.run(job, claimed_at, abort).await;
            store::crash::point("after_send");
            flights.landed();
            // Nobody listens once the worker has given up recording: then the lease runs out.
            let _ = done.send(finished);
        });
    }
}

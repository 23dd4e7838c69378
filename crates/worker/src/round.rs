//! Rounds: record what has come in, claim what fits, send it. One round at a time on one
//! connection; requests run beside it, so that each round finds a batch.

use std::sync::Arc;
use std::time::Duration;

use domain::export::EndState;
use store::queue::{ClaimLimits, Finished, Job, RecordPolicy, Recorded, claim};
use store::{Db, StoreError};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::config::WorkerConfig;
use crate::delivery::Delivery;
use crate::flight::Flights;
use crate::record::record_batch;

/// How often an idle worker looks for work.
const POLL: Duration = Duration::from_millis(100);

/// How long a lone result waits for company: one commit then serves several.
const GATHER: Duration = Duration::from_millis(3);

/// Results that are worth a round at once.
const BATCH: usize = 128;

/// Most jobs of one claim: lets requests of the last one run while the next is claimed.
const CLAIM: u32 = 256;

/// Longest pause while the database is away.
const BACKOFF: Duration = Duration::from_secs(2);

/// How long the last results may take to be recorded once all requests have ended.
const LAST_WORDS: Duration = Duration::from_millis(1_500);

/// The state of the loop.
pub(crate) struct Rounds {
    db: Db,
    limits: ClaimLimits,
    concurrency: u32,
    payload_budget: u64,
    grace: Duration,
    policy: Arc<RecordPolicy>,
    delivery: Arc<Delivery>,
    flights: Arc<Flights>,
    /// Where deliveries put their results.
    done: mpsc::UnboundedSender<Finished>,
    results: mpsc::UnboundedReceiver<Finished>,
    abort: watch::Sender<bool>,
    /// Finished, not yet recorded: they are safe here while the database is away.
    unrecorded: Vec<Finished>,
    in_flight: u32,
    bytes_in_flight: u64,
    /// Whether the last claim found work, so that the next may, too.
    busy: bool,
    /// Failed rounds in a row.
    failures: u32,
}

impl Rounds {
    pub(crate) fn new(
        db: Db,
        config: &WorkerConfig,
        policy: RecordPolicy,
        delivery: Arc<Delivery>,
        flights: Arc<Flights>,
    ) -> Self {
        let (done, results) = mpsc::unbounded_channel();
        let limits = ClaimLimits {
            jobs: 0,
            payload_bytes: 0,
            oversized: false,
            lane_cap: config.webhook_concurrency,
            lease: config.lease,
            worker: policy.worker.clone(),
        };
        Self {
            db,
            limits,
            concurrency: config.concurrency,
            payload_budget: config.payload_bytes_in_flight,
            grace: config.shutdown_grace,
            policy: Arc::new(policy),
            delivery,
            flights,
            done,
            results,
            abort: watch::channel(false).0,
            unrecorded: Vec::new(),
            in_flight: 0,
            bytes_in_flight: 0,
            busy: true,
            failures: 0,
        }
    }

    /// The loop, until `shutdown` ends; then the way out.
    pub(crate) async fn run(mut self, shutdown: impl Future<Output = ()>) {
        tokio::pin!(shutdown);
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                () = self.wait() => {}
            }
            if let Err(error) = self.round().await {
                self.back_off(&error, &mut shutdown).await;
            }
        }
        self.drain().await;
    }

    async fn round(&mut self) -> Result<(), StoreError> {
        self.record().await?;
        self.claim().await?;
        self.failures = 0;
        Ok(())
    }

    /// Waits for a reason to act: results, or time to look for work.
    async fn wait(&mut self) {
        if self.busy && self.in_flight < self.concurrency {
            self.collect();
            return;
        }
        if let Ok(Some(finished)) = tokio::time::timeout(POLL, self.results.recv()).await {
            self.unrecorded.push(finished);
            if self.results.len() < BATCH {
                tokio::time::sleep(GATHER).await;
            }
            self.collect();
        }
    }

    fn collect(&mut self) {
        while let Ok(finished) = self.results.try_recv() {
            self.unrecorded.push(finished);
        }
    }

    async fn record(&mut self) -> Result<(), StoreError> {
        if self.unrecorded.is_empty() {
            return Ok(());
        }
        let batch = Arc::new(std::mem::take(&mut self.unrecorded));
        let (policy, results) = (Arc::clone(&self.policy), Arc::clone(&batch));
        let recorded = self.db.run(move |conn| record_batch(conn, &policy, &results)).await;
        let batch = Arc::unwrap_or_clone(batch);
        match recorded {
            Ok(recorded) => {
                self.settled(&batch);
                recorded.iter().for_each(observe);
                Ok(())
            }
            Err(error) => {
                self.unrecorded = batch;
                Err(error)
            }
        }
    }

    fn settled(&mut self, batch: &[Finished]) {
        self.flights.let_go(batch.iter().map(|finished| finished.job.attempt));
        self.in_flight -= u32::try_from(batch.len()).unwrap_or(u32::MAX);
        self.bytes_in_flight -=
            batch.iter().map(|finished| finished.job.payload_bytes).sum::<u64>();
        // Their lanes have room again.
        self.busy = true;
        for Finished { attempt, .. } in batch {
            metrics::counter!("attempts_total", "outcome" => attempt.outcome.as_str()).increment(1);
        }
    }

    async fn claim(&mut self) -> Result<(), StoreError> {
        let limits = ClaimLimits {
            jobs: CLAIM.min(self.concurrency - self.in_flight),
            payload_bytes: self.payload_budget.saturating_sub(self.bytes_in_flight),
            oversized: self.bytes_in_flight == 0,
            ..self.limits.clone()
        };
        if limits.jobs == 0 {
            self.busy = false;
            return Ok(());
        }
        let claimed_at = Instant::now();
        let jobs = self.db.run(move |conn| claim(conn, &limits)).await?;
        self.busy = !jobs.is_empty();
        for job in jobs {
            self.launch(job, claimed_at);
        }
        metrics::gauge!("requests_in_flight").set(self.in_flight);
        Ok(())
    }

    fn launch(&mut self, job: Job, claimed_at: Instant) {
        self.in_flight += 1;
        self.bytes_in_flight += job.payload_bytes;
        self.flights.hold(&job);
        let (delivery, done, abort) =
            (Arc::clone(&self.delivery), self.done.clone(), self.abort.subscribe());
        tokio::spawn(async move {
            let finished = delivery.run(job, claimed_at, abort).await;
            // A closed channel means that the loop is gone; then the lease runs out.
            let _ = done.send(finished);
        });
    }

    async fn back_off(&mut self, error: &StoreError, shutdown: impl Future<Output = ()>) {
        self.failures = self.failures.saturating_add(1);
        if self.failures == 1 {
            tracing::error!(%error, unrecorded = self.unrecorded.len(), "round failed; waiting for the database");
        }
        let pause = (POLL * (1 << self.failures.min(5))).min(BACKOFF);
        tokio::select! {
            () = tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..=1.0))) => {}
            () = shutdown => {}
        }
    }

    /// The way out: no more claims; requests finish within the grace time, the rest is aborted
    /// and given back; what was seen is recorded.
    async fn drain(&mut self) {
        tracing::info!(in_flight = self.in_flight, "stopping: no more claims");
        let grace_over = Instant::now() + self.grace;
        self.drain_until(grace_over).await;
        self.abort.send_replace(true);
        self.drain_until(Instant::now() + LAST_WORDS).await;
        if self.in_flight > 0 {
            tracing::warn!(
                in_flight = self.in_flight,
                "left to other workers when their leases run out"
            );
        }
    }

    async fn drain_until(&mut self, deadline: Instant) {
        while self.in_flight > 0 {
            let waiting = self.in_flight as usize > self.unrecorded.len();
            let result = async {
                match waiting {
                    true => self.results.recv().await,
                    false => None,
                }
            };
            match tokio::time::timeout_at(deadline, result).await {
                Ok(finished) => self.unrecorded.extend(finished),
                Err(_) => return,
            }
            self.collect();
            match tokio::time::timeout_at(deadline, self.record()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => self.back_off(&error, tokio::time::sleep_until(deadline)).await,
                Err(_) => return,
            }
        }
    }
}

fn observe(recorded: &Recorded) {
    if recorded.late > 0 {
        metrics::counter!("attempts_late_total").increment(recorded.late as u64);
        tracing::warn!(late = recorded.late, "results came after their lease was lost");
    }
    for (state, elapsed) in &recorded.ended {
        metrics::counter!("exports_ended_total", "state" => state.as_str()).increment(1);
        if *state == EndState::Delivered {
            metrics::histogram!("delivery_seconds").record(elapsed.as_secs_f64());
        }
    }
    for (webhook, reason) in &recorded.disabled {
        metrics::counter!("webhooks_disabled_total", "reason" => reason.as_str()).increment(1);
        tracing::warn!(webhook.id = %webhook, %reason, "webhook disabled");
    }
}

//! The recording half of the worker: results in batches, one transaction each. While the
//! database is away they wait here; nothing more is claimed than fits beside them.

use std::sync::Arc;
use std::time::Duration;

use store::Db;
use store::queue::{RecordPolicy, Recorded, record};
use tokio::sync::mpsc;

use crate::Shared;
use crate::backoff::Backoff;
use crate::metrics;
use crate::stage::{Sent, Settled};

/// How long a lone result waits for others: one commit then serves several.
const GATHER: Duration = Duration::from_millis(3);

/// Results that are worth a transaction at once.
const ENOUGH: usize = 128;

/// Most new results of one transaction.
const BATCH: usize = 512;

/// How soon what somebody else's lock left is recorded again, if nothing new comes before; then twice as
/// late each time.
const AGAIN: Duration = Duration::from_millis(5);
const AGAIN_AT_LAST: Duration = Duration::from_millis(100);

/// Records results.
pub(crate) struct Recorder {
    db: Db,
    policy: Arc<RecordPolicy>,
    shared: Arc<Shared>,
    results: mpsc::UnboundedReceiver<Sent>,
    /// What could not be recorded, because somebody else had its lane locked. Its lease is renewed.
    left: Vec<Sent>,
    again: Duration,
}

impl Recorder {
    pub(crate) fn new(
        db: Db,
        policy: Arc<RecordPolicy>,
        shared: Arc<Shared>,
        results: mpsc::UnboundedReceiver<Sent>,
    ) -> Self {
        Self { db, policy, shared, results, left: Vec::new(), again: AGAIN }
    }

    /// Records until no delivery is left that could have a result.
    pub(crate) async fn run(mut self) {
        let mut backoff = Backoff::new("record results");
        while let Some(sent) = self.gather().await {
            let settled = self.settle(sent, &mut backoff).await;
            self.shared.changed.notify_one();
            self.shared.in_flight.release(&settled);
            report(&settled);
        }
    }

    async fn gather(&mut self) -> Option<Vec<Sent>> {
        let mut batch = std::mem::take(&mut self.left);
        if batch.is_empty() {
            batch.push(self.results.recv().await?);
        } else if self.results.is_empty() {
            tokio::time::sleep(self.again).await;
            self.again = AGAIN_AT_LAST.min(self.again * 2);
        }
        if self.results.len() < ENOUGH {
            tokio::time::sleep(GATHER).await;
        }
        let most = batch.len() + BATCH;
        while batch.len() < most
            && let Ok(sent) = self.results.try_recv()
        {
            batch.push(sent);
        }
        Some(batch)
    }

    /// Records a batch, trying until the database takes it. What is left of it comes with the next one.
    async fn settle(&mut self, sent: Vec<Sent>, backoff: &mut Backoff) -> Settled {
        let sent = Arc::new(sent);
        loop {
            let (policy, results) = (Arc::clone(&self.policy), Arc::clone(&sent));
            match self.db.run(move |conn| record(conn, &policy, &results)).await {
                Ok(recorded) => {
                    store::crash::point("after_commit");
                    backoff.reset();
                    return self.settled(&sent, recorded);
                }
                Err(error) => backoff.pause(&error).await,
            }
        }
    }

    fn settled(&mut self, sent: &Arc<Vec<Sent>>, recorded: Recorded) -> Settled {
        if recorded.left.is_empty() {
            self.again = AGAIN;
            return Settled { sent: Arc::clone(sent), recorded };
        }
        let is_left = |sent: &&Sent| recorded.left.contains(&sent.lease.attempt);
        self.left = sent.iter().filter(is_left).cloned().collect();
        let rest = sent.iter().filter(|sent| !is_left(sent)).cloned().collect();
        Settled { sent: Arc::new(rest), recorded }
    }
}

fn report(settled: &Settled) {
    metrics::settled(settled);
    let recorded = &settled.recorded;
    if !recorded.late.is_empty() {
        tracing::warn!(late = recorded.late.len(), "results came after their lease was lost");
    }
    for (webhook, reason) in &recorded.disabled {
        tracing::warn!(webhook.id = %webhook, %reason, "webhook disabled");
    }
    log_refused(recorded);
}

/// Logs what the database refused: a defect of ours, and each such export is tried again.
pub(crate) fn log_refused(recorded: &Recorded) {
    for (export, error) in &recorded.refused {
        tracing::error!(export.id = %export, error, "a result was refused by the database");
    }
}

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

/// Most results of one transaction.
const BATCH: usize = 512;

/// Records results.
pub(crate) struct Recorder {
    db: Db,
    policy: Arc<RecordPolicy>,
    shared: Arc<Shared>,
    results: mpsc::UnboundedReceiver<Sent>,
}

impl Recorder {
    pub(crate) fn new(
        db: Db,
        policy: Arc<RecordPolicy>,
        shared: Arc<Shared>,
        results: mpsc::UnboundedReceiver<Sent>,
    ) -> Self {
        Self { db, policy, shared, results }
    }

    /// Records until no delivery is left that could have a result.
    pub(crate) async fn run(mut self) {
        let mut backoff = Backoff::new("record results");
        while let Some(sent) = self.gather().await {
            let settled = self.settle(sent, &mut backoff).await;
            self.shared.in_flight.release(&settled);
            report(&settled);
        }
    }

    async fn gather(&mut self) -> Option<Vec<Sent>> {
        let mut batch = vec![self.results.recv().await?];
        if self.results.len() < ENOUGH {
            tokio::time::sleep(GATHER).await;
        }
        while batch.len() < BATCH
            && let Ok(sent) = self.results.try_recv()
        {
            batch.push(sent);
        }
        Some(batch)
    }

    /// Records a batch, trying until the database takes it.
    async fn settle(&self, sent: Vec<Sent>, backoff: &mut Backoff) -> Settled {
        let sent = Arc::new(sent);
        loop {
            let (policy, results) = (Arc::clone(&self.policy), Arc::clone(&sent));
            match self.db.run(move |conn| record(conn, &policy, &results)).await {
                Ok(recorded) => {
                    store::crash::point("after_commit");
                    backoff.reset();
                    return Settled { sent, recorded };
                }
                Err(error) => backoff.pause(&error).await,
            }
        }
    }
}

fn report(settled: &Settled) {
    metrics::settled(settled);
    let recorded = &settled.recorded;
    if recorded.late > 0 {
        tracing::warn!(late = recorded.late, "results came after their lease was lost");
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

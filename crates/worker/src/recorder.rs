//! The recording half of the worker: results in batches, one transaction each. While the
//! database is away they wait here; nothing more is claimed than fits beside them.

use std::sync::Arc;
use std::time::Duration;

use store::Db;
use store::queue::{RecordPolicy, Recorded, Sent, record};
use tokio::sync::mpsc;

use crate::backoff::Backoff;
use crate::flight::Flights;
use crate::metrics;

/// How long a lone result waits for company: one commit then serves several.
const GATHER: Duration = Duration::from_millis(3);

/// Results that are worth a transaction at once.
const COMPANY: usize = 128;

/// Most results of one transaction.
const BATCH: usize = 512;

/// Records results.
pub(crate) struct Recorder {
    db: Db,
    policy: Arc<RecordPolicy>,
    flights: Arc<Flights>,
    results: mpsc::UnboundedReceiver<Sent>,
}

impl Recorder {
    pub(crate) fn new(
        db: Db,
        policy: RecordPolicy,
        flights: Arc<Flights>,
        results: mpsc::UnboundedReceiver<Sent>,
    ) -> Self {
        Self { db, policy: Arc::new(policy), flights, results }
    }

    /// Records until no delivery is left that could have a result.
    pub(crate) async fn run(mut self) {
        let mut backoff = Backoff::default();
        while let Some(batch) = self.gather().await {
            self.record(batch, &mut backoff).await;
        }
    }

    async fn gather(&mut self) -> Option<Vec<Sent>> {
        let mut batch = vec![self.results.recv().await?];
        if self.results.len() < COMPANY {
            tokio::time::sleep(GATHER).await;
        }
        while batch.len() < BATCH
            && let Ok(finished) = self.results.try_recv()
        {
            batch.push(finished);
        }
        Some(batch)
    }

    async fn record(&self, batch: Vec<Sent>, backoff: &mut Backoff) {
        let batch = Arc::new(batch);
        loop {
            let (policy, results) = (Arc::clone(&self.policy), Arc::clone(&batch));
            match self.db.run(move |conn| record(conn, &policy, &results)).await {
                Ok(recorded) => {
                    store::crash::point("after_commit");
                    backoff.reset();
                    self.flights.let_go(&batch);
                    tell(&batch, &recorded);
                    return;
                }
                Err(error) => backoff.pause(&error, "could not record results").await,
            }
        }
    }
}

fn tell(batch: &[Sent], recorded: &Recorded) {
    metrics::recorded(batch, recorded);
    if recorded.late > 0 {
        tracing::warn!(late = recorded.late, "results came after their lease was lost");
    }
    for (webhook, reason) in &recorded.disabled {
        tracing::warn!(webhook.id = %webhook, %reason, "webhook disabled");
    }
    refused(recorded);
}

/// Tells what the database refused: a defect of ours, and each such export is tried again.
pub(crate) fn refused(recorded: &Recorded) {
    for (export, error) in &recorded.refused {
        tracing::error!(export.id = %export, error, "a result was refused by the database");
    }
}

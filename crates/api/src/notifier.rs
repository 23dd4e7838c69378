//! Notifies lanes and workers after the commit of an export, without making the client wait: many
//! exports at once share one statement. What is lost here the workers find by themselves.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::id::{OrganisationId, WebhookId};
use store::Db;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// Shortest time from one notification to the next: each takes a lock of the whole database.
const DEBOUNCE: Duration = Duration::from_millis(2);

/// How many times as long as a notification took nobody is notified again: when much is accepted
/// workers are busy, and the database is spared.
const REST: u32 = 8;

/// Longest such rest.
const LONGEST_REST: Duration = Duration::from_millis(50);

type Lane = (OrganisationId, WebhookId);

/// Where handlers say that a lane has a job.
#[derive(Debug, Clone)]
pub struct Notifier {
    /// None where nobody is to be notified.
    lanes: Option<mpsc::UnboundedSender<Lane>>,
}

impl Notifier {
    /// Starts the task that notifies; it ends with the last copy of the notifier. `db` is a pool of
    /// its own: notifications wait neither for a free connection nor for a disk.
    pub fn start(db: Db) -> Self {
        let (lanes, waiting) = mpsc::unbounded_channel();
        tokio::spawn(run(db, waiting));
        Self { lanes: Some(lanes) }
    }

    /// Notifies nobody: the workers find jobs by themselves.
    pub fn off() -> Self {
        Self { lanes: None }
    }

    /// The lane of a webhook has a job, and its transaction is committed.
    pub fn notify(&self, organisation: OrganisationId, webhook: WebhookId) {
        if let Some(lanes) = &self.lanes {
            // The task ends only with the process.
            let _ = lanes.send((organisation, webhook));
        }
    }
}

async fn run(db: Db, mut waiting: mpsc::UnboundedReceiver<Lane>) {
    while let Some(first) = waiting.recv().await {
        let begun = Instant::now();
        let mut lanes = BTreeSet::from([first]);
        while let Ok(lane) = waiting.try_recv() {
            lanes.insert(lane);
        }
        let lanes: Vec<Lane> = lanes.into_iter().collect();
        // Where they are not, exports start a little later.
        let notified = db.run(move |conn| store::queue::notify(conn, &lanes)).await;
        db.work("notify workers").heard(&notified);
        let rest = begun.elapsed().saturating_mul(REST).clamp(DEBOUNCE, LONGEST_REST);
        tokio::time::sleep_until(begun + rest).await;
    }
}

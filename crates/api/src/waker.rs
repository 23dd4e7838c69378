//! Wakes lanes and workers after the commit of an export, without making the client wait: many
//! exports at once share one statement. What is lost here the workers find by themselves.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::id::{OrganisationId, WebhookId};
use store::Db;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// Shortest time from one wake-up to the next: each takes a lock of the whole database.
const DEBOUNCE: Duration = Duration::from_millis(2);

type Lane = (OrganisationId, WebhookId);

/// Where handlers say that a lane has a job.
#[derive(Debug, Clone)]
pub struct Waker {
    /// None where nobody is to be woken.
    lanes: Option<mpsc::UnboundedSender<Lane>>,
}

impl Waker {
    /// Starts the task that wakes; it ends with the last copy of the waker. `db` is a pool of its
    /// own: wake-ups wait neither for a free connection nor for a disk.
    pub fn start(db: Db) -> Self {
        let (lanes, told) = mpsc::unbounded_channel();
        tokio::spawn(run(db, told));
        Self { lanes: Some(lanes) }
    }

    /// Wakes nobody: the workers find jobs by themselves.
    pub fn asleep() -> Self {
        Self { lanes: None }
    }

    /// The lane of a webhook has a job, and its transaction is committed.
    pub fn wake(&self, organisation: OrganisationId, webhook: WebhookId) {
        if let Some(lanes) = &self.lanes {
            // The task ends only with the process.
            let _ = lanes.send((organisation, webhook));
        }
    }
}

async fn run(db: Db, mut told: mpsc::UnboundedReceiver<Lane>) {
    while let Some(first) = told.recv().await {
        let next = Instant::now() + DEBOUNCE;
        let mut lanes = BTreeSet::from([first]);
        while let Ok(lane) = told.try_recv() {
            lanes.insert(lane);
        }
        let lanes: Vec<Lane> = lanes.into_iter().collect();
        if let Err(error) = db.run(move |conn| store::queue::notify(conn, &lanes)).await {
            tracing::warn!("lanes were not woken, their exports start a little later: {error}");
        }
        tokio::time::sleep_until(next).await;
    }
}

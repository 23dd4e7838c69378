//! Notifies lanes and workers after the commit of an export, and live streams of one that ended by a
//! request, without making the client wait: many exports at once share one statement. What is lost here
//! they find by themselves.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::id::{OrganisationId, WebhookId};
use store::{Conn, Db, StoreError};
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

/// What is to be told.
enum News {
    /// A lane has a job.
    Job(Lane),
    /// An export ended.
    End,
}

/// Where handlers say that a lane has a job, or that an export ended.
#[derive(Debug, Clone)]
pub struct Notifier {
    /// None where nobody is to be notified.
    news: Option<mpsc::UnboundedSender<News>>,
}

impl Notifier {
    /// Starts the task that notifies; it ends with the last copy of the notifier. `db` is a pool of
    /// its own: notifications wait neither for a free connection nor for a disk.
    pub fn start(db: Db) -> Self {
        let (news, waiting) = mpsc::unbounded_channel();
        tokio::spawn(run(db, waiting));
        Self { news: Some(news) }
    }

    /// Notifies nobody: the workers find jobs by themselves.
    pub fn off() -> Self {
        Self { news: None }
    }

    /// The lane of a webhook has a job, and its transaction is committed.
    pub fn notify(&self, organisation: OrganisationId, webhook: WebhookId) {
        self.send(News::Job((organisation, webhook)));
    }

    /// Exports ended by a request, and its transaction is committed.
    pub fn ended(&self) {
        self.send(News::End);
    }

    fn send(&self, news: News) {
        if let Some(sender) = &self.news {
            // The task ends only with the process.
            let _ = sender.send(news);
        }
    }
}

async fn run(db: Db, mut waiting: mpsc::UnboundedReceiver<News>) {
    while let Some(first) = waiting.recv().await {
        let begun = Instant::now();
        let (mut lanes, mut ended) = (BTreeSet::new(), false);
        let mut next = Some(first);
        while let Some(news) = next {
            match news {
                News::Job(lane) => drop(lanes.insert(lane)),
                News::End => ended = true,
            }
            next = waiting.try_recv().ok();
        }
        let lanes: Vec<Lane> = lanes.into_iter().collect();
        // Where they are not, exports start a little later.
        let notified = db.run(move |conn| tell(conn, &lanes, ended)).await;
        db.work("notify workers").heard(&notified);
        let rest = begun.elapsed().saturating_mul(REST).clamp(DEBOUNCE, LONGEST_REST);
        tokio::time::sleep_until(begun + rest).await;
    }
}

fn tell(conn: &mut Conn, lanes: &[Lane], ended: bool) -> Result<(), StoreError> {
    if !lanes.is_empty() {
        store::queue::notify(conn, lanes)?;
    }
    if ended { store::queue::tell_changes(conn) } else { Ok(()) }
}

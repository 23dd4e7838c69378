//! When API keys were last used: written one by one, after and beside the requests, so that none waits
//! for it. It is coarse: a use that cannot be noted is not.

use std::sync::Arc;

use domain::actor::Actor;
use store::Db;
use tokio::sync::mpsc;

/// Uses that wait to be written; more are not noted.
const WAITING: usize = 1_000;

/// Where uses are told.
#[derive(Debug, Clone)]
pub struct KeyUses {
    waiting: mpsc::Sender<Arc<Actor>>,
}

impl KeyUses {
    /// Starts the task that writes; it ends with the last copy.
    pub fn start(db: Db) -> Self {
        let (waiting, mut uses) = mpsc::channel::<Arc<Actor>>(WAITING);
        tokio::spawn(async move {
            while let Some(actor) = uses.recv().await {
                let note = move |conn: &mut _| store::api_keys::used(conn, &actor);
                if let Err(error) = db.run(note).await {
                    tracing::debug!("the use of a key was not noted: {error}");
                }
            }
        });
        Self { waiting }
    }

    /// Notes a use, if there is room.
    pub(crate) fn note(&self, actor: &Arc<Actor>) {
        let _ = self.waiting.try_send(Arc::clone(actor));
    }
}

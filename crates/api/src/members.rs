//! Whom we know of organisations: who calls is noted after and beside the request, so that none waits for
//! it; once an hour each, or when their token says something new. What cannot be noted is not.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::actor::{Actor, ActorKind};
use domain::id::OrganisationId;
use store::Db;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// Members that wait to be noted; more are noted with a later call.
const WAITING: usize = 1_000;

/// How often a member is noted who says nothing new.
const EVERY: Duration = Duration::from_hours(1);

/// Of so many it is remembered that they were noted; beyond that they are noted again.
const REMEMBERED: usize = 50_000;

/// Where members are told.
#[derive(Debug, Clone)]
pub struct Members {
    waiting: mpsc::Sender<Arc<Actor>>,
    noted: Arc<Mutex<HashMap<(OrganisationId, String), Noted>>>,
}

#[derive(Debug, Clone, Copy)]
struct Noted {
    at: Instant,
    /// Of what the token said of them.
    digest: u64,
}

impl Members {
    /// Starts the task that writes; it ends with the last copy.
    pub fn start(db: Db) -> Self {
        let (waiting, mut members) = mpsc::channel::<Arc<Actor>>(WAITING);
        let noted: Arc<Mutex<HashMap<_, Noted>>> = Arc::default();
        let forgetting = Arc::downgrade(&noted);
        tokio::spawn(async move {
            while let Some(member) = members.recv().await {
                let actor = Arc::clone(&member);
                let note = move |conn: &mut _| store::members::note(conn, &actor);
                if let Err(error) = db.run(note).await {
                    tracing::debug!("a member was not noted: {error}");
                    // With the next call, then.
                    if let (Some(noted), Some(key)) = (forgetting.upgrade(), key(&member)) {
                        noted.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
                    }
                }
            }
        });
        Self { waiting, noted }
    }

    /// Notes a member, if that is due and there is room.
    pub(crate) fn note(&self, actor: &Arc<Actor>) {
        if actor.kind != ActorKind::Member {
            return;
        }
        let Some(key) = key(actor) else { return };
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let digest = digest(actor);
        let is_known = |known: &Noted| known.digest == digest && known.at.elapsed() < EVERY;
        if noted.get(&key).is_some_and(is_known) {
            return;
        }
        if self.waiting.try_send(Arc::clone(actor)).is_ok() {
            if noted.len() >= REMEMBERED {
                noted.clear();
            }
            noted.insert(key, Noted { at: Instant::now(), digest });
        }
    }
}

fn key(actor: &Actor) -> Option<(OrganisationId, String)> {
    Some((actor.organisation()?, actor.id.clone()))
}

fn digest(actor: &Actor) -> u64 {
    let mut hasher = DefaultHasher::new();
    let role = actor.role.map(domain::role::Role::as_str);
    (&actor.name, &actor.email, role).hash(&mut hasher);
    hasher.finish()
}

//! Whom we know of organisations: who calls is noted after and beside the request, so that none waits for
//! it; once an hour each, and at once what their token says that none said in that hour: so two tokens by
//! turns, of which one says less, are noted once each. What cannot be noted is not.

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

/// How often the same is noted of a member.
const EVERY: Duration = Duration::from_hours(1);

/// Of so many it is remembered that they were noted; beyond that they are noted again.
const REMEMBERED: usize = 50_000;

/// Where members are told.
#[derive(Debug, Clone)]
pub struct Members {
    waiting: mpsc::Sender<Arc<Actor>>,
    noted: Arc<Mutex<HashMap<Said, Instant>>>,
}

/// A member, and a digest of what a token said of them.
type Said = (OrganisationId, String, u64);

impl Members {
    /// Starts the task that writes; it ends with the last copy.
    pub fn start(db: Db) -> Self {
        let (waiting, mut members) = mpsc::channel::<Arc<Actor>>(WAITING);
        let noted: Arc<Mutex<HashMap<Said, Instant>>> = Arc::default();
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
        if noted.get(&key).is_some_and(|at| at.elapsed() < EVERY) {
            return;
        }
        if self.waiting.try_send(Arc::clone(actor)).is_ok() {
            if noted.len() >= REMEMBERED {
                noted.clear();
            }
            noted.insert(key, Instant::now());
        }
    }
}

fn key(actor: &Actor) -> Option<Said> {
    Some((actor.organisation()?, actor.id.clone(), digest(actor)))
}

fn digest(actor: &Actor) -> u64 {
    let mut hasher = DefaultHasher::new();
    let role = actor.role.map(domain::role::Role::as_str);
    (&actor.name, &actor.email, role).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;

//! How many streams a member may have.

use domain::actor::Actor;
use domain::id::OrganisationId;

use super::Watcher;
use crate::problem::{Kind, Problem};

/// Streams that a member may have at once.
pub(crate) const STREAMS_EACH: usize = 10;

/// Seconds after which one of them may have ended.
const RETRY_S: u64 = 5;

/// Whose stream it is.
pub(super) type Owner = (Option<OrganisationId>, String);

/// Room for one stream of a member.
pub(crate) struct Place {
    watcher: Watcher,
    owner: Owner,
}

impl Place {
    pub(super) fn take(watcher: &Watcher, actor: &Actor) -> Result<Self, Problem> {
        let owner = (actor.organisation(), actor.id.clone());
        let mut listeners = watcher.listeners();
        let count = listeners.streams.entry(owner.clone()).or_default();
        if *count >= STREAMS_EACH {
            let detail = format!("You have {STREAMS_EACH} streams open already: close one first.");
            return Err(Problem::new(Kind::TooManyRequests, detail).with_retry_after(RETRY_S));
        }
        *count += 1;
        drop(listeners);
        Ok(Self { watcher: watcher.clone(), owner })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut listeners = self.watcher.listeners();
        if let Some(count) = listeners.streams.get_mut(&self.owner) {
            *count -= 1;
            if *count == 0 {
                listeners.streams.remove(&self.owner);
            }
        }
    }
}

//! How much is downloaded at once: a member and an organisation have so many turns, so that the memory of
//! the process and the time of the database are there for others, too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::actor::{Actor, ActorKind};
use domain::id::OrganisationId;

use crate::problem::{Kind, Problem};

/// Downloads that a caller may have at once.
const OF_CALLER: usize = 2;
/// Those of an organisation together, and of the support desk: neither takes turns of the other.
const OF_ORGANISATION: usize = 4;
/// Seconds after which one of them may have ended.
const RETRY_S: u64 = 5;

/// Whose they are: of an organisation or the support desk; of one caller there.
type Owner = (Option<OrganisationId>, Option<String>);

/// Counts what is downloaded.
#[derive(Debug, Clone, Default)]
pub struct Downloads(Arc<Mutex<HashMap<Owner, usize>>>);

/// One download, for as long as it lives.
pub(super) struct Turn {
    downloads: Downloads,
    owners: [Owner; 2],
}

impl Downloads {
    /// A turn of that caller.
    ///
    /// # Errors
    /// 429 when the caller or the organisation downloads as much as they may.
    pub(super) fn take(&self, actor: &Actor) -> Result<Turn, Problem> {
        // Support that looks at one organisation uses up none of its turns.
        let of_desk = actor.kind == ActorKind::Support;
        let organisation = actor.organisation().filter(|_| !of_desk);
        let owners = [(organisation, Some(actor.id.clone())), (organisation, None)];
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (owner, most) in owners.iter().zip([OF_CALLER, OF_ORGANISATION]) {
            if counts.get(owner).is_some_and(|count| *count >= most) {
                let whose = match owner.1 {
                    Some(_) => "You have",
                    None if of_desk => "The support desk has",
                    None => "Your organisation has",
                };
                let detail =
                    format!("{whose} {most} downloads under way already: wait for their end.");
                return Err(Problem::new(Kind::TooManyRequests, detail).with_retry_after(RETRY_S));
            }
        }
        for owner in &owners {
            *counts.entry(owner.clone()).or_default() += 1;
        }
        drop(counts);
        Ok(Turn { downloads: self.clone(), owners })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut counts = self.downloads.0.lock().unwrap_or_else(PoisonError::into_inner);
        for owner in &self.owners {
            if let Some(count) = counts.get_mut(owner) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(owner);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! Imports under way in this process: their number is bounded, and so is how many load at once. Those
//! that wait hold no connection, and requests always find one.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use store::ConnectionCount;

use crate::problem::{Kind, Problem};

/// Imports of all organisations that a process takes at once, with what they hold on disk.
const MOST: usize = 16;

/// Of so many connections an import may have one.
const CONNECTIONS_EACH: u32 = 4;

/// Seconds after which there may be room again.
const RETRY_S: u64 = 30;

/// The imports of a process.
#[derive(Debug, Clone)]
pub struct Imports {
    room: Arc<Semaphore>,
    loading: Arc<Semaphore>,
    connections: u32,
    turns: u32,
    /// Longest that one waits for its turn to load.
    patience: Duration,
}

/// Held by an import for as long as it is under way, or loads.
pub type Place = OwnedSemaphorePermit;

impl Imports {
    /// For a process with so many connections.
    pub fn new(connections: u32, patience: Duration) -> Self {
        let turns = (connections / CONNECTIONS_EACH).max(1);
        Self {
            room: Arc::new(Semaphore::new(MOST)),
            loading: Arc::new(Semaphore::new(turns as usize)),
            connections,
            turns,
            patience,
        }
    }

    /// Room for another import, before any of it is read.
    ///
    /// # Errors
    /// 503 with `Retry-After`, when there is none.
    pub fn enter(&self) -> Result<Place, Problem> {
        Arc::clone(&self.room).try_acquire_owned().map_err(|_| {
            busy(&format!("{MOST} imports are under way already: send yours again in a while."))
        })
    }

    /// The turn to load what has arrived. Where the pool may have fewer connections than it was made
    /// for, fewer load at once.
    ///
    /// # Errors
    /// 503 with `Retry-After`, when it does not come in time.
    pub async fn turn(&self, there_are: Option<ConnectionCount>) -> Result<Place, Problem> {
        let most = there_are.map_or(self.connections, |count| count.most.max(1));
        let weight = (self.connections / most).clamp(1, self.turns);
        let turn = Arc::clone(&self.loading).acquire_many_owned(weight);
        let turn = tokio::time::timeout(self.patience, turn);
        let Ok(Ok(turn)) = turn.await else {
            let detail =
                "Other imports took too long, so yours was not begun: send it again later.";
            return Err(busy(detail));
        };
        Ok(turn)
    }
}

fn busy(detail: &str) -> Problem {
    Problem::new(Kind::Unavailable, detail).with_retry_after(RETRY_S)
}

#[cfg(test)]
mod tests;

//! What a claim costs now: the real statement on a connection of its own, rolled back, so that
//! the workers' own claims go on.

use std::time::{Duration, Instant};

use store::db::{Remediable, transaction};
use store::queue::claim;
use store::{Db, DbConfig, StoreError};

use super::queue_loop::claim_limits;
use crate::latency::Samples;
use crate::postgres::Database;

/// How often: seldom enough not to be a load itself.
const EVERY: Duration = Duration::from_millis(250);

/// Asks, on a connection that stays.
pub struct Probe(Db);

/// Why the transaction rolls back: always.
enum RolledBack {
    After(Duration),
    Failed(StoreError),
}

impl From<StoreError> for RolledBack {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl Remediable for RolledBack {
    fn failed(&self) -> Option<&StoreError> {
        None
    }
}

impl Probe {
    /// On this database.
    pub fn new(database: &Database) -> Self {
        Self(Db::new(&DbConfig::new(&*database.url, 1)).expect("an address"))
    }

    /// Samples for that long.
    pub async fn during(&self, time: Duration) -> Samples {
        let (started, mut samples) = (Instant::now(), Vec::new());
        while started.elapsed() + EVERY < time {
            samples.push(self.once().await);
            tokio::time::sleep(EVERY).await;
        }
        Samples::new(samples)
    }

    async fn once(&self) -> Duration {
        let ended = self.0.run(|conn| {
            let probed: Result<(), RolledBack> = transaction(conn, |conn| {
                let started = Instant::now();
                claim(conn, &claim_limits("probe"))?;
                Err(RolledBack::After(started.elapsed()))
            });
            match probed {
                Err(RolledBack::Failed(error)) => Err(error),
                Err(RolledBack::After(elapsed)) => Ok(elapsed),
                Ok(()) => unreachable!("it always rolls back"),
            }
        });
        ended.await.expect("a claim")
    }
}

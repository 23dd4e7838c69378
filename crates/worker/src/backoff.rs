//! Pauses while the database is away: growing, with jitter, and one line in the log.

use std::time::Duration;

use store::StoreError;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);

/// Failures in a row.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    pub(crate) fn reset(&mut self) {
        if self.failures > 0 {
            tracing::info!("the database is back");
        }
        self.failures = 0;
    }

    pub(crate) async fn pause(&mut self, error: &StoreError, what: &str) {
        if self.failures == 0 {
            tracing::error!(%error, "{what}; trying again until the database is back");
        }
        let pause = FIRST.saturating_mul(1 << self.failures.min(5)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..=1.0))).await;
    }
}

//! Pauses while something fails: growing, with jitter. The log is told as of any outage.

use std::time::Duration;

use store::{Outage, StoreError};

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);

/// Failures in a row.
#[derive(Debug)]
pub(crate) struct Backoff {
    failures: u32,
    outage: Outage,
}

impl Backoff {
    /// For something that is done again and again, by its verb.
    pub(crate) fn new(what: &str) -> Self {
        Self { failures: 0, outage: Outage::of_work(what) }
    }

    pub(crate) fn reset(&mut self) {
        self.outage.over();
        self.failures = 0;
    }

    pub(crate) async fn pause(&mut self, error: &StoreError) {
        self.outage.met_by(error);
        let pause = FIRST.saturating_mul(1 << self.failures.min(5)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..=1.0))).await;
    }
}

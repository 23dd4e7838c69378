//! Until when leased jobs may be worked on, by our monotonic clock.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// A worker that cannot renew stops its requests this long before others may take its jobs.
const MARGIN: Duration = Duration::from_secs(5);

/// The length of leases, and the last renewal, which prolongs all of them at once.
pub(crate) struct LeaseClock {
    length: Duration,
    renewed_at: watch::Sender<Instant>,
}

impl LeaseClock {
    pub(crate) fn new(length: Duration) -> Self {
        Self { length, renewed_at: watch::Sender::new(Instant::now()) }
    }

    /// How long a lease lasts unless renewed.
    pub(crate) fn length(&self) -> Duration {
        self.length
    }

    /// A renewal that was sent at that instant has succeeded.
    pub(crate) fn renew(&self, sent_at: Instant) {
        self.renewed_at.send_replace(sent_at);
    }

    /// From when on a job that was claimed at that instant must no longer be worked on, because
    /// its lease is about to run out, unless it is renewed.
    pub(crate) fn over_at(&self, claimed_at: Instant) -> Instant {
        claimed_at.max(*self.renewed_at.borrow()) + self.length - MARGIN.min(self.length / 3)
    }

    /// Ends when jobs that were claimed at that instant must no longer be worked on.
    pub(crate) async fn over(&self, claimed_at: Instant) {
        let mut renewed_at = self.renewed_at.subscribe();
        loop {
            renewed_at.mark_unchanged();
            tokio::select! {
                () = tokio::time::sleep_until(self.over_at(claimed_at)) => return,
                changed = renewed_at.changed() => if changed.is_err() { return },
            }
        }
    }
}

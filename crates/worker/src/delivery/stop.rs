//! When the deliveries of one claim must be broken off: their lease is about to run out, or the
//! worker gives up what is left. One task watches for all of them.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::Shared;
use crate::stage::Claimed;

/// Breaks the deliveries of one claim off.
#[derive(Clone)]
pub(crate) struct Stop {
    claimed_at: Instant,
    shared: Arc<Shared>,
    stopped: watch::Receiver<bool>,
}

impl Stop {
    /// For the jobs of a claim; `abort` turning true stops them too.
    pub(crate) fn of_claim(
        shared: &Arc<Shared>,
        claimed: Claimed,
        mut abort: watch::Receiver<bool>,
    ) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (claimed_at, watched) = (claimed.asked_at, Arc::clone(shared));
        tokio::spawn(async move {
            tokio::select! {
                () = watched.lease.over(claimed_at) => {}
                _ = abort.wait_for(|abort| *abort) => {}
                // The last of them has ended.
                () = stop.closed() => {}
            }
            stop.send_replace(true);
        });
        Self { claimed_at, shared: Arc::clone(shared), stopped }
    }

    /// Ends when it is time to stop.
    pub(super) async fn now(&mut self) {
        let Self { claimed_at, shared, stopped } = self;
        let mut stopped = pin!(stopped.wait_for(|stop| *stop));
        poll_fn(|context| {
            // After a stall of the whole process nothing may leave, whoever is woken first: the
            // clock is asked each time, not only the task that watches it.
            if Instant::now() >= shared.lease.over_at(*claimed_at) {
                return Poll::Ready(());
            }
            stopped.as_mut().poll(context).map(drop)
        })
        .await;
    }
}

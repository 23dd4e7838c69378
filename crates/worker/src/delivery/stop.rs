//! When the deliveries of one claim must be broken off: their lease is about to run out, or the
//! worker gives up what is left. One task watches for all of them.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::flight::Flights;

/// When a claim was made, by our monotonic clock. The database's clock was read in between.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claimed {
    /// When it was asked for: leases are no younger.
    pub(crate) asked_at: Instant,
    /// When its answer had come: the database's clock was read before.
    pub(crate) answered_at: Instant,
}

/// Tells the deliveries of one claim to stop.
#[derive(Clone)]
pub(crate) struct Stop {
    /// When they were claimed.
    pub(super) claimed: Claimed,
    flights: Arc<Flights>,
    told: watch::Receiver<bool>,
}

impl Stop {
    /// For the jobs of a claim; `abort` turning true stops them too.
    pub(crate) fn of_claim(
        flights: Arc<Flights>,
        claimed: Claimed,
        mut abort: watch::Receiver<bool>,
    ) -> Self {
        let (tell, told) = watch::channel(false);
        let watched = Arc::clone(&flights);
        tokio::spawn(async move {
            tokio::select! {
                () = watched.lease_over(claimed.asked_at) => {}
                _ = abort.wait_for(|abort| *abort) => {}
                // The last of them has ended.
                () = tell.closed() => {}
            }
            tell.send_replace(true);
        });
        Self { claimed, flights, told }
    }

    /// Ends when it is time to stop.
    pub(super) async fn now(&mut self) {
        let Self { claimed, flights, told } = self;
        let mut told = pin!(told.wait_for(|stop| *stop));
        poll_fn(|context| {
            // After a stall of the whole process nothing may leave, whoever is woken first: the
            // clock is asked each time, not only the task that watches it.
            if Instant::now() >= flights.lease_over_at(claimed.asked_at) {
                return Poll::Ready(());
            }
            told.as_mut().poll(context).map(drop)
        })
        .await;
    }
}

//! What becomes of claimed jobs: each is sent by a task of its own, and its result goes to the
//! recorder.

use std::sync::Arc;

use store::queue::Job;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::Shared;
use crate::delivery::{Delivery, Stop};
use crate::stage::{Claimed, Leased, Sent};

/// Launches deliveries.
pub(crate) struct Launcher {
    pub(crate) shared: Arc<Shared>,
    pub(crate) delivery: Arc<Delivery>,
    /// Turns true when the worker gives up what is in flight.
    pub(crate) abort: watch::Receiver<bool>,
    /// Where results wait to be recorded.
    pub(crate) results: mpsc::UnboundedSender<Sent>,
}

impl Launcher {
    /// Launches the jobs of one claim.
    pub(super) fn launch(&self, jobs: Vec<Job>, claimed: Claimed) {
        if jobs.is_empty() {
            return;
        }
        self.shared.in_flight.add(&jobs, claimed.asked_at);
        let stop = Stop::of_claim(&self.shared, claimed, self.abort.clone());
        for job in jobs {
            let (shared, delivery) = (Arc::clone(&self.shared), Arc::clone(&self.delivery));
            let (results, stop) = (self.results.clone(), stop.clone());
            tokio::spawn(async move {
                store::crash::point("before_send");
                let sent = delivery.run(Leased { job, claimed }, stop).await;
                store::crash::point("after_send");
                shared.in_flight.complete(sent.lease.attempt);
                shared.admission.learn(&sent, Instant::now());
                // Nobody receives once the worker has given up recording: then the lease runs out.
                let _ = results.send(sent);
            });
        }
    }
}

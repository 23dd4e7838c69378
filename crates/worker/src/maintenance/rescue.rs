//! Rescues what a lost worker held: its leases ran out.

use domain::outcome::Outcome;
use store::queue::{RecordPolicy, rescue};
use store::{Conn, StoreError};

use crate::metrics;
use crate::recorder::log_refused;

/// Rescues a batch; whether there was any.
pub(super) fn batch(conn: &mut Conn, policy: &RecordPolicy) -> Result<bool, StoreError> {
    let rescued = rescue(conn, policy)?;
    if rescued.recorded > 0 {
        metrics::attempts(Outcome::WorkerLost, rescued.recorded);
        tracing::warn!(attempts = rescued.recorded, "leases ran out: attempts counted as lost");
    }
    metrics::recorded_ends(&rescued);
    log_refused(&rescued);
    Ok(rescued.recorded > 0)
}

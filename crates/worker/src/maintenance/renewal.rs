//! Renews the leases of what is in flight.

use std::sync::Arc;
use std::time::Duration;

use store::queue::renew;
use store::{Db, Outage};
use tokio::time::Instant;

use super::{Stopped, next, ticks};
use crate::Shared;

/// How soon a failed renewal is tried again.
const RENEW_AGAIN: Duration = Duration::from_secs(1);

/// Renews every third of a lease's length. After a failure it tries again soon.
pub(super) async fn run(db: Db, shared: Arc<Shared>, mut stopped: Stopped) {
    let (length, outage) = (shared.lease.length(), Outage::of_work("renew leases"));
    let mut ticks = ticks(length / 3);
    while next(&mut ticks, &mut stopped).await {
        let held = shared.in_flight.keys();
        let sent_at = Instant::now();
        let renewed = db.run(move |conn| renew(conn, &held, length)).await;
        outage.heard(&renewed);
        match renewed {
            Ok(_) => shared.lease.renew(sent_at),
            Err(_) => ticks.reset_after(RENEW_AGAIN.min(length / 6)),
        }
    }
}

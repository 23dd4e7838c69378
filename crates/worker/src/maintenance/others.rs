//! Counts the leases of other workers: organisations and hosts are capped over all of them.

use std::sync::Arc;
use std::time::Duration;

use store::Db;
use store::queue::held_by_others;

use super::{Stopped, next, ticks};
use crate::Shared;

/// How often.
const PERIOD: Duration = Duration::from_secs(1);

/// Passes the counts on to admission.
pub(super) async fn run(db: Db, shared: Arc<Shared>, mut stopped: Stopped) {
    let mut ticks = ticks(PERIOD);
    while next(&mut ticks, &mut stopped).await {
        // Who has nothing in flight may begin: the caps are soft.
        let others = if shared.in_flight.load().jobs == 0 {
            Vec::new()
        } else {
            let worker = Arc::clone(&shared.worker);
            // While the database is away nothing is claimed either.
            db.run(move |conn| held_by_others(conn, &worker)).await.unwrap_or_default()
        };
        shared.admission.set_others(others);
    }
}

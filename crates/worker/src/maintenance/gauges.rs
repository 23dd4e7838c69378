//! Reads the gauges of the queue and of storage.

use std::time::Duration;

use store::{Conn, Db, stats};
use tokio::time::Instant;

use super::{Stopped, next, rest, ticks};
use crate::metrics;

/// How often, at most: counting a long queue takes time.
const PERIOD: Duration = Duration::from_secs(5);

/// How often storage is looked at: each file of the database.
const STORAGE: Duration = Duration::from_mins(1);

/// Passes those of the queue on to the metrics.
pub(super) async fn run(db: Db, mut stopped: Stopped) {
    let mut ticks = ticks(PERIOD);
    while next(&mut ticks, &mut stopped).await {
        if let Some(connections) = db.connections() {
            metrics::connections(connections);
        }
        let timed = |conn: &mut Conn| {
            let begun = Instant::now();
            stats::queue_depth(conn).map(|depth| (begun.elapsed(), depth))
        };
        if let Ok((took, depth)) = db.run(timed).await {
            metrics::queue(&depth);
            ticks.reset_after(rest(PERIOD, took));
        }
    }
}

/// Passes those of storage on to the metrics.
pub(super) async fn of_storage(db: Db, mut stopped: Stopped) {
    let mut ticks = ticks(STORAGE);
    while next(&mut ticks, &mut stopped).await {
        if let Ok(storage) = db.run(stats::storage).await {
            metrics::storage(&storage);
        }
    }
}

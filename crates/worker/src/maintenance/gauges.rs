//! Reads the gauges of the queue.

use std::time::Duration;

use store::{Conn, Db, stats};
use tokio::time::Instant;

use super::{Stopped, next, rest, ticks};
use crate::metrics;

/// How often, at most: counting a long queue takes time.
const PERIOD: Duration = Duration::from_secs(5);

/// Passes them on to the metrics.
pub(super) async fn run(db: Db, mut stopped: Stopped) {
    let mut ticks = ticks(PERIOD);
    while next(&mut ticks, &mut stopped).await {
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

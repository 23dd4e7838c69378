//! Reads the gauges of the queue.

use std::time::Duration;

use store::{Db, stats};

use super::{Stopped, next, ticks};
use crate::metrics;

/// How often.
const PERIOD: Duration = Duration::from_secs(5);

/// Passes them on to the metrics.
pub(super) async fn run(db: Db, mut stopped: Stopped) {
    let mut ticks = ticks(PERIOD);
    while next(&mut ticks, &mut stopped).await {
        if let Ok(depth) = db.run(stats::queue_depth).await {
            metrics::queue(&depth);
        }
    }
}

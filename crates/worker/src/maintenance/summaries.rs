//! Counts attempts and exports by day, for summaries.

use std::time::Duration;

use store::Db;
use store::summaries::{Counted, count_on};

use super::{Stopped, next, step, ticks};

/// How often it is counted on: what is not yet, is counted by each who asks.
const PERIOD: Duration = Duration::from_secs(10);

const WHAT: &str = "count for summaries";

/// Counts on. What there is more of is counted at once, one short call after the other.
pub(super) async fn run(db: Db, mut stopped: Stopped) {
    let mut ticks = ticks(PERIOD);
    while next(&mut ticks, &mut stopped).await {
        let more = [
            step(&db, WHAT, |conn| count_on(conn, Counted::Exports)).await,
            step(&db, WHAT, |conn| count_on(conn, Counted::Attempts)).await,
        ];
        if more.contains(&true) {
            ticks.reset_immediately();
        }
    }
}

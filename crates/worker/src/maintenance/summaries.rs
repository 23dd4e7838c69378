//! Counts attempts and exports by day, for summaries.

use std::time::Duration;

use store::Db;
use store::summaries::{Counted, count_on};

use super::{Stopped, next, rest, step, ticks, timed};

/// How often it is counted on, at most.
const PERIOD: Duration = Duration::from_secs(10);

const WHAT: &str = "count for summaries";

/// Counts on. What there is more of is counted at once, one short call after the other.
pub(super) async fn run(db: Db, mut stopped: Stopped) {
    let mut ticks = ticks(PERIOD);
    while next(&mut ticks, &mut stopped).await {
        let more = step(&db, WHAT, |conn| count_on(conn, Counted::Exports)).await;
        let (took, more_attempts) =
            timed(&db, WHAT, |conn| count_on(conn, Counted::Attempts)).await;
        if more || more_attempts {
            ticks.reset_immediately();
        } else {
            ticks.reset_after(rest(PERIOD, took));
        }
    }
}

//! Judges exports after they were accepted: those that are unusual are flagged. At rest a round is one look.

use std::time::Duration;

use store::flags::{due, judge};
use store::{Conn, Db};

use super::{Stopped, next, step, ticks};

/// How often it is looked for exports to judge.
const PERIOD: Duration = Duration::from_secs(1);

/// How long an id is let settle: its commit mostly comes within milliseconds, and what comes later is
/// found a minute later.
const SETTLED: Duration = Duration::from_millis(500);

const WHAT: &str = "flag unusual exports";

/// One batch a call; what there is more of is judged at once.
pub(super) async fn run(db: Db, mut stopped: Stopped) {
    let mut ticks = ticks(PERIOD);
    while next(&mut ticks, &mut stopped).await {
        let call = |conn: &mut Conn| Ok(due(conn, SETTLED)? && judge(conn, SETTLED)?.more);
        if step(&db, WHAT, call).await {
            ticks.reset_immediately();
        }
    }
}

//! Makes partitions before they are needed and deletes what is kept no longer.

use std::time::Duration;

use store::maintenance::{self, PayloadRetention};
use store::{Conn, Db, StoreError, summaries};

use super::{Stopped, next, rest, step, ticks, timed};

/// How often payloads, secrets and URLs go whose time is over: they are kept to the minute.
const TO_THE_MINUTE: Duration = Duration::from_secs(30);

/// How often the rest goes.
const PERIOD: Duration = Duration::from_mins(10);

/// How often it is looked for payloads that a process of an earlier version ended.
const NOTED: Duration = Duration::from_hours(6);

const WHAT: &str = "delete old data";

/// Keeps payloads, and what was sealed, no longer than was said. One batch a call, so that a large
/// heap of them does not keep a connection.
pub(super) async fn secrets(db: Db, mut stopped: Stopped) {
    let mut ticks = ticks(TO_THE_MINUTE);
    while next(&mut ticks, &mut stopped).await {
        let more = [
            step(&db, WHAT, |conn| Ok(maintenance::drop_payloads(conn)? > 0)).await,
            step(&db, WHAT, |conn| Ok(maintenance::destroy_sealed(conn)? > 0)).await,
            step(&db, WHAT, |conn| Ok(maintenance::drop_secrets(conn)? > 0)).await,
        ];
        if more.contains(&true) {
            ticks.reset_immediately();
        }
    }
}

/// Keeps the log as long as asked.
pub(super) async fn run(db: Db, log_retention: Duration, mut stopped: Stopped) {
    let mut ticks = ticks(PERIOD);
    while next(&mut ticks, &mut stopped).await {
        let call = move |conn: &mut Conn| delete_old(conn, log_retention).map(|()| false);
        step(&db, WHAT, call).await;
    }
}

fn delete_old(conn: &mut Conn, log_retention: Duration) -> Result<(), StoreError> {
    maintenance::make_partitions(conn)?;
    while maintenance::drop_exports(conn, log_retention)? > 0 {}
    while maintenance::forget_requesters(conn, log_retention)? > 0 {}
    while maintenance::drop_idempotency_keys(conn)? > 0 {}
    while maintenance::drop_usual(conn)? > 0 {}
    while maintenance::drop_notifications(conn)? > 0 {}
    while maintenance::forget_members(conn)? > 0 {}
    for month in maintenance::drop_partitions(conn, log_retention)? {
        tracing::info!(month, "dropped a month of the log");
    }
    summaries::drop_days(conn, log_retention)?;
    Ok(())
}

/// Finds payloads that an earlier version forgot.
pub(super) async fn forgotten(db: Db, kept: PayloadRetention, mut stopped: Stopped) {
    let mut ticks = ticks(NOTED);
    while next(&mut ticks, &mut stopped).await {
        let call = move |conn: &mut Conn| maintenance::note_payloads(conn, kept).map(|_| false);
        let (took, _) = timed(&db, WHAT, call).await;
        ticks.reset_after(rest(NOTED, took));
    }
}

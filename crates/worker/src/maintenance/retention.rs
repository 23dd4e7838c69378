//! Makes partitions before they are needed and deletes what is kept no longer.

use std::time::Duration;

use store::maintenance::{self, PayloadRetention};
use store::{Conn, Db, StoreError};

use super::{Stopped, next, step, ticks};

/// How often.
const PERIOD: Duration = Duration::from_mins(10);

/// Keeps payloads and the log as long as asked.
pub(super) async fn run(
    db: Db,
    kept: PayloadRetention,
    log_retention: Duration,
    mut stopped: Stopped,
) {
    let mut ticks = ticks(PERIOD);
    while next(&mut ticks, &mut stopped).await {
        let call = move |conn: &mut Conn| delete_old(conn, kept, log_retention).map(|()| false);
        step(&db, "delete old data", call).await;
    }
}

fn delete_old(
    conn: &mut Conn,
    kept: PayloadRetention,
    log_retention: Duration,
) -> Result<(), StoreError> {
    maintenance::make_partitions(conn)?;
    while maintenance::drop_payloads(conn, kept)? > 0 {}
    while maintenance::drop_exports(conn, log_retention)? > 0 {}
    while maintenance::destroy_sealed(conn)? > 0 {}
    maintenance::drop_secrets(conn)?;
    maintenance::drop_idempotency_keys(conn)?;
    for month in maintenance::drop_partitions(conn, log_retention)? {
        tracing::info!(month, "dropped a month of the log");
    }
    Ok(())
}

//! Keepers: what runs beside the rounds, at its own pace, until the worker stops.

use std::sync::Arc;
use std::time::Duration;

use chrono::{Months, Utc};
use domain::outcome::Outcome;
use store::queue::{RecordPolicy, end_expired, end_of_disabled, renew, rescue, wake_parked};
use store::retention::PayloadRetention;
use store::{Conn, Db, StoreError, retention, stats};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::flight::Flights;
use crate::metrics;

/// How often the queue is healed.
const HEAL: Duration = Duration::from_secs(1);
/// How often old data goes.
const TIDY: Duration = Duration::from_mins(10);
/// How often the gauges are read.
const GAUGES: Duration = Duration::from_secs(5);

type Stopped = watch::Receiver<bool>;

/// Renews the leases of what is in flight, every third of their length, on a connection of its
/// own: a busy pool must not cost leases.
pub(crate) async fn leases(db: Db, flights: Arc<Flights>, mut stopped: Stopped) {
    let lease = flights.lease();
    let mut ticks = ticks(lease / 3);
    while next(&mut ticks, &mut stopped).await {
        let held = flights.keys();
        let sent_at = Instant::now();
        match db.run(move |conn| renew(conn, &held, lease)).await {
            Ok(_) => flights.renewed(sent_at),
            Err(error) => tracing::warn!(%error, "could not renew leases"),
        }
    }
}

/// Heals the queue: lost leases, parked lanes, exports that can no longer be sent.
pub(crate) async fn queue(db: Db, policy: RecordPolicy, deadline: Duration, mut stopped: Stopped) {
    let mut ticks = ticks(HEAL);
    while next(&mut ticks, &mut stopped).await {
        let policy = policy.clone();
        let healed = db.run(move |conn| heal(conn, &policy, deadline)).await;
        if let Err(error) = healed {
            tracing::warn!(%error, "could not heal the queue");
        }
    }
}

fn heal(conn: &mut Conn, policy: &RecordPolicy, deadline: Duration) -> Result<(), StoreError> {
    let rescued = rescue(conn, policy)?;
    if rescued.recorded > 0 {
        metrics::attempts(Outcome::WorkerLost, rescued.recorded);
        tracing::warn!(attempts = rescued.recorded, "leases ran out: attempts counted as lost");
    }
    let woken = wake_parked(conn)?;
    if woken > 0 {
        tracing::debug!(lanes = woken, "woke parked lanes");
    }
    while end_of_disabled(conn, policy.retention)? > 0 {}
    while end_expired(conn, deadline, policy.retention)? > 0 {}
    Ok(())
}

/// Makes partitions before they are needed and forgets what is kept no longer.
pub(crate) async fn data(
    db: Db,
    kept: PayloadRetention,
    log_retention: Duration,
    mut stopped: Stopped,
) {
    let mut ticks = ticks(TIDY);
    while next(&mut ticks, &mut stopped).await {
        if let Err(error) = db.run(move |conn| tidy(conn, kept, log_retention)).await {
            tracing::warn!(%error, "could not tidy old data");
        }
    }
}

fn tidy(
    conn: &mut Conn,
    kept: PayloadRetention,
    log_retention: Duration,
) -> Result<(), StoreError> {
    retention::make_partitions(conn)?;
    while retention::drop_payloads(conn, kept)? > 0 {}
    while retention::drop_exports(conn, log_retention)? > 0 {}
    while retention::destroy_sealed(conn)? > 0 {}
    retention::drop_idempotency_keys(conn)?;
    let days = log_retention.as_secs() / 86_400;
    let months = Months::new(u32::try_from(days / 30).unwrap_or(u32::MAX));
    if let Some(keep_from) = Utc::now().date_naive().checked_sub_months(months) {
        for partition in retention::drop_partitions(conn, keep_from)? {
            tracing::info!(partition, "dropped a month of the log");
        }
    }
    Ok(())
}

/// Reads the gauges of the queue.
pub(crate) async fn gauges(db: Db, mut stopped: Stopped) {
    let mut ticks = ticks(GAUGES);
    while next(&mut ticks, &mut stopped).await {
        if let Ok(depth) = db.run(stats::queue_depth).await {
            metrics::queue(&depth);
        }
    }
}

fn ticks(period: Duration) -> tokio::time::Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Waits for the next tick; false when the worker stops.
async fn next(ticks: &mut tokio::time::Interval, stopped: &mut Stopped) -> bool {
    tokio::select! {
        _ = stopped.wait_for(|stopped| *stopped) => false,
        _ = ticks.tick() => true,
    }
}

//! Keepers: what runs beside claiming and recording, at its own pace, until the worker stops.

use std::sync::Arc;
use std::time::Duration;

use domain::outcome::Outcome;
use store::maintenance::PayloadRetention;
use store::queue::{
    RecordPolicy, Recorded, end_expired, end_of_disabled, find_stranded, held_by_others, renew,
    rescue, wake_parked,
};
use store::{Conn, Db, StoreError, maintenance, stats};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::flight::Flights;
use crate::metrics;
use crate::recorder::refused;

/// How soon a failed renewal is tried again.
const RENEW_AGAIN: Duration = Duration::from_secs(1);
/// How often the queue is healed.
const HEAL: Duration = Duration::from_secs(1);
/// How often it is looked what other workers have under lease.
const ELSEWHERE: Duration = Duration::from_secs(1);
/// How often lanes are searched for jobs below their lower bound.
const OVERLOOKED: Duration = Duration::from_secs(15);
/// How often old data goes.
const TIDY: Duration = Duration::from_mins(10);
/// How often the gauges are read.
const GAUGES: Duration = Duration::from_secs(5);

type Stopped = watch::Receiver<bool>;

/// Renews the leases of what is in flight, every third of their length, on a connection of its
/// own: a busy pool must not cost leases. After a failure it tries again at once.
pub(crate) async fn leases(db: Db, flights: Arc<Flights>, mut stopped: Stopped) {
    let lease = flights.lease();
    let mut ticks = ticks(lease / 3);
    while next(&mut ticks, &mut stopped).await {
        let held = flights.keys();
        let sent_at = Instant::now();
        match db.run(move |conn| renew(conn, &held, lease)).await {
            Ok(_) => flights.renewed(sent_at),
            Err(error) => {
                tracing::warn!(%error, "could not renew leases");
                ticks.reset_after(RENEW_AGAIN.min(lease / 6));
            }
        }
    }
}

/// Heals the queue: lost leases, parked lanes, exports that can no longer be sent. Each step is a
/// short call of its own, so that none keeps the others from running.
pub(crate) async fn queue(db: Db, policy: RecordPolicy, deadline: Duration, mut stopped: Stopped) {
    let mut ticks = ticks(HEAL);
    let (kept, policy) = (policy.retention, Arc::new(policy));
    while next(&mut ticks, &mut stopped).await {
        let rescuing = Arc::clone(&policy);
        let more = [
            step(&db, move |conn| rescue(conn, &rescuing).map(rescued)).await,
            step(&db, |conn| wake_parked(conn).map(|_| false)).await,
            step(&db, move |conn| end_of_disabled(conn, kept).map(|ended| ended > 0)).await,
            step(&db, move |conn| end_expired(conn, deadline, kept).map(|ended| ended > 0)).await,
        ];
        if more.contains(&true) {
            ticks.reset_immediately();
        }
    }
}

/// Finds jobs that are waited for in vain: an index is walked for them that somebody's long
/// transaction may have made long, so it is done less often.
pub(crate) async fn overlooked(db: Db, mut stopped: Stopped) {
    let mut ticks = ticks(OVERLOOKED);
    while next(&mut ticks, &mut stopped).await {
        step(&db, |conn| find_stranded(conn).map(|_| false)).await;
    }
}

/// Whether there may be more to do at once.
async fn step<F>(db: &Db, call: F) -> bool
where
    F: FnOnce(&mut Conn) -> Result<bool, StoreError> + Send + 'static,
{
    db.run(call).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "could not heal the queue");
        false
    })
}

fn rescued(rescued: Recorded) -> bool {
    if rescued.recorded > 0 {
        metrics::attempts(Outcome::WorkerLost, rescued.recorded);
        tracing::warn!(attempts = rescued.recorded, "leases ran out: attempts counted as lost");
    }
    refused(&rescued);
    rescued.recorded > 0
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
    maintenance::make_partitions(conn)?;
    while maintenance::drop_payloads(conn, kept)? > 0 {}
    while maintenance::drop_exports(conn, log_retention)? > 0 {}
    while maintenance::destroy_sealed(conn)? > 0 {}
    maintenance::drop_idempotency_keys(conn)?;
    for month in maintenance::drop_partitions(conn, log_retention)? {
        tracing::info!(month, "dropped a month of the log");
    }
    Ok(())
}

/// Sees what the other workers have under lease: organisations and hosts are capped over all.
pub(crate) async fn elsewhere(
    db: Db,
    worker: Arc<str>,
    flights: Arc<Flights>,
    mut stopped: Stopped,
) {
    let mut ticks = ticks(ELSEWHERE);
    while next(&mut ticks, &mut stopped).await {
        // Who has nothing in flight may begin: the caps are soft.
        let seen = if flights.load().jobs == 0 {
            Vec::new()
        } else {
            let worker = Arc::clone(&worker);
            // While the database is away nothing is claimed either.
            db.run(move |conn| held_by_others(conn, &worker)).await.unwrap_or_default()
        };
        flights.see_elsewhere(seen);
    }
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

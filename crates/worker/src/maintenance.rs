//! Maintenance: what runs beside claiming and recording, each part at its own pace, until the
//! worker stops. All workers do it; none leads.

mod changes;
mod flags;
mod gauges;
mod others;
mod renewal;
mod rescue;
mod retention;
mod summaries;
mod sweeps;

use std::sync::Arc;
use std::time::Duration;

use store::db::Share;
use store::queue::RecordPolicy;
use store::{Conn, Db, StoreError};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use crate::Shared;
use crate::config::WorkerConfig;

/// Turns true when the worker stops.
pub(crate) type Stopped = watch::Receiver<bool>;

/// Connections of the pool that maintenance takes at once: one each, but for renewal and for what is
/// looked at rarely; mail is one of them.
pub(crate) const CONNECTIONS: u32 = 7;

/// Where connections are few, it takes fewer; two, so that what takes long does not keep lost leases
/// from being rescued.
pub(crate) const SHARE: Share = Share { least: 2, one_in: 20 };

/// Starts every part. `lease_db` is for renewals alone: a busy pool must not cost leases.
pub(crate) fn start(
    config: &WorkerConfig,
    db: &Db,
    lease_db: Db,
    policy: &Arc<RecordPolicy>,
    shared: &Arc<Shared>,
    stopped: &Stopped,
) -> JoinSet<()> {
    let (db, shared, stopped) = (|| db.clone(), || Arc::clone(shared), || stopped.clone());
    let (deadline, kept, log) = (config.export_deadline, policy.retention, config.log_retention);
    let rhythm = config.mail.rhythm();
    let mut parts = JoinSet::new();
    parts.spawn(renewal::run(lease_db, shared(), stopped()));
    parts.spawn(changes::run(db(), shared(), stopped()));
    parts.spawn(sweeps::queue(db(), Arc::clone(policy), rhythm, shared(), stopped()));
    parts.spawn(sweeps::resolved(db(), rhythm, stopped()));
    parts.spawn(sweeps::expired(db(), kept, deadline, shared(), stopped()));
    parts.spawn(sweeps::stranded_lanes(db(), stopped()));
    parts.spawn(flags::run(db(), stopped()));
    parts.spawn(others::run(db(), shared(), stopped()));
    parts.spawn(retention::secrets(db(), stopped()));
    parts.spawn(retention::run(db(), log, stopped()));
    parts.spawn(retention::forgotten(db(), kept, stopped()));
    parts.spawn(summaries::run(db(), stopped()));
    parts.spawn(gauges::run(db(), stopped()));
    parts.spawn(gauges::of_storage(db(), stopped()));
    parts
}

/// One short call; whether there may be more to do at once. A failure is told to the log as any
/// outage is: the next round tries again.
pub(crate) async fn step<F>(db: &Db, what: &'static str, call: F) -> bool
where
    F: FnOnce(&mut Conn) -> Result<bool, StoreError> + Send + 'static,
{
    timed(db, what, call).await.1
}

/// The same, and how long it took on its connection.
async fn timed<F>(db: &Db, what: &'static str, call: F) -> (Duration, bool)
where
    F: FnOnce(&mut Conn) -> Result<bool, StoreError> + Send + 'static,
{
    let timed = move |conn: &mut Conn| {
        let begun = Instant::now();
        call(conn).map(|more| (begun.elapsed(), more))
    };
    let done = db.run(timed).await;
    db.work(what).heard(&done);
    done.unwrap_or((Duration::ZERO, false))
}

/// How long to rest after something that reads more the more there is: so long that it takes a
/// thousandth of a core, but two minutes at most.
fn rest(period: Duration, took: Duration) -> Duration {
    period.max((took * 1_000).min(Duration::from_mins(2)))
}

pub(crate) fn ticks(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Waits for the next tick; false when the worker stops.
pub(crate) async fn next(ticks: &mut Interval, stopped: &mut Stopped) -> bool {
    tokio::select! {
        _ = stopped.wait_for(|stopped| *stopped) => false,
        _ = ticks.tick() => true,
    }
}

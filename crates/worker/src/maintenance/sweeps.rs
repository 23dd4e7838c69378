//! Sweeps the queue: lost leases, parked and stranded lanes, exports that can no longer be sent.

use std::sync::Arc;
use std::time::Duration;

use store::maintenance::PayloadRetention;
use store::queue::{
    RecordPolicy, derive_restricted, end_expired, end_of_disabled, find_stranded, wake_parked,
};
use store::{Conn, Db, StoreError};

use super::{Stopped, next, rescue, step, ticks};

/// How often the queue is swept.
const SWEEP: Duration = Duration::from_secs(1);

/// How often lanes are searched for jobs below their lower bound.
const STRANDED: Duration = Duration::from_secs(15);

const WHAT: &str = "sweep the queue";

/// Each step is a short call of its own, so that none keeps the others from running.
pub(super) async fn queue(
    db: Db,
    policy: Arc<RecordPolicy>,
    deadline: Duration,
    mut stopped: Stopped,
) {
    let mut ticks = ticks(SWEEP);
    let kept = policy.retention;
    while next(&mut ticks, &mut stopped).await {
        let policy = Arc::clone(&policy);
        let expired = move |conn: &mut _| end_expired(conn, deadline, kept).map(|ended| ended > 0);
        let more = [
            step(&db, WHAT, move |conn| rescue::batch(conn, &policy)).await,
            step(&db, WHAT, |conn| wake_parked(conn).map(|_| false)).await,
            step(&db, WHAT, move |conn| end_of_disabled(conn, kept).map(|ended| ended > 0)).await,
            step(&db, WHAT, expired).await,
            step(&db, WHAT, move |conn| carry_on(conn, kept)).await,
        ];
        if more.contains(&true) {
            ticks.reset_immediately();
        }
    }
}

/// Carries on what somebody may not be part of any more.
fn carry_on(conn: &mut Conn, kept: PayloadRetention) -> Result<bool, StoreError> {
    let carried = derive_restricted(conn, kept)?;
    for (export, error) in &carried.failed {
        tracing::error!(export.id = %export, %error, "an export could not be carried on");
    }
    Ok(carried.ended > 0)
}

/// Finds jobs below the lower bound of their lane: an index is walked for them that somebody's
/// long transaction may have made long, so it is done less often.
pub(super) async fn stranded_lanes(db: Db, mut stopped: Stopped) {
    let mut ticks = ticks(STRANDED);
    while next(&mut ticks, &mut stopped).await {
        step(&db, WHAT, |conn| find_stranded(conn).map(|_| false)).await;
    }
}

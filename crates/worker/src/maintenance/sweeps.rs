//! Sweeps the queue: lost leases, parked and stranded lanes, exports that can no longer be sent. At rest
//! a round is one look.

use std::sync::Arc;
use std::time::Duration;

use domain::export::EndState;
use store::maintenance::PayloadRetention;
use store::news::{self, MailRhythm, Swept};
use store::queue::{
    Found, RecordPolicy, carry_over, cut_erased, derive_restricted, end_expired, end_of_deleted,
    end_of_disabled, find_stranded, look, wake_parked,
};
use store::{Conn, Db, StoreError};

use super::{Stopped, next, rescue, rest, step, ticks, timed};
use crate::Shared;
use crate::metrics;

/// How often the queue is swept.
const SWEEP: Duration = Duration::from_secs(1);

/// How often all lanes are gone through for jobs that they do not know of, at most.
const STRANDED: Duration = Duration::from_secs(15);

/// How often all organisations are gone through for exports past their deadline, at most; more often
/// where the deadline is short.
const EXPIRED: Duration = Duration::from_mins(1);

/// How often, at least, it is looked for exports that were accepted after they had failed.
const RESOLVED: Duration = Duration::from_secs(30);

const WHAT: &str = "sweep the queue";

/// Each step is a short call of its own, so that none keeps the others from running. What there is more
/// of is swept on at once.
pub(super) async fn queue(
    db: Db,
    policy: Arc<RecordPolicy>,
    rhythm: MailRhythm,
    shared: Arc<Shared>,
    mut stopped: Stopped,
) {
    let mut ticks = ticks(SWEEP);
    while next(&mut ticks, &mut stopped).await {
        let found = db.run(look).await;
        db.work(WHAT).heard(&found);
        let Ok(found) = found else { continue };
        if sweep(&db, &policy, rhythm, found).await {
            ticks.reset_immediately();
        }
        if found.ends_exports() {
            shared.changed.notify_one();
        }
    }
}

/// Whether there may be more.
async fn sweep(db: &Db, policy: &Arc<RecordPolicy>, rhythm: MailRhythm, found: Found) -> bool {
    let kept = policy.retention;
    let mut more = false;
    if found.lost {
        let policy = Arc::clone(policy);
        more |= step(db, WHAT, move |conn| rescue::batch(conn, &policy)).await;
    }
    if found.parked {
        step(db, WHAT, |conn| wake_parked(conn).map(|_| false)).await;
    }
    if found.disabled {
        more |= step(db, WHAT, move |conn| counted(EndState::Failed, end_of_disabled(conn, kept)))
            .await;
    }
    if found.deleted {
        more |= step(db, WHAT, |conn| counted(EndState::Cancelled, end_of_deleted(conn))).await;
    }
    if found.restricted {
        more |= step(db, WHAT, move |conn| carry_on(conn, kept)).await;
    }
    if found.erased {
        more |= step(db, WHAT, move |conn| cut_batch(conn, kept)).await;
    }
    if found.carried {
        more |= step(db, WHAT, carry_over_batch).await;
    }
    if found.news {
        more |= step(db, WHAT, move |conn| told(news::tell(conn, rhythm))).await;
    }
    more
}

/// Cuts whoever was erased out of what exports keep.
fn cut_batch(conn: &mut Conn, kept: PayloadRetention) -> Result<bool, StoreError> {
    let cuts = cut_erased(conn, kept)?;
    for (export, error) in &cuts.failed {
        tracing::error!(export.id = %export, %error, "nobody could be cut out of an export");
    }
    Ok(cuts.done > 0)
}

/// Carries over what a replaced webhook left to its successor.
fn carry_over_batch(conn: &mut Conn) -> Result<bool, StoreError> {
    let carried = carry_over(conn)?;
    for (export, error) in &carried.failed {
        tracing::error!(export.id = %export, %error, "an export could not be carried over");
    }
    Ok(carried.done > 0)
}

/// Carries on what somebody may not be part of any more.
fn carry_on(conn: &mut Conn, kept: PayloadRetention) -> Result<bool, StoreError> {
    let carried = derive_restricted(conn, kept)?;
    for (export, error) in &carried.failed {
        tracing::error!(export.id = %export, %error, "an export could not be carried on");
    }
    counted(EndState::Cancelled, Ok(carried.ended))
}

/// Whether any ended; they count.
fn counted(state: EndState, ended: Result<usize, StoreError>) -> Result<bool, StoreError> {
    let ended = ended?;
    metrics::ended(state, ended);
    Ok(ended > 0)
}

/// Whether there is more to tell; what was told counts.
fn told(swept: Result<Swept, StoreError>) -> Result<bool, StoreError> {
    let swept = swept?;
    metrics::notified(swept.made);
    Ok(swept.more)
}

/// Tells members of exports that were accepted after they had failed. It looks at each that may still be,
/// for a hundredth of a core.
pub(super) async fn resolved(db: Db, rhythm: MailRhythm, mut stopped: Stopped) {
    let mut ticks = ticks(SWEEP);
    while next(&mut ticks, &mut stopped).await {
        let call = move |conn: &mut Conn| told(news::resolve(conn, rhythm));
        match timed(&db, WHAT, call).await {
            (_, true) => ticks.reset_immediately(),
            (took, false) => ticks.reset_after((took * 100).clamp(SWEEP, RESOLVED)),
        }
    }
}

/// Finds what a look does not see: jobs below the lower bound of their lane, or due for long in a lane
/// that does not know of them.
pub(super) async fn stranded_lanes(db: Db, mut stopped: Stopped) {
    let mut ticks = ticks(STRANDED);
    while next(&mut ticks, &mut stopped).await {
        let (took, _) = timed(&db, WHAT, |conn| find_stranded(conn).map(|_| false)).await;
        ticks.reset_after(rest(STRANDED, took));
    }
}

/// Ends exports that wait for longer than they may.
pub(super) async fn expired(
    db: Db,
    kept: PayloadRetention,
    deadline: Duration,
    shared: Arc<Shared>,
    mut stopped: Stopped,
) {
    let period = (deadline / 1_000).clamp(SWEEP, EXPIRED);
    let mut ticks = ticks(period);
    while next(&mut ticks, &mut stopped).await {
        let call =
            move |conn: &mut Conn| counted(EndState::Failed, end_expired(conn, deadline, kept));
        match timed(&db, WHAT, call).await {
            (_, true) => {
                shared.changed.notify_one();
                ticks.reset_immediately();
            }
            (took, false) => ticks.reset_after(rest(period, took)),
        }
    }
}

//! SIGTERM of a worker with 50 requests in flight, some of which hang: it is gone within its
//! grace time and 2 s, and leaves no lease behind.

use std::time::{Duration, Instant};

use super::Context;
use crate::load::Amount;
use crate::receiver::Manner;
use crate::report::Outcome;
use crate::stage::{Plan, Stage};

/// As in the settings of every round.
const GRACE: Duration = Duration::from_secs(2);
/// What the promise adds to it.
const EXTRA: Duration = Duration::from_secs(2);
/// Requests in flight at the signal, at least.
const IN_FLIGHT: usize = 50;

pub(super) async fn with_hanging(context: Context) -> Outcome {
    let env = vec![("REQUEST_TIMEOUT", "60s".to_owned())];
    let plan =
        Plan { workers: 1, lease: Duration::from_secs(10), env, ..Plan::of(&context.binary) };
    let mut stage = Stage::set(&context.ground, plan).await;
    let wanted = context.count(20, 2);
    let load = stage.load(Amount {
        exports: usize::MAX / 2,
        parallel: 16,
        pause: Duration::from_millis(5),
    });
    let hanging =
        Manner { hangs: 300, errors: 20, slowness: Duration::from_millis(500), ..Manner::WELL };
    stage.receiver.set(hanging);
    let (mut slowest, mut left, mut failures) = (Duration::ZERO, 0, Vec::new());
    for _ in 0..wanted {
        let mut worker = stage.workers.remove(0);
        let pid = worker.id();
        if !stage.until_busy(pid, IN_FLIGHT).await {
            failures.push(format!("only {} in flight", stage.leased_by(pid).await));
        }
        let asked = Instant::now();
        worker.terminate().await;
        let finished = worker.finished().await;
        slowest = slowest.max(asked.elapsed());
        left += stage.leased_by(pid).await;
        if !finished.status.success() {
            failures.push(format!("it ended with {}", finished.status));
        }
        let next = stage.worker().await;
        stage.workers.push(next);
    }
    load.stop().await;
    let mut summary = stage.judge(wanted).await;
    summary.failures.extend(failures);
    Outcome::Judged(Box::new(
        summary
            .note(format!("slowest exit {:.2} s of {:?}", slowest.as_secs_f64(), GRACE + EXTRA))
            .shows(slowest <= GRACE + EXTRA, "an exit took longer than it may")
            .shows(left == 0, format!("{left} leases were left behind")),
    ))
}

//! SIGSTOP of workers for longer than their lease, then SIGCONT: what they held was given to
//! others meanwhile, and they do not know it.

use std::time::Duration;

use super::Context;
use crate::load::Amount;
use crate::report::Outcome;
use crate::stage::{Plan, Stage};

/// Workers that are stopped at a time; one is left.
const AT_ONCE: usize = 3;

pub(super) async fn past_the_lease(context: Context) -> Outcome {
    let plan = Plan::of(&context.binary);
    let lease = plan.lease;
    let mut stage = Stage::set(&context.ground, plan).await;
    let wanted = context.count(50, 3);
    let load = stage.load(Amount {
        exports: usize::MAX / 2,
        parallel: 8,
        pause: Duration::from_millis(60),
    });
    let mut stopped = 0;
    for wave in 0.. {
        if stopped >= wanted {
            break;
        }
        let awake = wave % stage.workers.len();
        let victims: Vec<usize> =
            (0..stage.workers.len()).filter(|index| *index != awake).collect();
        for index in victims.iter().take(AT_ONCE.min(wanted - stopped)) {
            let worker = &stage.workers[*index];
            stage.until_busy(worker.id(), 1).await;
            worker.signal("STOP").await;
            stopped += 1;
        }
        // From just past the lease to long past it.
        let past = Duration::from_secs(1 + wave as u64 % 4);
        tokio::time::sleep(lease + past).await;
        for index in victims {
            stage.workers[index].signal("CONT").await;
        }
        if wave == 0 {
            stage.delete_one_webhook().await;
        }
    }
    load.stop().await;
    let alive = stage.workers.iter_mut().all(|worker| !worker.has_ended());
    let summary = stage.judge(stopped).await;
    Outcome::Judged(Box::new(summary.shows(alive, "a worker did not survive its pause")))
}

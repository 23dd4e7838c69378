//! SIGKILL of workers that have requests on the wire.

use std::time::Duration;

use super::Context;
use crate::load::Amount;
use crate::report::Outcome;
use crate::stage::{Plan, Stage};

pub(super) async fn workers(context: Context) -> Outcome {
    let mut stage = Stage::set(&context.ground, Plan::of(&context.binary)).await;
    let kills = context.count(20, 4);
    let load = stage.load(Amount {
        exports: usize::MAX / 2,
        parallel: 12,
        pause: Duration::from_millis(20),
    });
    let mut killed = 0;
    for number in 0..kills {
        let victim = number % stage.workers.len();
        if stage.until_busy(stage.workers[victim].id(), 1).await {
            stage.replace_worker(victim).await;
            killed += 1;
        }
        if number == kills / 2 {
            stage.delete_one_webhook().await;
        }
    }
    load.stop().await;
    let summary = stage.judge(killed).await;
    Outcome::Judged(Box::new(summary.shows(killed == kills, "not every kill hit a busy worker")))
}

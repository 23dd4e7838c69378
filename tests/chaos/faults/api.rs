//! SIGKILL of the API while clients ask under idempotency keys: one export per key, whatever the
//! client was told and how often it asked.

use std::time::Duration;

use super::Context;
use crate::load::Amount;
use crate::report::Outcome;
use crate::stage::{Plan, Stage};

/// Work between two kills.
const BETWEEN: Duration = Duration::from_millis(400);

pub(super) async fn killed(context: Context) -> Outcome {
    let mut stage = Stage::set(&context.ground, Plan::of(&context.binary)).await;
    let kills = context.count(20, 4);
    let load = stage.load(Amount {
        exports: usize::MAX / 2,
        parallel: 16,
        pause: Duration::from_millis(5),
    });
    for _ in 0..kills {
        tokio::time::sleep(BETWEEN).await;
        stage.replace_api().await;
    }
    load.stop().await;
    Outcome::Judged(Box::new(stage.judge(kills).await))
}

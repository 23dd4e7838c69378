//! Postgres stops at once and recovers, again and again, under load.

use std::sync::Arc;
use std::time::Duration;

use super::Context;
use crate::load::Amount;
use crate::report::Outcome;
use crate::stage::{Plan, Stage};

/// Work between two crashes.
const BETWEEN: Duration = Duration::from_secs(2);

pub(super) async fn restarts(context: Context) -> Outcome {
    let stage = Stage::set(&context.ground, Plan::of(&context.binary)).await;
    let crashes = context.count(5, 1);
    let load = stage.load(Amount {
        exports: usize::MAX / 2,
        parallel: 8,
        pause: Duration::from_millis(10),
    });
    for _ in 0..crashes {
        tokio::time::sleep(BETWEEN).await;
        stage.watch.suspend(true);
        let ground = Arc::clone(&stage.ground);
        tokio::task::spawn_blocking(move || ground.crash()).await.expect("Postgres starts again");
        stage.watch.suspend(false);
    }
    tokio::time::sleep(BETWEEN).await;
    load.stop().await;
    Outcome::Judged(Box::new(stage.judge(crashes).await))
}

//! The link to Postgres goes away: for half a minute without a word, or with a reset.

use std::time::Duration;

use support::proxy::Mode;

use super::Context;
use crate::load::Amount;
use crate::report::Outcome;
use crate::stage::{Plan, Stage};

/// How long nothing comes through.
const HOLE: Duration = Duration::from_secs(30);
/// The same before the API.
const HOLE_OF_API: Duration = Duration::from_secs(8);
/// Between two cuts.
const BETWEEN: Duration = Duration::from_millis(400);

/// Half of the workers cannot reach Postgres, and then the API; the others go on.
pub(super) async fn black_hole(context: Context) -> Outcome {
    let stage = Stage::set(&context.ground, Plan::of(&context.binary)).await;
    let load = stage.load(Amount {
        exports: usize::MAX / 2,
        parallel: 8,
        pause: Duration::from_millis(40),
    });
    stage.until_busy(stage.workers[0].id(), 1).await;
    stage.links[0].set(Mode::BlackHole);
    tokio::time::sleep(HOLE).await;
    stage.links[0].set(Mode::Pass);
    stage.links[1].set(Mode::Delay(Duration::from_millis(50)));
    stage.api_link.set(Mode::BlackHole);
    tokio::time::sleep(HOLE_OF_API).await;
    stage.api_link.set(Mode::Pass);
    stage.links[1].set(Mode::Pass);
    load.stop().await;
    Outcome::Judged(Box::new(stage.judge(2).await))
}

/// Every connection is dropped, wherever it stands.
pub(super) async fn cut(context: Context) -> Outcome {
    let stage = Stage::set(&context.ground, Plan::of(&context.binary)).await;
    let cuts = context.count(40, 5);
    let load = stage.load(Amount {
        exports: usize::MAX / 2,
        parallel: 8,
        pause: Duration::from_millis(20),
    });
    for number in 0..cuts {
        tokio::time::sleep(BETWEEN).await;
        let links = [&stage.links[0], &stage.links[1], &stage.api_link];
        links[number % links.len()].cut_all().await;
    }
    load.stop().await;
    Outcome::Judged(Box::new(stage.judge(cuts).await))
}

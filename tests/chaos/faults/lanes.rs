//! Four workers that finish over 200 lanes at full speed: nothing is lost, and no deadlock.

use std::time::Duration;

use super::Context;
use crate::load::Amount;
use crate::receiver::Manner;
use crate::report::Outcome;
use crate::stage::{Plan, Stage};

/// One more is deleted in mid-round.
const WEBHOOKS: usize = 199;

pub(super) async fn four_workers(context: Context) -> Outcome {
    let webhooks = WEBHOOKS;
    let stage = Stage::set(&context.ground, Plan { webhooks, ..Plan::of(&context.binary) }).await;
    let exports = context.count(20_000, 800);
    let load = stage.load(Amount { exports, parallel: 24, pause: Duration::ZERO });
    stage.receiver.set(Manner { slowness: Duration::ZERO, ..Manner::MOODY });
    stage.delete_one_webhook().await;
    load.finish().await;
    Outcome::Judged(Box::new(stage.judge(0).await))
}

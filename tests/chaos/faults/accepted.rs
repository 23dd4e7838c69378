//! The receiver accepts while the worker dies or cannot say so, and refuses all that comes after: whatever
//! we could not hear, no export is told as plainly not delivered, and what is said late counts.

use std::time::Duration;

use support::proxy::Mode;

use super::Context;
use crate::load::Amount;
use crate::receiver::Manner;
use crate::report::Outcome;
use crate::stage::{Plan, Stage};

/// Its answers take so long that a worker dies before it hears them.
const SLOW: Manner = Manner { slowness: Duration::from_millis(900), ..Manner::WELL };
/// Past its lease others have taken what a worker held.
const LONGER: Duration = Duration::from_secs(1);
/// Of each client between two exports.
const PAUSE: Duration = Duration::from_millis(50);
/// What comes after is refused.
const REFUSING: Manner = Manner { refuses: true, ..Manner::WELL };

pub(super) async fn while_the_worker_dies(context: Context) -> Outcome {
    let plan = Plan { workers: 2, ..Plan::of(&context.binary) };
    let lease = plan.lease;
    let mut stage = Stage::set(&context.ground, plan).await;
    let wanted = context.count(20, 4);
    let mut struck = 0;
    for number in 0..wanted {
        // Until it is struck: what a machine does in a moment says nothing of who took it.
        let load =
            stage.load_in(SLOW, Amount { exports: usize::MAX / 2, parallel: 12, pause: PAUSE });
        // The first is killed, again and again; the second one is the only one behind its link.
        let victim = number % 2;
        let busy = stage.until_busy(stage.workers[victim].id(), 4).await;
        if victim == 0 {
            stage.replace_worker(victim).await;
            stage.receiver.set(REFUSING);
            load.stop().await;
        } else {
            stage.links[1].set(Mode::BlackHole);
            load.stop().await;
            tokio::time::sleep(SLOW.slowness).await;
            stage.receiver.set(REFUSING);
            tokio::time::sleep(lease + LONGER).await;
            stage.links[1].set(Mode::Pass);
        }
        struck += usize::from(busy);
    }
    // Nothing that was refused is asked for again in good weather: first all of it ends.
    let mut left = stage.run_dry().await;
    let told = stage.sql(
        "SELECT count(*) FILTER (WHERE end_state = 'failed' AND ambiguous)
                || ' ' || count(*) FILTER (WHERE end_state = 'delivered' AND EXISTS (
                    SELECT FROM attempts a WHERE a.export_id = e.id AND a.late_outcome = 'delivered'))
         FROM exports e",
    );
    let counts: Vec<usize> = told.split(' ').filter_map(|count| count.parse().ok()).collect();
    let mut summary = stage.judge(struck).await;
    summary.failures.append(&mut left);
    let (ambiguous, late) = (counts.first().copied(), counts.get(1).copied());
    Outcome::Judged(Box::new(
        summary
            .note(format!("{ambiguous:?} ended as perhaps arrived, {late:?} as accepted late"))
            .shows(struck == wanted, "not every strike hit a busy worker")
            .shows(ambiguous > Some(0), "nothing was accepted without our knowing")
            .shows(late > Some(0), "nothing was accepted late"),
    ))
}

//! The link breaks at a COMMIT: before it reaches Postgres, or before its answer comes back, so
//! that whoever asked cannot know.

use std::time::{Duration, Instant};

use support::proxy::{Cut, Proxy};

use super::Context;
use crate::load::Amount;
use crate::report::{Outcome, Summary};
use crate::stage::{Plan, Stage};

const LOOK: Duration = Duration::from_millis(10);
/// How long it may take until the next such commit.
const PATIENCE: Duration = Duration::from_secs(20);

/// Of a batch of results.
pub(super) async fn of_record(context: Context) -> Outcome {
    let stage = Stage::set(&context.ground, Plan::of(&context.binary)).await;
    let wanted = context.count(100, 8);
    let links = stage.links.each_ref();
    let cut = strike(&stage, wanted, "INSERT INTO attempts", &links).await;
    judged(cut, wanted, stage.judge(cut).await)
}

/// Of a claim.
pub(super) async fn of_claim(context: Context) -> Outcome {
    let stage = Stage::set(&context.ground, Plan::of(&context.binary)).await;
    let wanted = context.count(100, 6);
    let links = stage.links.each_ref();
    let cut = strike(&stage, wanted, "attempt_id = uuid_v7()", &links).await;
    judged(cut, wanted, stage.judge(cut).await)
}

/// Of the acceptance of an export: the client asks again under the same key.
pub(super) async fn of_enqueue(context: Context) -> Outcome {
    let stage = Stage::set(&context.ground, Plan::of(&context.binary)).await;
    let wanted = context.count(100, 8);
    let cut = strike(&stage, wanted, "export_payloads", &[&stage.api_link]).await;
    judged(cut, wanted, stage.judge(cut).await)
}

/// Breaks so many commits, every other one after it has arrived; how many.
async fn strike(stage: &Stage, wanted: usize, touching: &'static str, links: &[&Proxy]) -> usize {
    let load = stage.load(Amount {
        exports: usize::MAX / 2,
        parallel: 8,
        pause: Duration::from_millis(20),
    });
    let mut cut = 0;
    for number in 0..wanted {
        let link = links[number % links.len()];
        let (before, begun) = (link.commits_cut(), Instant::now());
        link.cut_commits(Cut { touching, arrives: (number / links.len()).is_multiple_of(2) }, 1);
        while link.commits_cut() == before && begun.elapsed() < PATIENCE {
            tokio::time::sleep(LOOK).await;
        }
        cut += link.commits_cut() - before;
    }
    load.stop().await;
    cut
}

fn judged(cut: usize, wanted: usize, summary: Summary) -> Outcome {
    Outcome::Judged(Box::new(summary.shows(cut == wanted, format!("{cut} commits of {wanted}"))))
}

//! Workers that abort at named points between the steps of the queue, four at once.

use std::time::{Duration, Instant};

use super::Context;
use crate::load::Amount;
use crate::report::Outcome;
use crate::stage::{Plan, Stage};

/// The points, and within how many passages they strike: some are passed once a batch, others
/// once a job.
const POINTS: [(&str, usize); 5] = [
    ("after_claim", 15),
    ("before_send", 60),
    ("after_send", 60),
    ("before_commit", 15),
    ("after_commit", 15),
];
/// What such a build says at its start.
const CONFESSION: &str = "crash points are compiled in";
const LOOK: Duration = Duration::from_millis(20);
/// How long it may take until the next crash.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn all(context: Context) -> Outcome {
    let binary = context.crash_binary.clone().expect("asked for before");
    let plan = Plan { lease: Duration::from_secs(1), ..Plan::of(&binary) };
    let mut stage = Stage::set(&context.ground, plan).await;
    let confessed = stage.workers[0].output().contains(CONFESSION);
    let load = stage.load(Amount {
        exports: usize::MAX / 2,
        parallel: 8,
        pause: Duration::from_millis(20),
    });
    let wanted = context.count(200, 10);
    let crashes = crash(&mut stage, wanted).await;
    for index in 0..stage.workers.len() {
        stage.replace_worker(index).await;
    }
    load.stop().await;
    let total = crashes.iter().sum();
    let summary = stage.judge(total).await;
    let named: Vec<_> =
        POINTS.iter().zip(crashes).map(|((point, _), count)| format!("{point} {count}")).collect();
    Outcome::Judged(Box::new(
        summary
            .note(named.join(", "))
            .shows(confessed, "the binary does not say that it has crash points")
            .shows(total >= wanted, format!("{total} crashes of {wanted}")),
    ))
}

/// Keeps the workers crashing, each at another point; how often each point struck.
async fn crash(stage: &mut Stage, wanted: usize) -> [usize; POINTS.len()] {
    let mut crashes = [0; POINTS.len()];
    let mut armed: Vec<Option<usize>> = vec![None; stage.workers.len()];
    let (mut started, mut last) = (0, Instant::now());
    while crashes.iter().sum::<usize>() < wanted && last.elapsed() < PATIENCE {
        for (index, armed) in armed.iter_mut().enumerate() {
            if let Some(point) = *armed {
                if !stage.workers[index].has_ended() {
                    continue;
                }
                crashes[point] += 1;
                last = Instant::now();
            }
            let point = started % POINTS.len();
            let (name, within) = POINTS[point];
            // Any spread will do, as long as each run has the same.
            let passage = 1 + started * 7_919 % within;
            let crash_at = ("CRASH_AT", format!("{name}:{passage}"));
            stage.workers[index].kill().await;
            stage.workers[index] = stage.start_worker(&[crash_at]);
            (*armed, started) = (Some(point), started + 1);
        }
        tokio::time::sleep(LOOK).await;
    }
    crashes
}

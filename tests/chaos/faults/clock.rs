//! Workers whose clocks are an hour off: signatures carry the database's time.

use std::path::PathBuf;
use std::time::Duration;

use super::Context;
use crate::load::Amount;
use crate::report::Outcome;
use crate::stage::{Plan, Stage, at_work};

/// What each worker's clock is off by.
const OFF: [&str; 2] = ["+1h", "-1h"];

pub(super) async fn an_hour_off(context: Context) -> Outcome {
    let Some(library) = library() else {
        return Outcome::NotChecked(
            "libfaketime is not installed (script/chaos does it)".to_owned(),
        );
    };
    let plan = Plan { workers: 0, ..Plan::of(&context.binary) };
    let mut stage = Stage::set(&context.ground, plan).await;
    for off in OFF {
        let mut worker = stage.start_worker(&[
            ("LD_PRELOAD", library.display().to_string()),
            ("FAKETIME", off.to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]);
        worker.wait_for(at_work).await;
        stage.workers.push(worker);
    }
    let exports = context.count(2_000, 200);
    let load = stage.load(Amount { exports, parallel: 8, pause: Duration::from_millis(5) });
    load.finish().await;
    // The log's own lines show that the clocks were off.
    let now = chrono::Utc::now();
    let hours = [now + chrono::TimeDelta::hours(1), now - chrono::TimeDelta::hours(1)];
    let off =
        stage.workers.iter().zip(hours).all(|(worker, hour)| {
            worker.output().contains(&hour.format("%Y-%m-%dT%H:").to_string())
        });
    let summary = stage.judge(OFF.len()).await;
    Outcome::Judged(Box::new(summary.shows(off, "the workers' clocks were not off")))
}

/// Where Debian puts the variant for programs with threads.
fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten();
    let candidates = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    candidates.into_iter().find(|library| library.is_file())
}

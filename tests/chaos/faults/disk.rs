//! The disk under Postgres is full, then has room again.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use super::Context;
use crate::ground::Ground;
use crate::load::Amount;
use crate::report::Outcome;
use crate::stage::{Plan, Stage};

/// Small, but with room for a cluster and its log.
const SIZE: &str = "size=320m,mode=0755";
/// How long it is full.
const FULL: Duration = Duration::from_secs(5);

pub(super) async fn full(context: Context) -> Outcome {
    let disk = match Disk::mount(context.folder.join("disk")) {
        Ok(disk) => disk,
        Err(why) => return Outcome::NotChecked(why),
    };
    let ground = Ground::prepare(disk.folder.join("postgres"), &context.binary).await;
    let stage = Stage::set(&Arc::new(ground), Plan::of(&context.binary)).await;
    let times = context.count(3, 1);
    let load = stage.load(Amount {
        exports: usize::MAX / 2,
        parallel: 8,
        pause: Duration::from_millis(20),
    });
    let mut refusals = Vec::new();
    for _ in 0..times {
        tokio::time::sleep(Duration::from_secs(2)).await;
        stage.watch.suspend(true);
        let filler = disk.fill();
        // Until Postgres has felt it, not only its reserves.
        let ground = Arc::clone(&stage.ground);
        let large = "CREATE TABLE large AS SELECT generate_series(1, 5000000)";
        let refusal = tokio::task::spawn_blocking(move || ground.refusal("postgres", large));
        refusals.extend(refusal.await.expect("psql ends"));
        tokio::time::sleep(FULL).await;
        std::fs::remove_file(filler).expect("removable");
        let ground = Arc::clone(&stage.ground);
        tokio::task::spawn_blocking(move || ground.revive()).await.expect("Postgres runs");
        stage.watch.suspend(false);
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    load.stop().await;
    let felt = refusals.len() == times;
    let mut summary = stage.judge(times).await.shows(felt, "Postgres had room all the time");
    summary.notes.extend(refusals);
    Outcome::Judged(Box::new(summary))
}

/// A small disk, in memory; it goes with this value.
struct Disk {
    folder: PathBuf,
}

impl Disk {
    fn mount(folder: PathBuf) -> Result<Self, String> {
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", SIZE, "chaos"]).arg(&folder);
        match run(&mut mount) {
            Ok(()) => Ok(Self { folder }),
            Err(why) => Err(format!("a small disk cannot be mounted here: {why}")),
        }
    }

    /// Takes all the room that is left.
    fn fill(&self) -> PathBuf {
        use std::io::Write;
        let path = self.folder.join("filler");
        let mut file = std::fs::File::create(&path).expect("a file");
        let piece = vec![1; 64 * 1024];
        while file.write_all(&piece).is_ok() {}
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: whoever still stands in it leaves soon.
        drop(run(Command::new("umount").arg("--lazy").arg(&self.folder)));
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

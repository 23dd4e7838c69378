//! The processes that a process started, and those that they started: who must be gone when it
//! is. Reads Linux's /proc.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::receiver::DEADLINE;

/// How often it is looked whether they are gone.
const POLL: Duration = Duration::from_millis(50);

/// One process: its id is given again one day, its start time tells it from its successor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descendant {
    pid: u32,
    started: u64,
    name: String,
}

/// All that live now.
pub fn descendants(root: u32) -> Vec<Descendant> {
    let processes: BTreeMap<u32, (u32, Descendant)> = processes().collect();
    let mut found: Vec<Descendant> = Vec::new();
    let mut parents = vec![root];
    while let Some(parent) = parents.pop() {
        let children = processes.values().filter(|(of, _)| *of == parent);
        for (_, child) in children {
            parents.push(child.pid);
            found.push(child.clone());
        }
    }
    found
}

/// Waits until none of them lives; fails with those that stay.
pub async fn until_gone(descendants: &[Descendant]) {
    let mut tick = tokio::time::interval(POLL);
    let mut left = descendants.to_vec();
    let gone = tokio::time::timeout(DEADLINE, async {
        while !left.is_empty() {
            tick.tick().await;
            left.retain(|one| read(one.pid).is_some_and(|(_, now)| now == *one));
        }
    });
    assert!(gone.await.is_ok(), "still there: {left:?}");
}

fn processes() -> impl Iterator<Item = (u32, (u32, Descendant))> {
    let entries = std::fs::read_dir("/proc").expect("Linux").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| Some((pid, read(pid)?)))
}

/// Parent and process from `/proc/PID/stat`; none for one that is gone or only waits to be
/// reaped.
fn read(pid: u32) -> Option<(u32, Descendant)> {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"));
    let stat = stat.ok()?;
    // The name may contain blanks and brackets; what follows its last bracket is regular.
    let (before, after) = stat.rsplit_once(") ")?;
    let fields: Vec<_> = after.split(' ').collect();
    let name = before.split_once('(')?.1.to_owned();
    let [state, parent] = [fields.first()?, fields.get(1)?];
    let started = fields.get(19)?.parse().ok()?;
    (*state != "Z").then_some((parent.parse().ok()?, Descendant { pid, started, name }))
}

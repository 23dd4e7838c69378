//! What the system says of this process: its memory, its sockets, its panics.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How often a thread or task panicked.
#[derive(Clone, Default)]
pub struct Panics(Arc<AtomicUsize>);

impl Panics {
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Counts panics from here on, those of background tasks too, which nobody joins.
pub fn count_panics() -> Panics {
    let panics = Panics::default();
    let (counted, told) = (panics.clone(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        counted.0.fetch_add(1, Ordering::SeqCst);
        told(panic);
    }));
    panics
}

/// The memory of this process at one moment; none where the system does not tell.
pub struct Memory(Option<u64>);

pub fn memory() -> Memory {
    Memory(bytes_of("VmRSS:"))
}

impl Memory {
    /// How far the peak since the start lies above that moment.
    pub fn grown(&self) -> Option<u64> {
        Some(bytes_of("VmHWM:")?.saturating_sub(self.0?))
    }
}

fn bytes_of(field: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1_024)
}

/// Sockets that this process holds, by inode; none where the system does not tell.
pub fn open_sockets() -> BTreeSet<String> {
    let Ok(files) = std::fs::read_dir("/proc/self/fd") else { return BTreeSet::new() };
    let links = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    let inode = |link: PathBuf| {
        let link = link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
        Some(link.to_owned())
    };
    links.filter_map(inode).collect()
}

/// What the kernel's tables say of these sockets: addresses and state, as they stand there.
pub fn described(sockets: &BTreeSet<String>) -> String {
    let tables = ["tcp", "tcp6", "udp", "udp6", "unix"];
    let lines = tables.iter().flat_map(|table| {
        let text = std::fs::read_to_string(format!("/proc/self/net/{table}")).unwrap_or_default();
        let theirs = |line: &&str| line.split_whitespace().any(|word| sockets.contains(word));
        text.lines()
            .filter(theirs)
            .map(|line| format!("{table}: {}", line.trim()))
            .collect::<Vec<_>>()
    });
    lines.collect::<Vec<_>>().join("; ")
}

/// Waits until something holds, at most that long; answers whether it does.
pub async fn until(holds: impl Fn() -> bool, limit: Duration) -> bool {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(limit, waiting).await.is_ok()
}

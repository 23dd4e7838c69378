//! CPU time and memory of processes, from `/proc` (proc(5)).

use std::collections::BTreeMap;
use std::fs;
use std::ops::Sub;

/// Kernel ticks a second: 100 on every Linux that matters (`getconf CLK_TCK`).
const TICKS: f64 = 100.0;

/// User and system time, in kernel ticks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage(u64);

impl Usage {
    /// In seconds.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / TICKS
    }
}

impl Sub for Usage {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self(self.0.saturating_sub(earlier.0))
    }
}

/// What a process has used so far, its ended children included.
pub fn usage(pid: u32) -> Usage {
    stat(pid).map_or(Usage(0), |stat| Usage(stat.own + stat.children))
}

/// Largest resident memory of a running process so far, in MiB.
pub fn peak_mib(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a running process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kib.expect("a process with memory") / 1024.0
}

/// Resident memory of a running process, in MiB; its peak counts from here on.
pub fn resident_anew_mib(pid: u32) -> f64 {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").expect("a process of ours");
    peak_mib(pid)
}

/// The processes of a Postgres cluster.
pub struct Group {
    postmaster: u32,
}

impl Group {
    /// Found by the lock file of its socket.
    pub fn of_postgres(cluster: &localpg::Cluster) -> Self {
        let lock = cluster.socket_dir().join(".s.PGSQL.5432.lock");
        let lock = fs::read_to_string(lock).expect("a running cluster");
        let postmaster = lock.lines().next().and_then(|line| line.trim().parse().ok());
        Self { postmaster: postmaster.expect("a process id") }
    }

    /// What all of them have used so far, the ended ones included. Looks until two looks in a row
    /// see the same processes: one that ends in between is neither itself nor the postmaster's.
    pub fn usage(&self) -> Usage {
        let mut seen = self.look();
        loop {
            let again = self.look();
            if again.keys().eq(seen.keys()) {
                return Usage(again.into_values().sum());
            }
            seen = again;
        }
    }

    fn look(&self) -> BTreeMap<u32, u64> {
        let processes = fs::read_dir("/proc")
            .expect("a /proc")
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter_map(|pid| Some((pid, stat(pid)?)));
        let ours = processes
            .filter(|(pid, stat)| *pid == self.postmaster || stat.parent == self.postmaster);
        ours.map(|(pid, stat)| (pid, stat.own + stat.children)).collect()
    }
}

struct Stat {
    parent: u32,
    own: u64,
    children: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold spaces: what is wanted comes after its closing parenthesis.
    let fields: Vec<&str> = text.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        own: ticks(11)? + ticks(12)?,
        children: ticks(13)? + ticks(14)?,
    })
}

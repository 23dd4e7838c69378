//! What the figures were measured on.

use std::fs;
use std::process::Command;

use crate::options::Options;

/// Cores that this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Prints the machine, the server's version and the command.
pub fn print(options: &Options) {
    let memory = first("/proc/meminfo", "MemTotal:");
    let kib: f64 = memory.trim_end_matches(" kB").parse().unwrap_or(0.0);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    println!("command:  {}", options.command);
    println!(
        "machine:  {} cores ({}), {:.0} GiB, Linux {}",
        cores(),
        first("/proc/cpuinfo", "model name\t:"),
        kib / 1024.0 / 1024.0,
        kernel.trim()
    );
    if !options.is_own_binary() {
        println!("binary:   {}", options.binary.display());
    }
    println!("Postgres: {}, default settings, fsync on", psql_version());
    println!("load now: {}", fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
    if options.quick {
        println!("REDUCED SCALE: shows that the benchmarks work; the figures prove nothing");
    }
}

fn first(file: &str, start: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(start));
    line.unwrap_or("unknown").trim().to_owned()
}

fn psql_version() -> String {
    let output = Command::new("psql").arg("--version").output().expect("psql is installed");
    String::from_utf8_lossy(&output.stdout).trim().replace("psql (PostgreSQL) ", "")
}

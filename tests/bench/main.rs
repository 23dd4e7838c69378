//! The benchmarks: `script/bench [NAME…]` runs those named, or all, and ends with one table. Each figure stands beside a limit or a control that was measured in the same
//! run. Everything on this machine and on loopback, real processes, fsync on.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod accept;
mod console;
mod cpu;
mod deliver;
mod events;
mod fairness;
mod installation;
mod large;
mod latency;
mod lists;
mod load;
mod log;
mod machine;
mod options;
mod postgres;
mod queue;
mod receiver;
mod slow;
mod strain;
mod table;
mod tenants;
mod wakeup;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

use options::Options;
use table::Line;

/// A benchmark: measures, tells its details as it goes, and returns its lines of the table.
type Benchmark = fn(&Options) -> Vec<Line>;

/// All of them, in the order in which they run.
const BENCHMARKS: [(&str, Benchmark); 11] = [
    ("accept", accept::run),
    ("deliver", deliver::run),
    ("fairness", fairness::run),
    ("strain", strain::run),
    ("wakeup", wakeup::run),
    ("large", large::run),
    ("log", log::run),
    ("lists", lists::run),
    ("events", events::run),
    ("slow", slow::run),
    ("console", console::run),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(hosts) = receiver::process::asked_for(&arguments) {
        receiver::process::be(hosts);
        return ExitCode::SUCCESS;
    }
    let options = match Options::parse(&arguments, &BENCHMARKS.map(|(name, _)| name)) {
        Ok(options) => options,
        Err(usage) => {
            println!("{usage}");
            return ExitCode::from(2);
        }
    };
    // The clients of API and receivers insist on a TLS provider, even for http.
    rustls::crypto::ring::default_provider().install_default().expect("the first provider");
    machine::print(&options);
    let (mut lines, mut broken) = (Vec::new(), Vec::new());
    for (name, run) in BENCHMARKS.into_iter().filter(|(name, _)| options.wants(name)) {
        println!("\n== {name}");
        let started = Instant::now();
        // One that breaks off must not take the others along; what it said is on stderr.
        match catch_unwind(AssertUnwindSafe(|| run(&options))) {
            Ok(measured) => lines.extend(measured),
            Err(_) => broken.push(name),
        }
        println!("({name} took {:.0} s)", started.elapsed().as_secs_f64());
    }
    table::print(&lines, &options);
    if broken.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("broke off, without all of its lines: {}", broken.join(", "));
    ExitCode::FAILURE
}

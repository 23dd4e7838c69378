//! Hostile receivers: a table of misbehaviours, each against the real sender. This process only
//! sends, so that its memory is the sender's; the receivers live in a child of it. Arguments are
//! parts of names of rows; `--list` names all.

mod certificates;
mod child;
mod lateness;
mod process;
mod receiver;
mod row;
mod rows;
mod sending;
mod verdict;
mod wire;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;

use child::Child;
use row::Row;
use verdict::Run;

/// Rows that run at once: enough to let those that wait overlap, few enough for two cores.
const AT_ONCE: usize = 16;

/// Most that the sender may grow over the whole table.
const GROWTH_BYTES: u64 = 50 * 1024 * 1024;

/// How long a connection may outlive the attempts: idle time, or a stalled receiver's.
const LET_GO: Duration = Duration::from_secs(20);

const NO_PROC: &str = "memory and open connections NOT MEASURED: this system has no /proc";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == child::RECEIVE) {
        receiver::serve_all();
        return ExitCode::SUCCESS;
    }
    let rows = rows::all().into_iter().enumerate();
    let parts: Vec<_> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |row: &Row| parts.is_empty() || parts.iter().any(|part| row.name.contains(*part));
    let rows: Vec<_> = rows.filter(|(_, row)| wanted(row)).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        rows.iter().for_each(|(_, row)| say(&format!("{}: test", row.name)));
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let faults = runtime.block_on(run(rows));
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Runs rows and tells what went wrong; answers how much did.
async fn run(rows: Vec<(usize, Row)>) -> usize {
    let started = Instant::now();
    let panics = process::count_panics();
    let mut child = Child::start();
    let senders = Arc::new(sending::Senders::new(&child.authority));
    let sockets = process::open_sockets();
    let memory = process::memory();
    let control = lateness::Control::start();
    let sends = rows.into_iter().map(|(at, row)| {
        let (senders, address) = (Arc::clone(&senders), child.address(at));
        async move { verdict::run(at, row, address, senders).await }
    });
    let sends = futures_util::stream::iter(sends).buffer_unordered(AT_ONCE);
    let runs: Vec<Run> = sends.collect().await;
    let lateness = control.stop();
    let free = senders.payloads_are_free();
    let left = || &process::open_sockets() - &sockets;
    let closed = process::until(|| left().is_empty(), LET_GO).await;
    let left = process::described(&left());
    let grown = memory.grown();
    let seen = child.report();
    let mut faults: Vec<String> =
        runs.iter().flat_map(|run| run.faults(&seen.rows[run.at], lateness)).collect();
    let mut rule = |kept: bool, fault: &str| faults.extend((!kept).then(|| fault.to_owned()));
    rule(free, "a payload is held although its attempt is over");
    rule(closed, &format!("connections stay open although no attempt needs them: {left}"));
    rule(panics.count() == 0, "the sender panicked");
    rule(seen.panics == 0, "a receiver panicked");
    rule(grown.is_none_or(|grown| grown <= GROWTH_BYTES), "the sender takes too much memory");
    faults.iter().for_each(|fault| say(&format!("FAULT {fault}")));
    say(&format!(
        "hostile receivers: {} rows, {} faults, {:.1} s; latest {} ms past its deadline (a bare timer: {} ms); {}",
        runs.len(),
        faults.len(),
        started.elapsed().as_secs_f64(),
        runs.iter().map(Run::overshoot).max().unwrap_or_default().as_millis(),
        lateness.as_millis(),
        grown.map_or(NO_PROC.to_owned(), |grown| format!("memory +{} KiB", grown / 1_024)),
    ));
    faults.len()
}

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
    let before = process::memory();
    let control = lateness::Control::start();
    let sends = rows.into_iter().map(|(at, row)| {
        let (senders, address) = (Arc::clone(&senders), child.address(at));
        async move { verdict::run(at, row, address, senders).await }
    });
    let runs: Vec<Run> =
        futures_util::stream::iter(sends).buffer_unordered(AT_ONCE).collect().await;
    let lateness = control.stop();
    let mut faults: Vec<String> = Vec::new();
    if !senders.payloads_are_free() {
        faults.push("a payload is held although its attempt is over".to_owned());
    }
    if !process::until(|| process::open_sockets() <= sockets, Duration::from_secs(20)).await {
        faults.push("connections stay open although no attempt needs them".to_owned());
    }
    let seen = child.report();
    for run in &runs {
        faults.extend(run.faults(&seen.rows[run.at], lateness));
    }
    faults.extend((seen.panics > 0).then(|| format!("{} panics in receivers", seen.panics)));
    let ours = panics.count();
    faults.extend((ours > 0).then(|| format!("{ours} panics while sending")));
    let grown = before.grown();
    faults.extend(
        grown
            .filter(|grown| *grown > GROWTH_BYTES)
            .map(|grown| format!("memory grew by {grown} bytes")),
    );
    faults.iter().for_each(|fault| say(&format!("FAULT {fault}")));
    let worst = runs.iter().map(Run::overshoot).max().unwrap_or_default();
    say(&format!(
        "hostile receivers: {} rows, {} faults, {:.1} s; latest {} ms past its deadline (a bare timer: {} ms); memory {}",
        runs.len(),
        faults.len(),
        started.elapsed().as_secs_f64(),
        worst.as_millis(),
        lateness.as_millis(),
        grown.map_or("NOT MEASURED: no /proc here".to_owned(), |grown| format!(
            "+{:.1} MiB",
            grown as f64 / 1_048_576.0
        )),
    ));
    faults.len()
}

//! The chaos suite: real processes, a real Postgres with fsync on, real faults, and eleven
//! invariants that are judged after each. `script/chaos` runs all of it; `cargo test` a short
//! round. Linux only, as far as faults need it; what could not be injected is said loudly.

#![expect(clippy::print_stdout, reason = "a test without a harness prints its own table")]

mod arguments;
mod evidence;
mod faults;
mod ground;
mod invariants;
mod load;
mod receiver;
mod report;
mod self_test;
mod stage;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use arguments::Arguments;
use faults::{Context, Fault};
use ground::Ground;
use report::{Count, Outcome};

/// The binary that cargo built for this test.
const BINARY: &str = env!("CARGO_BIN_EXE_talentats");

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        // Another test is asked for, or a list.
        Ok(None) => return ExitCode::SUCCESS,
        Err(error) => {
            println!("chaos: {error}");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let failed = runtime.block_on(run(arguments));
    runtime.shutdown_background();
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs what is asked for; how much of it failed.
async fn run(arguments: Arguments) -> usize {
    let begun = Instant::now();
    let blind = self_test::run();
    let mut count = Count::default();
    count.add(Some(blind.is_empty()));
    blind.iter().for_each(|what| println!("self-test FAILED: {what}"));
    println!(
        "self-test: {} ways to break an invariant, {} not noticed",
        self_test::COUNT,
        blind.len()
    );
    let faults = arguments.faults();
    if !faults.is_empty() {
        let folder = support::database::open_folder();
        let context = context(&arguments, folder.path().to_owned()).await;
        introduce(&context);
        for fault in faults {
            let outcome = strike(fault, &context).await;
            let binary = if fault.crash_points { "crash points" } else { "as shipped" };
            println!("{}", report::row(fault.name, binary, &outcome));
            count.add(outcome.passed());
        }
        arguments
            .left_out()
            .for_each(|name| println!("{name:<16} not in the short round: script/chaos has it"));
    }
    println!("chaos: {count} in {:.0} s", begun.elapsed().as_secs_f64());
    count.failed
}

async fn context(arguments: &Arguments, folder: PathBuf) -> Context {
    let binary = arguments.binary.clone().unwrap_or_else(|| BINARY.into());
    let ground = Arc::new(Ground::prepare(folder.join("postgres"), &binary).await);
    let (crash_binary, scale, full) =
        (arguments.crash_binary.clone(), arguments.scale, arguments.full);
    Context { ground, binary, crash_binary, full, scale, folder }
}

fn introduce(context: &Context) {
    println!("as shipped: {}", context.binary.display());
    match &context.crash_binary {
        Some(binary) => println!("crash points: {}", binary.display()),
        None => {
            println!("crash points: NOT RUN, no binary has them here (script/chaos builds one)")
        }
    }
    println!("Postgres {}, fsync on", context.ground.version());
    println!("{}", report::head());
}

/// A round that panics has failed, and the next one goes on.
async fn strike(fault: &Fault, context: &Context) -> Outcome {
    if fault.crash_points && context.crash_binary.is_none() {
        return Outcome::NotChecked("needs a binary with crash points".to_owned());
    }
    match tokio::spawn((fault.strike)(context.clone())).await {
        Ok(outcome) => outcome,
        Err(error) => Outcome::Broke(error.to_string()),
    }
}

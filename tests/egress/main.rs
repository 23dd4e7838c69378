//! The production binary with its guard on, in a network namespace where every address is local
//! and one listener answers on all of them: no forbidden address is ever connected to, and each
//! public one is delivered to. Its own harness: it starts itself again inside the namespace, and
//! where none can be made it says so loudly.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is its own harness")]

mod cases;
mod listener;
mod namespace;
mod queue;
mod story;

use std::process::ExitCode;

/// As `cargo test` filters by it.
const NAME: &str = "egress::no_forbidden_address_is_connected_to";

/// Tells this binary that it runs inside the namespace; the database's URL follows.
const INSIDE: &str = "--inside";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [INSIDE, database_url] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        return story::run(database_url);
    }
    if arguments.iter().any(|argument| argument == "--list") {
        println!("{NAME}: test");
        return ExitCode::SUCCESS;
    }
    if !is_chosen(&arguments) {
        println!("\nrunning 0 tests\n\ntest result: ok. 0 passed; 0 failed; 1 filtered out\n");
        return ExitCode::SUCCESS;
    }
    println!("\nrunning 1 test");
    let passed = match namespace::flags() {
        Ok(flags) => outside(flags),
        Err(obstacle) => return not_checked(&obstacle),
    };
    println!("test {NAME} ... {}\n", if passed { "ok" } else { "FAILED" });
    let (word, good, bad) = if passed { ("ok", 1, 0) } else { ("FAILED", 0, 1) };
    println!("test result: {word}. {good} passed; {bad} failed; 0 ignored; 0 filtered out\n");
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Postgres stays outside: it would not start as the root of a user namespace, and its socket is
/// a file, which namespaces of the network do not hide.
fn outside(flags: &[&str]) -> bool {
    let cluster = localpg::Cluster::throwaway().expect("a Postgres cluster for tests");
    cluster.ensure_database("egress").expect("a database");
    let url = cluster.url("egress");
    store::migrate::run(&url).expect("migrations");
    let mut inside = namespace::command(flags);
    let mut inside = inside.args([INSIDE, &url]).spawn().expect("unshare starts");
    // `wait` would close it, and the other side would take us for dead.
    let _lifeline = inside.stdin.take();
    inside.wait().expect("a child of ours").success()
}

/// In the words of the usual harness, an ignored test; and on stderr, so that nobody misses it.
fn not_checked(obstacle: &str) -> ExitCode {
    eprintln!("\nNOT CHECKED: that the worker connects to no forbidden address (tests/egress).");
    eprintln!("NOT CHECKED: no network namespace can be made here: {obstacle}");
    eprintln!("NOT CHECKED: run script/test as root, or where user namespaces are allowed.\n");
    println!("test {NAME} ... ignored, NOT CHECKED: {obstacle}\n");
    println!("test result: ok. 0 passed; 0 failed; 1 ignored; 0 filtered out\n");
    ExitCode::SUCCESS
}

/// Whether the filters of `cargo test` leave this test in.
fn is_chosen(arguments: &[String]) -> bool {
    const WITH_VALUE: [&str; 6] =
        ["--skip", "--test-threads", "--format", "--color", "--logfile", "-Z"];
    let exact = arguments.iter().any(|argument| argument == "--exact");
    let matches = |filter: &str| if exact { NAME == filter } else { NAME.contains(filter) };
    let (mut filters, mut skipped, mut before) = (Vec::new(), false, "");
    for argument in arguments {
        if before == "--skip" {
            skipped |= matches(argument);
        } else if !WITH_VALUE.contains(&before) && !argument.starts_with('-') {
            filters.push(argument.as_str());
        }
        before = argument;
    }
    !skipped && (filters.is_empty() || filters.into_iter().any(matches))
}

//! What happens inside the namespace.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use domain::address::AddressGuard;
use support::name_server::NameServer;
use support::process::{Env, Process};
use support::settings::{SECRET_KEYS, of_database};
use tokio::net::TcpStream;

use crate::cases::{self, Case, Expected, FLIPS};
use crate::listener::{Listener, PORTS, Seen};
use crate::queue::{self, End};

/// Worker processes that share the queue.
const WORKERS: usize = 2;

/// Ends with the process outside; tells how it went by its status.
pub fn run(database_url: &str) -> ExitCode {
    std::thread::spawn(|| {
        std::io::stdin().lines().for_each(drop);
        std::process::exit(1);
    });
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(check(database_url));
    ExitCode::SUCCESS
}

async fn check(database_url: &str) {
    let begun = Instant::now();
    let names = NameServer::start().await;
    let cases = cases::all(&names);
    let (listener, ca) = Listener::start(cases::certified(&cases)).await;
    let reachable = control(&listener).await;
    let (cases, ends) = deliver(database_url, cases, &names, &ca).await;
    let seen = listener.take().await;
    judge_connections(&seen);
    judge_ends(&cases, &ends, &seen);
    assert_eq!(cases::asked_again(&names), Vec::<usize>::new(), "a name is resolved once a send");
    let flips = cases::turns_taken(&names);
    assert!(flips >= FLIPS, "{flips} flips only");
    report(&cases, &ends, &seen, flips, &reachable, begun.elapsed());
}

/// Queues the exports and lets workers deliver them; what became of each.
async fn deliver(
    database_url: &str,
    cases: Vec<Case>,
    names: &NameServer,
    ca: &str,
) -> (Vec<Case>, Vec<End>) {
    let url = database_url.to_owned();
    let filled = blocking(move || {
        queue::fill(&url, &cases);
        cases
    });
    let cases = filled.await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, ca).expect("a CA file");
    let env = settings(database_url, names, &ca_file);
    let binary = Path::new(env!("CARGO_BIN_EXE_talentats"));
    let arguments = ["worker", "--exit-with-stdin"];
    let _workers: Vec<_> =
        (0..WORKERS).map(|_| Process::start("worker", binary, &arguments, &env)).collect();
    let url = database_url.to_owned();
    let ended = blocking(move || {
        queue::wait_until_finished(&url);
        assert_eq!(queue::telling_refusals(&url), 0, "a refusal tells nothing of the address");
        queue::ends(&url)
    });
    (cases, ended.await)
}

/// The settings of production: nothing is allowed that is not allowed by default.
fn settings(database_url: &str, names: &NameServer, ca_file: &Path) -> Env {
    let mut env = of_database(database_url);
    let ca_file = ca_file.to_str().expect("a path in UTF-8");
    let server = names.address.to_string();
    let ours = [
        ("SECRET_KEYS", SECRET_KEYS),
        ("DNS_SERVERS", &server),
        ("EXTRA_CA_FILE", ca_file),
        ("METRICS_ADDR", "127.0.0.1:0"),
        // One try each; and no more questions at once than the name server's socket holds, nor
        // a hurry, so that each try tells what we are after.
        ("RETRY_SCHEDULE", "0s"),
        ("CONCURRENCY", "48"),
        ("CONNECT_TIMEOUT", "20s"),
        ("RUST_LOG", "warn"),
    ];
    env.extend(ours.map(|(name, value)| (name.to_owned(), value.to_owned())));
    env
}

/// Connects to each forbidden address ourselves: those that answer are seen by the listener, so
/// that it would see a worker as well. Multicast and the like do not answer to anybody.
async fn control(listener: &Listener) -> BTreeSet<IpAddr> {
    let mut reachable = BTreeSet::new();
    for address in cases::forbidden() {
        for port in PORTS {
            let connected = TcpStream::connect(SocketAddr::new(address, port)).await;
            reachable.extend(connected.is_ok().then(|| address.to_canonical()));
        }
    }
    let seen: BTreeSet<_> = listener.take().await.connections.iter().map(|c| c.to).collect();
    let unseen: Vec<_> = reachable.difference(&seen).filter(|ip| !ip.is_unspecified()).collect();
    assert!(unseen.is_empty(), "the listener must see what is connected to: {unseen:?}");
    assert!(reachable.len() > cases::forbidden().len() / 2, "{reachable:?}");
    reachable
}

/// The promise itself, by what the listener saw.
fn judge_connections(seen: &Seen) {
    let guard = AddressGuard::default();
    let forbidden: Vec<_> =
        seen.connections.iter().filter(|connection| !guard.permits(connection.to)).collect();
    assert!(forbidden.is_empty(), "forbidden addresses were connected to: {forbidden:?}");
    let plain: Vec<_> = seen.connections.iter().filter(|to| to.port == 80).collect();
    assert!(plain.is_empty(), "a port was connected to that is not allowed: {plain:?}");
}

/// Each export ended as its case says, by what the database says.
fn judge_ends(cases: &[Case], ends: &[End], seen: &Seen) {
    let mut broken = Vec::new();
    for End { case, state, outcome } in ends {
        let case = &cases[*case];
        let delivered = (state.as_str(), outcome.as_str()) == ("delivered", "delivered");
        let right = match case.expected {
            Expected::Delivered(None) => delivered,
            Expected::Delivered(Some(address)) => {
                let path = case.url.splitn(4, '/').nth(3).unwrap_or_default();
                delivered && seen.requests.contains(&(format!("/{path}"), address))
            }
            Expected::Refused(expected) => state == "failed" && outcome == expected,
            Expected::Either => delivered || (state == "failed" && outcome == "blocked_address"),
        };
        if !right {
            broken
                .push(format!("{}: {state}, {outcome}; expected {:?}", case.label, case.expected));
        }
    }
    let some = broken.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(broken.is_empty(), "{} exports ended otherwise, such as\n{some}", broken.len());
    let expected: usize = cases.iter().map(|case| case.exports).sum();
    assert_eq!(ends.len(), expected, "each export was tried once");
}

#[expect(clippy::print_stdout, reason = "the figures of the run")]
fn report(
    cases: &[Case],
    ends: &[End],
    seen: &Seen,
    flips: usize,
    reachable: &BTreeSet<IpAddr>,
    took: Duration,
) {
    let count = |expected: fn(&Expected) -> bool| {
        let ends = ends.iter().map(|end| &cases[end.case].expected);
        ends.filter(|of| expected(of)).count()
    };
    let delivered = ends.iter().filter(|end| end.state == "delivered").count();
    println!(
        "egress: {} exports to {} webhooks in {:.1} s: {} must be delivered, {} refused, {} as it comes; {delivered} were delivered over {} connections; {flips} flips; 0 connections to the {} forbidden addresses, of which {} answer here",
        ends.len(),
        cases.len(),
        took.as_secs_f64(),
        count(|of| matches!(of, Expected::Delivered(_))),
        count(|of| matches!(of, Expected::Refused(_))),
        count(|of| matches!(of, Expected::Either)),
        seen.connections.len(),
        cases::forbidden().len(),
        reachable.len(),
    );
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("the work does not panic")
}

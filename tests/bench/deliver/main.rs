//! How fast queued exports are delivered, beside the limit of the parts measured in the same
//! run: a bare HTTP client loop against the same receiver, and a bare SQL loop that claims and
//! completes. Everything on this machine, fsync on. Run it with `script/bench deliver`.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod cpu;
mod limits;
mod receiver;
mod seed;

use std::path::Path;
use std::process::{Child, Command, Stdio};

use localpg::{Cluster, Options};

use cpu::Usage;

/// Exports that are queued before the worker starts.
const EXPORTS: u32 = 20_000;

fn main() {
    if std::env::args().any(|argument| argument == receiver::ARGUMENT) {
        return receiver::run();
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let cluster = Cluster::start(&Options { data_dir: folder.path().join("pg"), durable: true })
        .expect("a private Postgres");
    let mut receiver = receiver::start();
    println!("machine: {} cores; Postgres {}, fsync on", cores(), cluster.version());
    println!(
        "work: {EXPORTS} exports of one candidate, {} bytes each, over {} webhooks of {} organisations\n",
        seed::body().len(),
        seed::WEBHOOKS,
        seed::ORGANISATIONS
    );

    let client = limits::client_loop(receiver.url(), EXPORTS);
    let sql = limits::sql_loop(&cluster, EXPORTS);
    let runs: Vec<_> = (0..3).map(|_| deliver(&cluster, &receiver)).collect();
    report(&client, &sql, &runs);
    receiver.stop();
}

/// One run: what it took from the first request to the last recorded delivery.
struct Run {
    seconds: f64,
    worker: Usage,
    postgres: Usage,
    receiver: Usage,
    peak_kib: u64,
}

fn deliver(cluster: &Cluster, receiver: &receiver::Process) -> Run {
    let database = seed::fresh_database(cluster, receiver.url(), EXPORTS);
    let server = cpu::Group::of_postgres(cluster);
    let (postgres, receiver_before) = (server.usage(), cpu::usage(receiver.pid()));
    let mut worker = start_worker(&cluster.url(&database));
    seed::wait_until_finished(cluster, &database);
    let run = Run {
        seconds: seed::span_seconds(cluster, &database),
        worker: cpu::usage(worker.id()),
        postgres: server.usage() - postgres,
        receiver: cpu::usage(receiver.pid()) - receiver_before,
        peak_kib: cpu::peak_kib(worker.id()),
    };
    worker.kill().expect("our own child");
    worker.wait().expect("our own child");
    assert_eq!(seed::delivered(cluster, &database), EXPORTS, "every export is delivered");
    run
}

fn start_worker(database_url: &str) -> Child {
    Command::new(Path::new(env!("CARGO_BIN_EXE_talentats")))
        .arg("worker")
        .env("DATABASE_URL", database_url)
        .env("SECRET_KEYS", seed::SECRET_KEYS)
        .env("ALLOW_HTTP", "true")
        .env("ALLOW_NETS", "127.0.0.0/8")
        .env("ALLOW_PORTS", "*")
        .env("METRICS_ADDR", "127.0.0.1:0")
        .env("RUST_LOG", "error")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the worker starts")
}

fn report(client: &limits::Loop, sql: &limits::Loop, runs: &[Run]) {
    let exports = f64::from(EXPORTS);
    let per_thousand = |usage: Usage| usage.seconds() / exports * 1_000.0;
    let bare = (client.cpu.seconds() + sql.cpu.seconds()) / exports;
    let limit = cores() as f64 / bare;
    println!(
        "bare client loop  {:>8.0}/s  {:.4} CPU s per 1,000",
        exports / client.seconds,
        per_thousand(client.cpu)
    );
    println!(
        "bare SQL loop     {:>8.0}/s  {:.4} CPU s per 1,000",
        exports / sql.seconds,
        per_thousand(sql.cpu)
    );
    println!("both together     {limit:>8.0}/s  (cores / CPU of both per export)\n");
    println!(
        "{:>4} {:>10} {:>9}   CPU s per 1,000: worker  Postgres  receiver   peak of worker",
        "run", "delivered", "of limit"
    );
    for (number, run) in runs.iter().enumerate() {
        let rate = exports / run.seconds;
        println!(
            "{:>4} {rate:>8.0}/s {:>8.0}% {:>25.4} {:>9.4} {:>9.4} {:>12.1} MiB",
            number + 1,
            rate / limit * 100.0,
            per_thousand(run.worker),
            per_thousand(run.postgres),
            per_thousand(run.receiver),
            run.peak_kib as f64 / 1_024.0
        );
    }
    let mut rates: Vec<_> = runs.iter().map(|run| exports / run.seconds).collect();
    rates.sort_by(f64::total_cmp);
    let median = rates[rates.len() / 2];
    println!(
        "\nmedian: {median:.0} delivered/s, {:.0} % of what the two bare loops allow",
        median / limit * 100.0
    );
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

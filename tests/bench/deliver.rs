//! How fast queued exports are delivered by one worker and by two, beside the limit of the parts
//! measured in the same run: a bare HTTP client loop against the same receivers, and a bare SQL
//! loop that claims and completes. And what a worker costs that has nothing to do.

mod idle;
mod limits;

use std::ops::Range;

use tokio::runtime::Runtime;

use crate::cpu::{self, Usage};
use crate::installation::Installation;
use crate::latency::median;
use crate::machine::cores;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::queue;
use crate::receiver::process::Process;
use crate::receiver::{Behaviour, url};
use crate::table::{Line, Wanted};
use crate::tenants;

/// Webhooks that the exports are spread over.
const WEBHOOKS: Range<u32> = 0..200;

/// Pairs of runs, one worker and two by turns: what changes on the machine meets both.
const PAIRS: usize = 3;

/// How long a run may take.
const LIMIT_S: u32 = 300;

/// One run: what it took from the first request to the last recorded delivery.
struct Run {
    workers: usize,
    rate: f64,
    /// CPU seconds per 1,000 exports.
    worker: f64,
    postgres: f64,
    receiver: f64,
    /// Of the largest worker.
    peak_mib: f64,
}

/// Measures.
pub fn run(options: &Options) -> Vec<Line> {
    let each = options.amount(200, 25);
    let exports = each * WEBHOOKS.end;
    let runtime = Runtime::new().expect("a runtime");
    let postgres = Postgres::start(options);
    let receivers = Process::start(WEBHOOKS.end);
    println!(
        "{exports} exports of one candidate, {} bytes each, over {} webhooks and hosts of {} organisations",
        queue::payload().len(),
        WEBHOOKS.len(),
        tenants::ORGANISATIONS
    );
    let client = runtime.block_on(limits::client_loop(receivers.port, exports));
    let sql = limits::sql_loop(&postgres, exports);
    let limit = report_limits(&client, &sql, exports);
    println!(
        "{:>7} {:>11} {:>9}   CPU s per 1,000: workers  Postgres  receivers   peak of a worker",
        "workers", "delivered", "of limit"
    );
    let mut runs = Vec::new();
    for _ in 0..PAIRS {
        for workers in 1..=2 {
            let run = runtime.block_on(deliver(&postgres, &receivers, workers, each));
            run.report(limit);
            runs.push(run);
        }
    }
    let mut lines = lines(&runs, limit);
    lines.extend(runtime.block_on(idle::measure(&postgres, options)));
    lines
}

async fn deliver(postgres: &Postgres, receivers: &Process, workers: usize, each: u32) -> Run {
    let mut installation = Installation::new(postgres);
    let database = installation.database.clone();
    tenants::add_webhooks(&database, WEBHOOKS, |n| url(receivers.port, n, Behaviour::Ok));
    queue::add(&database, &WEBHOOKS, each, &queue::payload());
    database.settle();
    let server = postgres.processes();
    let (before, receiver_before) = (server.usage(), cpu::usage(receivers.pid()));
    for _ in 0..workers {
        installation.start_worker();
    }
    assert!(queue::drained(&database, &WEBHOOKS, LIMIT_S), "the queue is not drained");
    let exports = f64::from(each * WEBHOOKS.end);
    let per_thousand = |usage: Usage| usage.seconds() / exports * 1_000.0;
    let pids = installation.workers.iter().map(support::Process::id);
    let run = Run {
        workers,
        rate: exports / queue::span_seconds(&database, &WEBHOOKS),
        worker: pids.clone().map(|pid| per_thousand(cpu::usage(pid))).sum(),
        postgres: per_thousand(server.usage() - before),
        receiver: per_thousand(cpu::usage(receivers.pid()) - receiver_before),
        peak_mib: pids.map(cpu::peak_mib).fold(0.0, f64::max),
    };
    assert_eq!(queue::delivered(&database, &WEBHOOKS), exports as u64, "all are delivered");
    run
}

impl Run {
    fn report(&self, limit: f64) {
        println!(
            "{:>7} {:>9.0}/s {:>8.0}% {:>26.4} {:>9.4} {:>10.4} {:>14.1} MiB",
            self.workers,
            self.rate,
            self.rate / limit * 100.0,
            self.worker,
            self.postgres,
            self.receiver,
            self.peak_mib
        );
    }
}

fn report_limits(client: &limits::Loop, sql: &limits::Loop, exports: u32) -> f64 {
    let exports = f64::from(exports);
    for (name, bare) in [("client", client), ("SQL", sql)] {
        println!(
            "bare {name:<6} loop {:>8.0}/s  {:.4} CPU s per 1,000",
            exports / bare.seconds,
            bare.cpu.seconds() / exports * 1_000.0
        );
    }
    let limit = cores() as f64 * exports / (client.cpu.seconds() + sql.cpu.seconds());
    println!("both together    {limit:>8.0}/s  (cores / CPU of both per export)");
    limit
}

fn lines(runs: &[Run], limit: f64) -> Vec<Line> {
    let of = |workers: usize, figure: fn(&Run) -> f64| {
        median(runs.iter().filter(|run| run.workers == workers).map(figure).collect())
    };
    let rate = |run: &Run| run.rate;
    let peak = runs.iter().map(|run| run.peak_mib).fold(0.0, f64::max);
    vec![
        Line::new("deliver: one worker, median", of(1, rate), "/s")
            .beside(limit, "both bare loops")
            .wanted(Wanted::AtLeast(20_000.0)),
        Line::new("deliver: two workers, median", of(2, rate), "/s")
            .beside(of(1, rate), "one worker")
            .wanted(Wanted::RatioAtLeast(1.0)),
        Line::new(
            "deliver: CPU of worker and Postgres per 1,000",
            of(1, |run| run.worker + run.postgres),
            "s",
        )
        .wanted(Wanted::AtMost(0.09)),
        Line::new("deliver: peak memory of a worker", peak, "MiB").wanted(Wanted::AtMost(64.0)),
    ]
}

//! How soon an idle system notices a new export, and what the hint that makes it notice costs
//! those who enqueue. Control: an API that gives no hints (`WAKE_UP=off`).

use std::ops::Range;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::installation::Installation;
use crate::latency::median;
use crate::load::latencies;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::receiver::{Behaviour, Listeners, url};
use crate::table::{Line, Wanted};
use crate::tenants;

const WEBHOOKS: Range<u32> = 0..20;
/// Exports a second on the idle system.
const PER_SECOND: u32 = 20;
/// Clients that enqueue as fast as they can.
const CLIENTS: u32 = 32;
/// What turns the hints off.
const SETTING: &str = "WAKE_UP";
/// Runs with and without hints, by turns.
const PAIRS: usize = 4;

/// Measures.
pub fn run(options: &Options) -> Vec<Line> {
    let postgres = Postgres::start(options);
    let runtime = Runtime::new().expect("a runtime");
    let mut lines = runtime.block_on(idle(&postgres, options));
    lines.push(runtime.block_on(cost(&postgres, options)));
    lines
}

async fn idle(postgres: &Postgres, options: &Options) -> Vec<Line> {
    let listeners = Listeners::bind(WEBHOOKS.end);
    let port = listeners.port;
    let seen = listeners.serve();
    let mut installation = Installation::new(postgres);
    tenants::add_webhooks(&installation.database, WEBHOOKS, |n| url(port, n, Behaviour::Ok));
    installation.start_api().await;
    let callers = installation.callers(50).await;
    installation.database.settle();
    installation.start_worker();
    callers.offer(WEBHOOKS, PER_SECOND, Duration::from_secs(5)).await;
    // 2,000 samples.
    let time = options.amount(Duration::from_secs(100), Duration::from_secs(10));
    let accepted = callers.offer(WEBHOOKS, PER_SECOND, time).await;
    let samples = latencies(&accepted, &seen).await;
    println!("{PER_SECOND} exports/s on an idle system, 202 → first byte: {}", samples.words());
    let line = |name, part, most| {
        Line::new(
            format!("wakeup: 202 → receiver's first byte, {name}"),
            samples.percentile_ms(part),
            "ms",
        )
        .wanted(Wanted::AtMost(most))
    };
    vec![line("p50", 0.5, 5.0), line("p99", 0.99, 15.0)]
}

async fn cost(postgres: &Postgres, options: &Options) -> Line {
    let listeners = Listeners::bind(WEBHOOKS.end);
    let port = listeners.port;
    listeners.serve();
    let mut installation = Installation::new(postgres);
    if !installation.takes_setting("api", SETTING) {
        println!("NOTE: `talentats api` takes no {SETTING}: both sides of this line are the same");
    }
    tenants::add_webhooks(&installation.database, WEBHOOKS, |n| url(port, n, Behaviour::Ok));
    installation.start_worker();
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..options.amount(PAIRS, 2) {
        for (setting, rates) in [("on", &mut with), ("off", &mut without)] {
            let rate = enqueue(&mut installation, setting, options).await;
            println!("{CLIENTS} clients, {SETTING}={setting:<3} {rate:>8.0} exports accepted/s");
            rates.push(rate);
        }
    }
    Line::new("wakeup: enqueued by 32 clients with hints", median(with), "/s")
        .beside(median(without), "without")
        .wanted(Wanted::RatioAtLeast(0.8))
}

/// A new API with this setting, the same database, the same worker.
async fn enqueue(installation: &mut Installation, setting: &str, options: &Options) -> f64 {
    assert!(
        crate::queue::drained(&installation.database, &WEBHOOKS, 120),
        "the worker clears what the run before left"
    );
    installation.set_env(SETTING, setting);
    installation.start_api().await;
    let callers = installation.callers(50).await;
    callers.rate(WEBHOOKS, CLIENTS, Duration::from_secs(1)).await;
    let time = options.amount(Duration::from_secs(10), Duration::from_secs(3));
    callers.rate(WEBHOOKS, CLIENTS, time).await
}

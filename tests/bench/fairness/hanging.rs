//! 100 receivers that hang get 20 % of the traffic: what is left of the others' throughput.
//! Control: the same exports to the healthy ones alone.

use std::ops::Range;

use crate::installation::Installation;
use crate::latency::median;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::queue;
use crate::receiver::process::Process;
use crate::receiver::{Behaviour, url};
use crate::table::{Line, Wanted};
use crate::tenants;

const HEALTHY: Range<u32> = 0..200;
const HANGING: Range<u32> = 200..300;
/// How long a run may take: more than two request timeouts.
const LIMIT_S: u32 = 120;
/// Pairs of runs, without and with the hanging ones.
const PAIRS: usize = 3;

pub async fn measure(postgres: &Postgres, options: &Options) -> Vec<Line> {
    // Four parts to 200 webhooks, one part to 100.
    let (each, each_hanging) = options.amount((200, 100), (40, 20));
    println!(
        "{} receivers that hang get 20 % of the traffic, {} healthy ones the rest ({} exports):",
        HANGING.len(),
        HEALTHY.len(),
        each * HEALTHY.end
    );
    let receivers = Process::start(HANGING.end);
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for _ in 0..options.amount(PAIRS, 1) {
        alone.push(rate(postgres, &receivers, each, 0).await);
        beside.push(rate(postgres, &receivers, each, each_hanging).await);
        println!(
            "  alone {:>8.0}/s  beside {:>8.0}/s",
            alone[alone.len() - 1],
            beside[beside.len() - 1]
        );
    }
    vec![
        Line::new("fairness: healthy throughput beside 100 hanging", median(beside), "/s")
            .beside(median(alone), "without them")
            .wanted(Wanted::RatioAtLeast(0.8)),
    ]
}

/// Deliveries to the healthy ones a second, from the first claim to the last recorded end.
async fn rate(postgres: &Postgres, receivers: &Process, each: u32, each_hanging: u32) -> f64 {
    let mut installation = Installation::new(postgres);
    let database = installation.database.clone();
    tenants::add_webhooks(&database, HEALTHY, |n| url(receivers.port, n, Behaviour::Ok));
    if each_hanging > 0 {
        tenants::add_webhooks(&database, HANGING, |n| url(receivers.port, n, Behaviour::Hang));
        queue::add(&database, &HANGING, each_hanging, &queue::payload());
    }
    queue::add(&database, &HEALTHY, each, &queue::payload());
    database.settle();
    installation.start_worker();
    if !queue::drained(&database, &HEALTHY, LIMIT_S) {
        let delivered = queue::delivered(&database, &HEALTHY) as f64;
        println!(
            "  starved: {} exports are not delivered after {LIMIT_S} s",
            queue::waiting(&database, &HEALTHY)
        );
        return delivered / f64::from(LIMIT_S);
    }
    f64::from(each * HEALTHY.end) / queue::span_seconds(&database, &HEALTHY)
}

//! One webhook with 10,000 jobs whose receiver is dead, beside 50 healthy ones: what becomes of
//! their latency. Control: the same load without the dead one, before and after.

use std::ops::Range;
use std::time::Duration;

use crate::installation::Installation;
use crate::latency::Samples;
use crate::load::latencies;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::queue;
use crate::receiver::{Behaviour, Listeners, closed_port, url};
use crate::table::{Line, Wanted};
use crate::tenants;

const HEALTHY: Range<u32> = 0..50;
/// The dead one, of the same organisation as some of the healthy ones.
const DEAD: Range<u32> = 50..51;
/// Exports a second to the healthy ones, together.
const PER_SECOND: u32 = 100;
/// Load that is not counted: connections are made, plans are cached, the dead one is met.
const WARM_UP: Duration = Duration::from_secs(3);

/// How the dead receiver is dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Death {
    None,
    Refuses,
    Hangs,
}

pub async fn measure(postgres: &Postgres, options: &Options) -> Vec<Line> {
    println!(
        "one webhook with 10,000 jobs and a dead receiver beside {} healthy ones at {PER_SECOND}/s:",
        HEALTHY.len()
    );
    let mut control = Samples::default();
    let mut lines = Vec::new();
    for death in [Death::None, Death::Refuses, Death::None, Death::Hangs, Death::None] {
        let samples = phase(postgres, options, death).await;
        println!("  {:<8} {}", format!("{death:?}"), samples.words());
        if death == Death::None {
            control = control.and(samples);
        } else {
            lines.push((death, samples.percentile_ms(0.99)));
        }
    }
    let control = control.percentile_ms(0.99);
    let line = |(death, p99)| {
        let what = format!("fairness: p99 of the healthy while one {death:?}").to_lowercase();
        Line::new(what, p99, "ms").beside(control, "without it").wanted(Wanted::RatioAtMost(1.5))
    };
    lines.into_iter().map(line).collect()
}

async fn phase(postgres: &Postgres, options: &Options, death: Death) -> Samples {
    let listeners = Listeners::bind(HEALTHY.end + 1);
    let port = listeners.port;
    let seen = listeners.serve();
    let mut installation = Installation::new(postgres);
    let database = installation.database.clone();
    tenants::add_webhooks(&database, HEALTHY, |n| url(port, n, Behaviour::Ok));
    if death != Death::None {
        let closed = closed_port();
        tenants::add_webhooks(&database, DEAD, |n| match death {
            Death::Refuses => format!("http://{closed}/refused"),
            _ => url(port, n, Behaviour::Hang),
        });
        queue::add(&database, &DEAD, options.amount(10_000, 1_000), &queue::payload());
    }
    installation.start_api().await;
    let callers = installation.callers(50).await;
    database.settle();
    installation.start_worker();
    callers.offer(HEALTHY, PER_SECOND, WARM_UP).await;
    let time = options.amount(Duration::from_secs(30), Duration::from_secs(5));
    let accepted = callers.offer(HEALTHY, PER_SECOND, time).await;
    let samples = latencies(&accepted, &seen).await;
    if death != Death::None {
        let left = queue::waiting(&database, &DEAD);
        assert!(left > 0, "the dead one has work to the end");
    }
    samples
}

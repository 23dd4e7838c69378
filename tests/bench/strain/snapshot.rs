//! One idle REPEATABLE READ transaction that has taken its snapshot is held while exports come in
//! at a steady rate: no dead row of lanes and jobs can go meanwhile. Control: the same load
//! before it, on the same installation.

use std::ops::Range;
use std::time::Duration;

use super::series::{Phase, Series};
use crate::installation::Installation;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::receiver::{Behaviour, Listeners, url};
use crate::table::{Line, Wanted};
use crate::tenants;

const WEBHOOKS: Range<u32> = 0..50;
/// Exports a second.
const PER_SECOND: u32 = 200;
/// One line of the series.
const SLICE: Duration = Duration::from_secs(10);
/// A slice is normal again when its p99 is at most this multiple of the control's.
const NORMAL: f64 = 1.5;

pub async fn measure(postgres: &Postgres, options: &Options) -> Vec<Line> {
    let (before, held, after) = options.amount((6, 12, 6), (1, 2, 1));
    println!("{PER_SECOND} exports/s; an idle REPEATABLE READ transaction for {} s:", held * 10);
    let listeners = Listeners::bind(WEBHOOKS.end);
    let port = listeners.port;
    let seen = listeners.serve();
    let mut installation = Installation::new(postgres);
    let database = installation.database.clone();
    tenants::add_webhooks(&database, WEBHOOKS, |n| url(port, n, Behaviour::Ok));
    installation.start_api().await;
    let callers = installation.callers(50).await;
    database.settle();
    installation.start_worker();
    callers.offer(WEBHOOKS, PER_SECOND, Duration::from_secs(3)).await;

    let mut series = Series::new(&database, callers, seen, WEBHOOKS, PER_SECOND, SLICE);
    let control = series.run(Phase::Control, before).await;
    let mut holder = database.session();
    holder.say("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM export_jobs, lanes");
    let strained = series.run(Phase::Held, held).await;
    let holding = "SELECT count(*) FROM pg_stat_activity
                   WHERE state = 'idle in transaction' AND backend_xmin IS NOT NULL";
    assert!(database.number(holding) >= 1.0, "the transaction held its snapshot to the end");
    holder.say("COMMIT");
    holder.end();
    let recovering = series.run(Phase::After, after).await;

    let p99 = |slices: &[super::series::Slice]| Series::samples(slices).percentile_ms(0.99);
    let control = p99(&control);
    let normal = recovering.iter().position(|slice| slice.p99_ms() <= NORMAL * control);
    let normal_s = normal
        .map_or(f64::INFINITY, |at| recovering[..=at].iter().map(|slice| slice.seconds).sum());
    let rate = Series::rate(&strained);
    vec![
        Line::new("strain: delivered while a transaction idles", rate, "/s")
            .beside(f64::from(PER_SECOND), "offered")
            .wanted(Wanted::RatioAtLeast(0.95)),
        Line::new("strain: p99 while a transaction idles", p99(&strained), "ms")
            .beside(control, "before it")
            .wanted(Wanted::RatioAtMost(3.0)),
        Line::new("strain: normal (p99 ≤ 1.5 × before) after its end within", normal_s, "s")
            .wanted(Wanted::AtMost(60.0)),
    ]
}

//! Large exports: 10,000 people in one, from the confirmation to the delivery, and 32 of 10 MB
//! each that are due at once; what they cost a worker in memory.

use std::ops::Range;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::runtime::Runtime;

use crate::cpu;
use crate::installation::Installation;
use crate::latency::Samples;
use crate::options::Options;
use crate::postgres::{Database, Postgres};
use crate::queue;
use crate::receiver::{Behaviour, Listeners, url};
use crate::table::{Line, Wanted};
use crate::tenants::{self, webhook};

/// What a worker may use beside payloads.
const BASE_MIB: f64 = 64.0;
/// `PAYLOAD_BYTES_IN_FLIGHT`.
const IN_FLIGHT_MIB: f64 = 64.0;
/// Bytes of a large payload.
const LARGE_BYTES: u32 = 10_000_000;
/// How many of them are due at once.
const LARGE: Range<u32> = 0..32;
/// How long until all is delivered.
const LIMIT_S: u32 = 120;

/// Measures.
pub fn run(options: &Options) -> Vec<Line> {
    let postgres = Postgres::start(options);
    let runtime = Runtime::new().expect("a runtime");
    let mut lines = runtime.block_on(many_people(&postgres, options));
    lines.push(runtime.block_on(many_bytes(&postgres)));
    lines
}

async fn many_people(postgres: &Postgres, options: &Options) -> Vec<Line> {
    let people = 10_000;
    let listeners = Listeners::bind(1);
    let port = listeners.port;
    listeners.serve();
    let mut installation = Installation::new(postgres);
    let database = installation.database.clone();
    tenants::add_webhooks(&database, 0..1, |n| url(port, n, Behaviour::Ok));
    installation.start_api().await;
    let callers = installation.callers(people).await;
    database.settle();
    installation.start_worker();
    let (mut accepting, mut delivering) = (Vec::new(), Vec::new());
    let before = cpu::resident_anew_mib(installation.api().process.id());
    for turn in 0..=options.amount(10, 3) {
        let asked = Instant::now();
        let accepted = callers.export(0, 0, people).await;
        let (took, at) = (accepted.at - asked, Utc::now() - accepted.at.elapsed());
        let export = accepted.export.expect("an API that is not too busy for one export");
        assert!(queue::drained(&database, &(0..1), LIMIT_S), "it is delivered");
        let took_more = finished_at(&database, export) - at;
        // The first one warms up.
        if turn > 0 {
            accepting.push(took);
            delivering.push(took_more.to_std().unwrap_or(Duration::ZERO));
        }
    }
    let payload = "SELECT max(payload_bytes) / 1048576.0 FROM exports";
    let payload_mib = database.number(payload);
    let (accepting, delivering) = (Samples::new(accepting), Samples::new(delivering));
    println!("{people} people, {payload_mib:.1} MiB: accepted {}", accepting.words());
    println!("{people} people, {payload_mib:.1} MiB: delivered {}", delivering.words());
    let peak = cpu::peak_mib(installation.workers[0].id());
    let accepted_at = cpu::peak_mib(installation.api().process.id()) - before;
    vec![
        Line::new("large: memory that the API takes to accept 10,000 people", accepted_at, "MiB")
            .beside(payload_mib, "one payload")
            .wanted(Wanted::AtMost(3.0 * payload_mib)),
        Line::new("large: 10,000 people accepted in, worst", accepting.percentile_ms(1.0), "ms")
            .wanted(Wanted::AtMost(500.0)),
        Line::new("large: delivered after that in, worst", delivering.percentile_ms(1.0), "ms")
            .wanted(Wanted::AtMost(1_000.0)),
        Line::new("large: peak memory of the worker, 10,000 people", peak, "MiB")
            .beside(payload_mib, "one payload in flight")
            .wanted(Wanted::AtMost(2.0f64.mul_add(payload_mib, BASE_MIB))),
    ]
}

fn finished_at(database: &Database, export: uuid::Uuid) -> DateTime<Utc> {
    let query = format!(
        "SELECT to_char(finished_at, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')
         FROM exports WHERE id = '{export}' AND end_state = 'delivered'"
    );
    database.sql(&query).trim().parse().expect("an export that was delivered")
}

/// The receivers answer after 500 ms, so that what is sent at once is held at once.
async fn many_bytes(postgres: &Postgres) -> Line {
    let listeners = Listeners::bind(LARGE.end);
    let port = listeners.port;
    let seen = listeners.serve();
    let mut installation = Installation::new(postgres);
    let database = installation.database.clone();
    tenants::add_webhooks(&database, LARGE, |n| url(port, n, Behaviour::After500Ms));
    queue::add(&database, &LARGE, 1, b"{}");
    database.sql(&enlarge());
    database.settle();
    let started = Instant::now();
    installation.start_worker();
    assert!(queue::drained(&database, &LARGE, LIMIT_S), "all are delivered");
    assert_eq!(queue::delivered(&database, &LARGE), u64::from(LARGE.end), "all are delivered");
    let peak = cpu::peak_mib(installation.workers[0].id());
    println!(
        "{} exports of {} MB due at once: {:.1} s, at most {} at a time, peak {peak:.0} MiB",
        LARGE.end,
        LARGE_BYTES / 1_000_000,
        started.elapsed().as_secs_f64(),
        seen.peak()
    );
    Line::new("large: peak memory of the worker, 32 × 10 MB due at once", peak, "MiB")
        .beside(IN_FLIGHT_MIB, "PAYLOAD_BYTES_IN_FLIGHT")
        .wanted(Wanted::AtMost(2.0f64.mul_add(IN_FLIGHT_MIB, BASE_MIB)))
}

/// Gives each export a payload of its own that compresses about as well as people's data do.
fn enlarge() -> String {
    let first = webhook(LARGE.start);
    let chunks = LARGE_BYTES / 32;
    format!(
        "UPDATE export_payloads p SET body = convert_to(large.text, 'UTF8')
         FROM (SELECT id, (SELECT string_agg(md5(id::text || n), '') FROM generate_series(1, {chunks}) n) AS text
               FROM exports) large
         WHERE p.export_id = large.id;
         UPDATE exports e SET payload_bytes = length(p.body), payload_sha256 = sha256(p.body)
         FROM export_payloads p WHERE p.export_id = e.id;
         UPDATE export_jobs SET payload_bytes = {bytes} WHERE webhook_id >= '{first}'",
        bytes = chunks * 32,
    )
}

//! The API with a worker beside it: what is accepted must be delivered, and the clock runs until
//! the last delivery is recorded.

use tokio::runtime::Runtime;

use super::costs::Meter;
use super::{CLIENTS, ROUNDS, WEBHOOKS, clients, exports, key, open, warm_up};
use crate::installation::Installation;
use crate::latency::median;
use crate::load::Callers;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::queue;
use crate::receiver::process::Process;
use crate::table::{Line, Wanted};

/// How long the queue may take to drain after the last export was accepted.
const LIMIT_S: u32 = 300;

/// Measures.
pub fn measure(runtime: &Runtime, postgres: &Postgres, options: &Options) -> Vec<Line> {
    println!("the API and a worker, from the first request to the last recorded delivery:");
    let receivers = Process::start(WEBHOOKS.end);
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let (mut installation, callers) = open(runtime, postgres, receivers.port);
        installation.start_worker();
        clients::confirm(&installation, &callers, (CLIENTS, warm_up(options)), true);
        for (keyed, rates) in [false, true].into_iter().zip(&mut rates) {
            assert!(queue::drained(&installation.database, &WEBHOOKS, LIMIT_S), "it drains");
            let parties = [
                ("API", installation.api().process.id()),
                ("worker", installation.workers[0].id()),
                ("receivers", receivers.pid()),
            ];
            let meter = Meter::new(postgres, &parties);
            rates.push(rate(&installation, &callers, &meter, exports(CLIENTS, options), keyed));
        }
    }
    let line = |(keyed, rates)| {
        let what = format!("accept: accepted and delivered beside a worker{}", key(keyed));
        Line::new(what, median(rates), "/s").wanted(Wanted::AtLeast(700.0))
    };
    [false, true].into_iter().zip(rates).map(line).collect()
}

/// Exports that were accepted and delivered, a second.
fn rate(
    installation: &Installation,
    callers: &Callers,
    meter: &Meter,
    exports: u32,
    keyed: bool,
) -> f64 {
    let database = &installation.database;
    database.settle();
    let before = database.sql("SELECT date_trunc('milliseconds', clock_timestamp())");
    let (confirmed, costs) = meter.around(exports, || {
        let confirmed = clients::confirm(installation, callers, (CLIENTS, exports), keyed);
        assert!(queue::drained(database, &WEBHOOKS, LIMIT_S), "what was accepted is delivered");
        confirmed
    });
    let these = format!("FROM exports WHERE requested_at >= '{}'", before.trim());
    let delivered =
        database.number(&format!("SELECT count(*) {these} AND end_state = 'delivered'"));
    assert_eq!(delivered, f64::from(exports), "all that was accepted is delivered");
    let span = database.number(&format!(
        "SELECT extract(epoch FROM max(finished_at) - min(requested_at)) {these}"
    ));
    let rate = f64::from(exports) / span;
    println!(
        "  accepted {:>6.0}/s, delivered over the whole {span:>5.1} s {rate:>6.0}/s{:<17}  p50 {:>6.2} ms  p99 {:>6.2} ms  CPU s per 1,000:{costs}",
        f64::from(exports) / confirmed.seconds,
        key(keyed),
        confirmed.samples.percentile_ms(0.5),
        confirmed.samples.percentile_ms(0.99)
    );
    rate
}

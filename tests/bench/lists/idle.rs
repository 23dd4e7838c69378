//! What API, workers and Postgres cost while nothing is due: 100,000 jobs wait for tomorrow.

use std::time::Duration;

use crate::cpu;
use crate::installation::Installation;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::table::{Line, Wanted};

/// Until the start is over: connections made, partitions looked at, statistics gathered.
const SETTLING: Duration = Duration::from_secs(20);
const WORKERS: usize = 3;

pub async fn measure(
    installation: &mut Installation,
    postgres: &Postgres,
    options: &Options,
) -> Vec<Line> {
    let time = options.amount(Duration::from_secs(60), Duration::from_secs(15));
    // As in production; the newcomer's rows are vacuumed and counted before.
    installation.database.sql("ALTER SYSTEM RESET autovacuum");
    installation.database.sql("SELECT pg_reload_conf()");
    installation.database.settle();
    (0..WORKERS).for_each(|_| installation.start_worker());
    tokio::time::sleep(SETTLING).await;
    let look = |installation: &Installation| {
        let workers: Vec<_> = installation.workers.iter().map(|it| cpu::usage(it.id())).collect();
        (workers, cpu::usage(installation.api().process.id()), postgres.processes().usage())
    };
    let (workers, api, server) = look(installation);
    tokio::time::sleep(time).await;
    let (workers_then, api_then, server_then) = look(installation);
    let part = |usage: cpu::Usage| usage.seconds() / time.as_secs_f64() * 100.0;
    let workers = workers_then.into_iter().zip(workers).map(|(then, before)| part(then - before));
    let worst = workers.fold(0.0, f64::max);
    let waiting = installation.database.number("SELECT count(*) FROM export_jobs");
    let line = |what: &str, value: f64, most: f64| {
        let what = format!("lists: idle {what}, {waiting} jobs wait, {WORKERS} workers, of a core");
        Line::new(what, value, "%").wanted(Wanted::AtMost(most))
    };
    vec![
        line("Postgres", part(server_then - server), 1.0),
        line("worker", worst, 0.5),
        line("API", part(api_then - api), 0.1),
    ]
}

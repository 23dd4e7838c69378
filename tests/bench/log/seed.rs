//! Ten million attempts over thirteen months, and two million exports with what waits of them: made inside
//! Postgres, two months at a time, without WAL and fsync, indexes last; counted by day as a worker does; then
//! the server starts anew as in production.

mod counting;

use std::thread;
use std::time::Instant;

use crate::postgres::{Database, Postgres};

/// Months of the log, this one included.
const MONTHS: u32 = 13;
/// Sessions that load at the same time.
const LOADERS: u32 = 2;

/// What loading needs and production does not: nothing of a table that is new goes through WAL.
const LOADING: &str = "ALTER SYSTEM SET wal_level = minimal; ALTER SYSTEM SET max_wal_senders = 0;
    ALTER SYSTEM SET max_wal_size = '8GB'; ALTER SYSTEM SET maintenance_work_mem = '512MB';
    ALTER SYSTEM SET autovacuum = off";

/// Fills the log.
pub fn fill(postgres: &mut Postgres, database: &Database, rows: u64) {
    let started = Instant::now();
    database.sql(LOADING);
    postgres.restart(false);
    database.sql(include_str!("seed/tenants.sql"));
    let loaders: Vec<_> = (0..LOADERS)
        .map(|loader| {
            let database = database.clone();
            thread::spawn(move || {
                for ago in (0..MONTHS).filter(|ago| ago % LOADERS == loader) {
                    database.sql(&month(ago, rows / u64::from(MONTHS)));
                }
            })
        })
        .collect();
    for loader in loaders {
        loader.join().expect("a month is loaded");
    }
    let loaded = started.elapsed().as_secs_f64();
    database.sql(include_str!("seed/attach.sql"));
    database.sql(&exports(rows));
    database.settle();
    counting::count(database);
    database.settle();
    database.sql("ALTER SYSTEM RESET ALL");
    postgres.restart(true);
    let size = database.number("SELECT sum(pg_total_relation_size(inhrelid)) / 2^30 FROM pg_inherits WHERE inhparent = 'attempts'::regclass");
    let rows =
        database.number("SELECT sum(reltuples) FROM pg_class WHERE relname ~ '^attempts_[0-9_]+$'");
    let [exports, jobs] = ["exports", "export_jobs"]
        .map(|table| database.number(&format!("SELECT count(*) FROM {table}")));
    println!(
        "{rows:.0} attempts over {MONTHS} months, {size:.1} GiB with indexes, and {exports:.0} exports, {jobs:.0} of them in progress, made in {:.0} s (attempts and their indexes {loaded:.0} s)",
        started.elapsed().as_secs_f64()
    );
}

fn month(ago: u32, rows: u64) -> String {
    include_str!("seed/month.sql")
        .replace("{ago}", &ago.to_string())
        .replace("{rows}", &rows.to_string())
}

/// A fifth as many exports as attempts; one in 200 of them waits.
fn exports(rows: u64) -> String {
    // About 0.88 of all attempts are the first of an export, and a month of thirteen is there as a whole.
    let months = f64::from(MONTHS);
    let part = (0.2 - 0.88 / months) / (0.88 * (1.0 - 1.0 / months));
    include_str!("seed/exports.sql")
        .replace("{waiting}", &(rows / 1_000).to_string())
        .replace("{part}", &part.to_string())
}

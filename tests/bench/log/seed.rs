//! Ten million attempts over thirteen months: made inside Postgres, two months at a time, without
//! WAL and fsync, indexes last; then the server starts anew as in production.

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
    database.sql(include_str!("seed/exports.sql"));
    database.settle();
    database.sql("ALTER SYSTEM RESET ALL");
    postgres.restart(true);
    let size = database.number("SELECT sum(pg_total_relation_size(inhrelid)) / 2^30 FROM pg_inherits WHERE inhparent = 'attempts'::regclass");
    let rows =
        database.number("SELECT sum(reltuples) FROM pg_class WHERE relname ~ '^attempts_[0-9_]+$'");
    println!(
        "{rows:.0} attempts over {MONTHS} months, {size:.1} GiB with indexes, made in {:.0} s (rows and indexes {loaded:.0} s)",
        started.elapsed().as_secs_f64()
    );
}

fn month(ago: u32, rows: u64) -> String {
    include_str!("seed/month.sql")
        .replace("{ago}", &ago.to_string())
        .replace("{rows}", &rows.to_string())
}

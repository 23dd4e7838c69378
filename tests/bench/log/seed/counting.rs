//! Counts all of it by day, as a worker of a new version does with what is there: a day at a time.

use std::time::Instant;

use store::summaries::{Counted, count_on};
use store::{Conn, Db, DbConfig};
use tokio::runtime::Runtime;

use crate::postgres::Database;

/// Counts; nothing where the schema is of a version that does not.
pub fn count(database: &Database) {
    if database.number("SELECT (to_regclass('days_counted') IS NOT NULL)::integer") < 1.0 {
        return;
    }
    database
        .sql("UPDATE days_counted SET until = date_trunc('month', now()) - interval '12 months'");
    let db = Db::new(&DbConfig::new(database.url.clone(), 1)).expect("an address");
    let runtime = Runtime::new().expect("a runtime");
    for what in Counted::ALL {
        let started = Instant::now();
        let all = move |conn: &mut Conn| {
            while count_on(conn, what)? {}
            Ok(())
        };
        runtime.block_on(db.run(all)).expect("counted");
        let (table, column) = match what {
            Counted::Attempts => ("attempt_days", "attempts"),
            Counted::Exports => ("export_days", "exports"),
        };
        let [rows, counted] = ["count(*)".to_owned(), format!("sum({column})")]
            .map(|what| database.number(&format!("SELECT {what} FROM {table} WHERE span = 'day'")));
        let took = started.elapsed().as_secs_f64();
        println!(
            "{counted:.0} {column} counted by day into {rows:.0} rows in {took:.0} s: {:.1} µs each",
            took * 1e6 / counted
        );
    }
}

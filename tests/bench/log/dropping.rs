//! How long a writer waits while the oldest month is dropped, beside a reader whose transaction
//! has read the log and stays open: a plain DETACH would wait for it, and the writers behind.
//! Control: the same writer before, with nothing dropped.

use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use store::maintenance::drop_partitions;
use store::{Db, DbConfig};

use crate::options::Options;
use crate::postgres::Database;
use crate::table::{Line, Wanted};

/// Leaves ten or eleven months of the thirteen.
const KEPT: Duration = Duration::from_hours(330 * 24);
/// How long the reader stays.
const READER: Duration = Duration::from_secs(5);

pub async fn measure(database: &Database, options: &Options) -> Line {
    let time = options.amount(Duration::from_secs(15), Duration::from_secs(8));
    let control = write(database, time).join().expect("the writer writes");
    let writer = write(database, time);
    let mut reader = database.session();
    reader.say("BEGIN; SELECT count(*) FROM (SELECT FROM attempts LIMIT 1) one");
    // Until it has taken its locks.
    while database.number(
        "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation
         WHERE relname = 'attempts' AND mode = 'AccessShareLock' AND granted",
    ) < 1.0
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let started = Instant::now();
    let dropping = tokio::spawn(drop_old(database.clone()));
    tokio::time::sleep(READER).await;
    reader.say("COMMIT");
    reader.end();
    let dropped = dropping.await.expect("no panic");
    let took = started.elapsed().as_secs_f64();
    let (commits, worst_ms) = writer.join().expect("the writer writes");
    println!(
        "dropped {} in {took:.1} s beside a reader of {} s; the writer committed {commits} times and waited {worst_ms:.0} ms at most ({:.0} ms in {} commits before)",
        dropped.join(", "),
        READER.as_secs(),
        control.1,
        control.0
    );
    assert!(!dropped.is_empty(), "a month was dropped");
    assert!(took < time.as_secs_f64(), "the writer wrote all the while");
    Line::new("log: longest wait of a writer while a month is dropped", worst_ms, "ms")
        .beside(control.1, "nothing dropped")
        .wanted(Wanted::AtMost(1_000.0))
}

async fn drop_old(database: Database) -> Vec<String> {
    let db = Db::new(&DbConfig::new(database.url, 1)).expect("an address");
    db.run(|conn| drop_partitions(conn, KEPT)).await.expect("the months are dropped")
}

/// Writes attempts of this month, one commit each, for that long; how many, and the longest time
/// between two commits in milliseconds.
fn write(database: &Database, time: Duration) -> JoinHandle<(u64, f64)> {
    let database = database.clone();
    let sql = include_str!("dropping/writer.sql");
    let sql = sql.replace("{seconds}", &time.as_secs().to_string());
    thread::spawn(move || {
        let answer = database.sql(&sql);
        let (commits, worst) = answer.trim().split_once('|').expect("two numbers");
        (commits.parse().expect("a number"), worst.parse().expect("a number"))
    })
}

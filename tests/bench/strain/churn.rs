//! A million jobs that come and go through a queue which always holds 10,000: how large tables
//! and indexes are afterwards. Control: the same queue once each of its jobs has been replaced
//! (so that its pages have the room which a queue in use has); both after VACUUM.

use std::time::Instant;

use domain::outcome::Outcome;

use super::backlog::{filled, refill};
use super::queue_loop::QueueLoop;
use crate::options::Options;
use crate::postgres::{Database, Postgres};
use crate::table::{Line, Wanted};

/// Jobs that wait at any time.
const WAITING: u32 = 10_000;
/// Jobs that each of the 200 webhooks gets at a time: 4,000 together.
const EACH: u32 = 20;
const REFILL: u32 = EACH * 200;

pub async fn measure(postgres: &Postgres, options: &Options) -> Vec<Line> {
    let jobs = options.amount(1_000_000, 100_000);
    let database = filled(postgres, WAITING);
    let queue = QueueLoop::new(&database);
    churn(&database, &queue, WAITING).await;
    let before = sizes(&database);
    let started = Instant::now();
    churn(&database, &queue, jobs).await;
    let after = sizes(&database);
    println!("{jobs} jobs came and went in {:.0} s", started.elapsed().as_secs_f64());
    let line = |((what, after), (_, before)): ((String, f64), (String, f64))| {
        println!("  {what:<28} {before:>8.0} KiB → {after:>8.0} KiB");
        Line::new(format!("strain: size of {what} after the churn"), after, "KiB")
            .beside(before, "before")
            .wanted(Wanted::RatioAtMost(2.0))
    };
    after.into_iter().zip(before).map(line).collect()
}

async fn churn(database: &Database, queue: &QueueLoop, jobs: u32) {
    let (mut done, mut refilled) = (0, 0);
    while done < jobs as usize {
        // Before it is taken, so that the queue never holds less than it held at the start.
        if done >= refilled {
            refill(database, EACH);
            refilled += REFILL as usize;
        }
        done += queue.round(Outcome::Delivered).await.1;
    }
}

/// Tables and their indexes after VACUUM, in KiB.
fn sizes(database: &Database) -> Vec<(String, f64)> {
    database.sql("VACUUM export_jobs");
    database.sql("VACUUM lanes");
    let mut sizes = Vec::new();
    for table in ["export_jobs", "lanes"] {
        for (what, function) in [("", "pg_table_size"), (", its indexes", "pg_indexes_size")] {
            let kib = database.number(&format!("SELECT {function}('{table}') / 1024.0"));
            sizes.push((format!("{table}{what}"), kib));
        }
    }
    sizes
}

//! A receiver comes back with 5,000 exports due: how many requests it sees at once from two
//! workers. It takes 20 ms for each, so that what is sent at once is at once.

use std::ops::Range;
use std::time::{Duration, Instant};

use crate::installation::Installation;
use crate::options::Options;
use crate::postgres::{Database, Postgres};
use crate::queue;
use crate::receiver::{Behaviour, Listeners, url};
use crate::table::{Line, Wanted};
use crate::tenants;

const WEBHOOK: Range<u32> = 0..1;
/// `WEBHOOK_CONCURRENCY`, over all workers.
const CAP: f64 = 8.0;
/// Failures after which a receiver counts as down.
const DOWN: f64 = 5.0;
/// How long the outage may take to be noticed, and the backlog to go out.
const LIMIT: Duration = Duration::from_secs(300);

pub async fn measure(postgres: &Postgres, options: &Options) -> Line {
    let exports = options.amount(5_000, 500);
    println!("a receiver comes back with {exports} exports due, two workers:");
    let port = Listeners::bind(1).port;
    let mut installation = Installation::new(postgres);
    let database = installation.database.clone();
    tenants::add_webhooks(&database, WEBHOOK, |n| url(port, n, Behaviour::After20Ms));
    queue::add(&database, &WEBHOOK, exports, &queue::payload());
    installation.start_worker();
    installation.start_worker();
    until_down(&database).await;
    let seen = Listeners::bind_again(1, port).serve();
    let back = Instant::now();
    let drained = queue::drained(&database, &WEBHOOK, LIMIT.as_secs() as u32);
    println!(
        "  {} of {exports} delivered {:.0} s after it was back; at most {} at once",
        queue::delivered(&database, &WEBHOOK),
        back.elapsed().as_secs_f64(),
        seen.peak()
    );
    assert!(drained, "the backlog goes out");
    assert!(seen.peak() > 0, "the receiver was asked");
    Line::new("fairness: most requests at once to one that comes back", seen.peak() as f64, "")
        .wanted(Wanted::AtMost(CAP))
}

async fn until_down(database: &Database) {
    let started = Instant::now();
    while database.number("SELECT max(failures_in_a_row) FROM lanes") < DOWN {
        assert!(started.elapsed() < LIMIT, "nobody notices that the receiver is down");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

//! The gauges of an API process.

use std::time::Duration;

use metrics::{Unit, describe_gauge, gauge};
use store::Db;

const CONNECTIONS: &str = "talentats_database_connections";
const CONNECTIONS_MOST: &str = "talentats_database_connections_most";

/// How often they are set.
const PERIOD: Duration = Duration::from_secs(5);

pub(crate) fn describe() {
    describe_gauge!(
        CONNECTIONS,
        Unit::Count,
        "Connections of this process to the database, by state: in_use, idle. All processes: sum()"
    );
    describe_gauge!(
        CONNECTIONS_MOST,
        Unit::Count,
        "Most connections that this process makes: while as many are in use, requests wait"
    );
}

/// Sets them for as long as the process lives.
pub(crate) async fn run(db: Db) {
    let mut ticks = tokio::time::interval(PERIOD);
    loop {
        ticks.tick().await;
        let Some(connections) = db.connections() else { continue };
        gauge!(CONNECTIONS, "state" => "in_use").set(connections.in_use);
        gauge!(CONNECTIONS, "state" => "idle").set(connections.idle);
        gauge!(CONNECTIONS_MOST).set(connections.most);
    }
}

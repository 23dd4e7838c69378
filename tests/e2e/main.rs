//! End to end: real processes, a real Postgres, real HTTP. One story per file; what they share is
//! the package `support`. Each file lists the operations that it sees succeed.

mod addresses;
mod answers;
mod api_keys;
mod audit;
mod batches;
mod canary;
mod cancel;
mod checked;
mod commands;
mod configuration;
mod coverage;
mod customers;
mod deletion;
mod delivery;
mod desk;
mod downloads;
mod elsewhere;
mod erasure;
mod failures;
mod few_connections;
mod flags;
mod gone;
mod idempotency;
mod import;
mod keys;
mod lanes;
mod limits;
mod live;
mod matrix;
mod operation;
mod orders;
mod outage;
mod pages;
mod pooler;
mod preview;
mod protocol;
mod receipt;
mod redirect;
mod refused_applications;
mod refused_urls;
mod repeated;
mod replays;
mod reseal;
mod restriction;
mod retries;
mod review;
mod roles;
mod rotation;
mod shapes;
mod shutdown;
mod slow_heads;
mod summary;
mod tenants;
mod test_export;
mod throttling;
mod tokens;
mod told;
mod up;
mod waited;
mod waiting;
mod wake_up;
mod worker_lost;
mod workers;

use support::world::Builder;

/// The binary under test.
const BINARY: &str = env!("CARGO_BIN_EXE_talentats");

/// The operations that each story sees succeed; `coverage` compares them with the OpenAPI
/// document.
const COVERED: &[&[&str]] = &[
    api_keys::OPERATIONS,
    cancel::OPERATIONS,
    checked::OPERATIONS,
    customers::OPERATIONS,
    deletion::OPERATIONS,
    delivery::OPERATIONS,
    downloads::OPERATIONS,
    desk::OPERATIONS,
    elsewhere::OPERATIONS,
    erasure::OPERATIONS,
    gone::OPERATIONS,
    import::OPERATIONS,
    live::OPERATIONS,
    preview::OPERATIONS,
    receipt::OPERATIONS,
    review::OPERATIONS,
    rotation::OPERATIONS,
    shapes::OPERATIONS,
    summary::OPERATIONS,
    test_export::OPERATIONS,
    told::OPERATIONS,
];

/// A world about to be made.
fn world() -> Builder {
    support::World::builder(BINARY)
}

/// Runs a statement on the database of a world, to bring about what takes days.
async fn sql(world: &support::World, statement: &'static str) {
    let url = world.env()["DATABASE_URL"].clone();
    let run = move || {
        let mut client = postgres::Client::connect(&url, postgres::NoTls).expect("a connection");
        client.batch_execute(statement).expect("a statement");
    };
    tokio::task::spawn_blocking(run).await.expect("no panic");
}

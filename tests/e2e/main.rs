//! End to end: real processes, a real Postgres, real HTTP. One story per file; what they share is
//! the package `support`. Each file lists the operations that it sees succeed.

mod addresses;
mod answers;
mod audit;
mod batches;
mod cancel;
mod commands;
mod configuration;
mod coverage;
mod deletion;
mod delivery;
mod elsewhere;
mod failures;
mod few_connections;
mod gone;
mod idempotency;
mod import;
mod keys;
mod lanes;
mod operation;
mod outage;
mod pages;
mod pooler;
mod protocol;
mod redirect;
mod refused_applications;
mod refused_urls;
mod restriction;
mod retries;
mod roles;
mod rotation;
mod shapes;
mod shutdown;
mod tenants;
mod test_export;
mod throttling;
mod tokens;
mod up;
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
    cancel::OPERATIONS,
    deletion::OPERATIONS,
    delivery::OPERATIONS,
    elsewhere::OPERATIONS,
    gone::OPERATIONS,
    import::OPERATIONS,
    rotation::OPERATIONS,
    shapes::OPERATIONS,
    test_export::OPERATIONS,
];

/// A world about to be made.
fn world() -> Builder {
    support::World::builder(BINARY)
}

//! How fast exports are accepted: one candidate each, spread over 20 webhooks, with and without
//! an `Idempotency-Key`, by 32 clients and by one, beside a bare transaction of the same rows
//! that pgbench runs in the same database; and what is accepted and delivered with a worker
//! beside the API. Clients, API, worker, receivers and Postgres share this machine's cores: the
//! CPU of each is told.

mod alone;
mod bare;
mod beside_worker;
mod clients;
mod costs;
mod rows;

use std::ops::Range;

use tokio::runtime::Runtime;

use crate::installation::Installation;
use crate::load::Callers;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::receiver::{Behaviour, url};
use crate::table::Line;
use crate::tenants;

/// Webhooks that the exports are spread over.
const WEBHOOKS: Range<u32> = 0..20;
/// Clients that confirm at the same time.
const CLIENTS: u32 = 32;
/// People of each organisation who take turns.
const PEOPLE: usize = 50;
/// How often each phase is measured, by turns with the others.
const ROUNDS: usize = 3;

/// Measures.
pub fn run(options: &Options) -> Vec<Line> {
    let runtime = Runtime::new().expect("a runtime");
    // Processes are watched by this runtime; what they are asked comes from the main thread.
    let _context = runtime.enter();
    let postgres = Postgres::start(options);
    println!(
        "{} exports a phase, of one candidate each, to {} webhooks of {} organisations",
        exports(CLIENTS, options),
        WEBHOOKS.len(),
        tenants::ORGANISATIONS
    );
    let mut lines = alone::measure(&runtime, &postgres, options);
    lines.extend(beside_worker::measure(&runtime, &postgres, options));
    lines
}

/// How many exports this many clients confirm in a phase: a multiple of their number.
fn exports(clients: u32, options: &Options) -> u32 {
    if clients == 1 { options.amount(2_000, 200) } else { clients * options.amount(400, 40) }
}

/// How many all clients confirm before anything counts.
fn warm_up(options: &Options) -> u32 {
    CLIENTS * options.amount(100, 10)
}

/// An installation with a running API, webhooks on this port, and recruiters.
fn open(runtime: &Runtime, postgres: &Postgres, port: u16) -> (Installation, Callers) {
    let mut installation = Installation::new(postgres);
    tenants::add_webhooks(&installation.database, WEBHOOKS, |n| url(port, n, Behaviour::Ok));
    runtime.block_on(installation.start_api());
    let callers = runtime.block_on(installation.callers(PEOPLE));
    (installation, callers)
}

/// As it stands beside a figure.
fn key(keyed: bool) -> &'static str {
    if keyed { ", Idempotency-Key" } else { "" }
}

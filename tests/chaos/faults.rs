//! The faults: each sets up a round, strikes while clients ask and workers deliver, and has the
//! round judged.

mod accepted;
mod api;
mod clock;
mod commits;
mod crash_points;
mod disk;
mod kill;
mod lanes;
mod link;
mod panics;
mod pause;
mod postgres;
mod refused;
mod shutdown;
mod spoiled;

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use crate::ground::Ground;
use crate::report::Outcome;

/// What a fault may use.
#[derive(Clone)]
pub struct Context {
    /// What it stands on.
    pub ground: Arc<Ground>,
    /// The binary under test.
    pub binary: PathBuf,
    /// The same with crash points, where there is one.
    pub crash_binary: Option<PathBuf>,
    /// The whole list, not the short round.
    pub full: bool,
    /// Share of the full counts.
    pub scale: f64,
    /// For what a round keeps on disk.
    pub folder: PathBuf,
}

impl Context {
    /// How much: in full, or in the short round.
    pub fn count(&self, full: usize, short: usize) -> usize {
        let scaled = (full as f64 * self.scale).ceil() as usize;
        if self.full { scaled.max(1) } else { short }
    }
}

/// What a fault does.
type Strike = fn(Context) -> Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// A fault.
pub struct Fault {
    /// Its name on the command line.
    pub name: &'static str,
    /// Whether the short round has it.
    pub short: bool,
    /// Which binary it tests.
    pub crash_points: bool,
    /// Injects it.
    pub strike: Strike,
}

const fn fault(name: &'static str, short: bool, crash_points: bool, strike: Strike) -> Fault {
    Fault { name, short, crash_points, strike }
}

/// All of them, in the order of the table.
pub const ALL: [Fault; 18] = [
    fault("spoiled-tables", true, false, |context| Box::pin(spoiled::tables(context))),
    fault("sigkill", true, false, |context| Box::pin(kill::workers(context))),
    fault("accepted", true, false, |context| Box::pin(accepted::while_the_worker_dies(context))),
    fault("crash-points", false, true, |context| Box::pin(crash_points::all(context))),
    fault("sigstop", true, false, |context| Box::pin(pause::past_the_lease(context))),
    fault("postgres", true, false, |context| Box::pin(postgres::restarts(context))),
    fault("black-hole", false, false, |context| Box::pin(link::black_hole(context))),
    fault("cut", false, false, |context| Box::pin(link::cut(context))),
    fault("commit-record", true, false, |context| Box::pin(commits::of_record(context))),
    fault("commit-claim", true, false, |context| Box::pin(commits::of_claim(context))),
    fault("commit-enqueue", true, false, |context| Box::pin(commits::of_enqueue(context))),
    fault("api", true, false, |context| Box::pin(api::killed(context))),
    fault("sigterm", true, false, |context| Box::pin(shutdown::with_hanging(context))),
    fault("clock", false, false, |context| Box::pin(clock::an_hour_off(context))),
    fault("panic", false, true, |context| Box::pin(panics::in_the_sender(context))),
    fault("refused-row", true, false, |context| Box::pin(refused::in_a_batch(context))),
    fault("lanes", true, false, |context| Box::pin(lanes::four_workers(context))),
    fault("disk", false, false, |context| Box::pin(disk::full(context))),
];

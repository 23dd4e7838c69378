//! What each party of a phase costs: CPU of the API, Postgres, the clients and whoever else.

use std::fmt;

use crate::cpu::{self, Group, Usage};
use crate::postgres::Postgres;

/// Reads the CPU time of the parties.
pub struct Meter {
    postgres: Group,
    others: Vec<(&'static str, u32)>,
}

/// CPU seconds for 1,000 exports, by party.
pub struct Costs(Vec<(&'static str, f64)>);

impl Meter {
    /// Of Postgres, of these processes, and of the clients: this process with its ended children,
    /// pgbench among them.
    pub fn new(postgres: &Postgres, others: &[(&'static str, u32)]) -> Self {
        let others = others.iter().copied().chain([("clients", std::process::id())]);
        Self { postgres: postgres.processes(), others: others.collect() }
    }

    /// What `phase` makes, and what that costs while it confirms so many exports.
    pub fn around<T>(&self, exports: u32, phase: impl FnOnce() -> T) -> (T, Costs) {
        let before = self.read();
        let made = phase();
        let per_thousand = |usage: Usage| usage.seconds() / f64::from(exports) * 1_000.0;
        let spent = self.read().into_iter().zip(before);
        let costs = spent.map(|((name, after), (_, before))| (name, per_thousand(after - before)));
        (made, Costs(costs.collect()))
    }

    fn read(&self) -> Vec<(&'static str, Usage)> {
        let others = self.others.iter().map(|(name, pid)| (*name, cpu::usage(*pid)));
        [("Postgres", self.postgres.usage())].into_iter().chain(others).collect()
    }
}

impl Costs {
    /// Of all but the clients.
    pub fn of_servers(&self) -> f64 {
        self.0.iter().filter(|(name, _)| *name != "clients").map(|(_, seconds)| seconds).sum()
    }
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(name, seconds)| write!(f, "  {name} {seconds:.3}"))
    }
}

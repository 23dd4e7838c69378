//! The API without a worker beside it, and the bare transaction, by turns in one database.

use tokio::runtime::Runtime;

use super::bare::Bare;
use super::costs::{Costs, Meter};
use super::{CLIENTS, ROUNDS, clients, exports, key, open, rows, warm_up};
use crate::installation::Installation;
use crate::latency::median;
use crate::load::Callers;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::table::{Line, Wanted};

/// Nobody listens there; nothing is sent.
const NOWHERE: u16 = 9;

/// Who confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Bare,
    Api,
}

/// One measurement.
struct Phase {
    way: Way,
    clients: u32,
    keyed: bool,
    /// Exports a second.
    rate: f64,
    p50_ms: f64,
    p99_ms: f64,
    /// CPU seconds of all but the clients for 1,000.
    servers: f64,
}

/// Measures.
pub fn measure(runtime: &Runtime, postgres: &Postgres, options: &Options) -> Vec<Line> {
    println!("the API alone, and the bare transaction, by turns:");
    let mut phases = Vec::new();
    for round in 0..ROUNDS {
        let place = Place::open(runtime, postgres, options);
        let mut ways = [Way::Bare, Way::Api];
        ways.rotate_left(round % 2);
        for (clients, keyed) in [(CLIENTS, false), (CLIENTS, true), (1, false), (1, true)] {
            let load = (clients, exports(clients, options));
            let pair = ways.map(|way| place.phase(way, load, keyed));
            assert_eq!(pair[0].1, pair[1].1, "the bare transaction writes what the API writes");
            phases.extend(pair.map(|(phase, _)| phase));
        }
    }
    lines(&phases)
}

/// Where a round is measured: a database and an API of its own, so that each starts from the same.
struct Place<'a> {
    postgres: &'a Postgres,
    installation: Installation,
    callers: Callers,
    bare: Bare,
}

impl<'a> Place<'a> {
    /// Warm in both ways.
    fn open(runtime: &Runtime, postgres: &'a Postgres, options: &Options) -> Self {
        let (installation, callers) = open(runtime, postgres, NOWHERE);
        let warm = (CLIENTS, warm_up(options));
        clients::confirm(&installation, &callers, warm, true);
        let bare = Bare::like_the_last_export(&installation.database);
        bare.run(warm, true);
        Self { postgres, installation, callers, bare }
    }

    /// Measures one phase, and how many rows it wrote by table.
    fn phase(&self, way: Way, load: (u32, u32), keyed: bool) -> (Phase, rows::Written) {
        let database = &self.installation.database;
        let before = rows::count(database);
        database.settle();
        let api = [("API", self.installation.api().process.id())];
        let meter = Meter::new(self.postgres, if way == Way::Api { &api } else { &[] });
        let ((rate, samples), costs) = meter.around(load.1, || match way {
            Way::Bare => {
                let ran = self.bare.run(load, keyed);
                (ran.rate, ran.samples)
            }
            Way::Api => {
                let confirmed = clients::confirm(&self.installation, &self.callers, load, keyed);
                (f64::from(load.1) / confirmed.seconds, confirmed.samples)
            }
        });
        let phase = Phase {
            way,
            clients: load.0,
            keyed,
            rate,
            p50_ms: samples.percentile_ms(0.5),
            p99_ms: samples.percentile_ms(0.99),
            servers: costs.of_servers(),
        };
        phase.report(&costs);
        (phase, rows::written(&rows::count(database), &before))
    }
}

impl Phase {
    fn report(&self, costs: &Costs) {
        println!(
            "  {:<4} {:>2} clients{:<17} {:>6.0}/s  p50 {:>6.2} ms  p99 {:>6.2} ms  CPU s per 1,000:{costs}",
            if self.way == Way::Bare { "bare" } else { "API" },
            self.clients,
            key(self.keyed),
            self.rate,
            self.p50_ms,
            self.p99_ms
        );
    }
}

fn lines(phases: &[Phase]) -> Vec<Line> {
    let of = |way: Way, clients: u32, keyed: bool, figure: fn(&Phase) -> f64| {
        let meant =
            |phase: &&Phase| (phase.way, phase.clients, phase.keyed) == (way, clients, keyed);
        median(phases.iter().filter(meant).map(figure).collect())
    };
    let mut lines = Vec::new();
    for keyed in [false, true] {
        let line = |what: &str, figure, unit| {
            Line::new(format!("accept: {what}{}", key(keyed)), figure, unit)
        };
        let api = |figure| of(Way::Api, CLIENTS, keyed, figure);
        let bare = |figure| of(Way::Bare, CLIENTS, keyed, figure);
        lines.extend([
            line("32 clients beside the bare transaction", api(|phase| phase.rate), "/s")
                .beside(bare(|phase| phase.rate), "bare transaction")
                .wanted(Wanted::RatioAtLeast(0.6)),
            line("32 clients", api(|phase| phase.rate), "/s").wanted(Wanted::AtLeast(1_300.0)),
            line("32 clients, p50", api(|phase| phase.p50_ms), "ms").wanted(Wanted::AtMost(25.0)),
            line("32 clients, p99", api(|phase| phase.p99_ms), "ms").wanted(Wanted::AtMost(80.0)),
            line("one client, p50", of(Way::Api, 1, keyed, |phase| phase.p50_ms), "ms")
                .beside(of(Way::Bare, 1, keyed, |phase| phase.p50_ms), "bare transaction")
                .wanted(Wanted::AtMost(2.5)),
            line("CPU of API and Postgres per 1,000", api(|phase| phase.servers), "s")
                .beside(bare(|phase| phase.servers), "bare transaction"),
        ]);
    }
    lines
}

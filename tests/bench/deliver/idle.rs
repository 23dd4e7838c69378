//! What a worker costs that has nothing to do, with and without an API beside it.

use std::time::Duration;

use crate::cpu;
use crate::installation::Installation;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::receiver::{Behaviour, url};
use crate::table::{Line, Wanted};
use crate::tenants;

use super::WEBHOOKS;

/// Until the start is over: connections made, partitions looked at.
const SETTLING: Duration = Duration::from_secs(5);

pub async fn measure(postgres: &Postgres, options: &Options) -> Vec<Line> {
    let time = options.amount(Duration::from_secs(30), Duration::from_secs(5));
    let mut installation = Installation::new(postgres);
    tenants::add_webhooks(&installation.database, WEBHOOKS, |n| url(9, n, Behaviour::Ok));
    installation.start_worker();
    let mut lines = Vec::new();
    for beside in ["no API", "an idle API"] {
        if !lines.is_empty() {
            installation.start_api().await;
        }
        tokio::time::sleep(SETTLING).await;
        let (pid, server) = (installation.workers[0].id(), postgres.processes());
        let (worker, postgres) = (cpu::usage(pid), server.usage());
        tokio::time::sleep(time).await;
        let part = |usage: cpu::Usage| usage.seconds() / time.as_secs_f64() * 100.0;
        let (worker, postgres) = (part(cpu::usage(pid) - worker), part(server.usage() - postgres));
        println!("idle, {beside}: worker {worker:.2} % of a core, Postgres {postgres:.2} %");
        let what = format!("deliver: idle worker beside {beside}, of a core");
        lines.push(Line::new(what, worker, "%").wanted(Wanted::AtMost(1.0)));
    }
    lines
}

//! What live streams cost: memory and CPU of the API with a thousand of them open while exports end, and how
//! soon an event comes after the commit. Control: the same exports while nobody listens.

mod listening;

use std::time::Duration;

use serde_json::Value;
use support::settings::identity;
use support::{Client, id_of};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::cpu;
use crate::installation::Installation;
use crate::latency::Samples;
use crate::load::Callers;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::receiver::{Behaviour, Listeners, url};
use crate::table::{Line, Wanted};
use crate::tenants::{self, ORGANISATIONS, organisation};
use listening::Listening;

const WEBHOOKS: u32 = 20;
/// Members, each with as many streams as they may have.
const MEMBERS: u32 = 100;
const STREAMS_EACH: u32 = 10;
/// Exports a second.
const PER_SECOND: u32 = 20;

/// Measures.
pub fn run(options: &Options) -> Vec<Line> {
    let postgres = Postgres::start(options);
    Runtime::new().expect("a runtime").block_on(measure(&postgres, options))
}

async fn measure(postgres: &Postgres, options: &Options) -> Vec<Line> {
    let listeners = Listeners::bind(WEBHOOKS);
    let port = listeners.port;
    listeners.serve();
    let mut installation = Installation::new(postgres);
    tenants::add_webhooks(&installation.database, 0..WEBHOOKS, |n| url(port, n, Behaviour::Ok));
    installation.start_api().await;
    let load = Load::new(&installation).await;
    installation.start_worker();
    let time = options.amount(Duration::from_secs(60), Duration::from_secs(10));
    // Pools and plans are made.
    load.offer(Duration::from_secs(5)).await;

    let api = installation.api().process.id();
    let alone = cpu_share(api, &load, time).await;
    let before = cpu::resident_anew_mib(api);
    let mut lines = Vec::new();
    for (role, whose) in [("recruiter", "their own"), ("org_admin", "all of an organisation")] {
        let listening = Listening::open(&installation, &tokens(role)).await;
        // Heartbeats of the first streams come before the measurement ends.
        let cpu = (cpu_share(api, &load, time).await - alone).max(0.0);
        let memory = (cpu::peak_mib(api) - before).max(0.0);
        sleep(Duration::from_secs(2)).await;
        let samples = Samples::new(listening.latencies(&installation.database));
        println!(
            "{} streams of {whose}: event after its commit: {}",
            listening.streams(),
            samples.words()
        );
        lines.extend(table(whose, memory, cpu, &samples));
    }
    lines
}

fn table(whose: &str, memory: f64, cpu: f64, samples: &Samples) -> [Line; 4] {
    let name = |what: &str| format!("events: 1,000 streams of {whose}, {what}");
    // Where everybody sees everything each export is a thousand events: told, not promised.
    let promised = |most| if whose == "their own" { Wanted::AtMost(most) } else { Wanted::Nothing };
    [
        Line::new(name("memory"), memory, "MiB").wanted(Wanted::AtMost(64.0)),
        Line::new(name("CPU"), cpu * 100.0, "% of a core").wanted(promised(5.0)),
        Line::new(name("commit → event p50"), samples.percentile_ms(0.5), "ms"),
        Line::new(name("commit → event p99"), samples.percentile_ms(0.99), "ms")
            .wanted(Wanted::AtMost(300.0)),
    ]
}

/// Which part of a core the API takes under this load.
async fn cpu_share(api: u32, load: &Load, time: Duration) -> f64 {
    let (before, begun) = (cpu::usage(api), Instant::now());
    load.offer(time).await;
    (cpu::usage(api) - before).seconds() / begun.elapsed().as_secs_f64()
}

fn name(member: u32) -> String {
    format!("Member {member}")
}

/// A token of each member in this role.
fn tokens(role: &str) -> Vec<String> {
    let token = |member: u32| {
        let organisation = organisation(member % ORGANISATIONS).to_string();
        identity().token(role, &name(member), Some(&organisation))
    };
    (0..MEMBERS).map(token).collect()
}

/// Members who export by turns.
struct Load(Vec<(Client, Value)>);

impl Load {
    async fn new(installation: &Installation) -> Self {
        let callers: Callers = installation.callers(50).await;
        let anonymous = installation.api().anonymous();
        let tokens = tokens("recruiter").into_iter().zip(0..);
        let member = |(token, number): (String, u32)| {
            let (_, body) = callers.request(number % WEBHOOKS, number as usize);
            (anonymous.with_token(token), body)
        };
        Self(tokens.map(member).collect())
    }

    async fn offer(&self, time: Duration) {
        let exports = (f64::from(PER_SECOND) * time.as_secs_f64()) as u32;
        let (gap, started) = (1.0 / f64::from(PER_SECOND), Instant::now());
        let mut calls = JoinSet::new();
        for turn in 0..exports {
            let due = (f64::from(turn) + rand::random::<f64>()) * gap;
            sleep_until(started + Duration::from_secs_f64(due)).await;
            let (member, body) = self.0[turn as usize % self.0.len()].clone();
            calls.spawn(async move {
                id_of(&member.post("/v1/exports").json(&body).await.expect(202));
            });
        }
        calls.join_all().await;
    }
}

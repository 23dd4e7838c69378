//! Asks each list in each way, one call at a time, beside the same list without a filter.

use std::time::{Duration, Instant};

use support::{Client, settings};

use super::cases::{Filters, LISTS, LOG, List, Who};
use super::seed::Organisation;
use crate::installation::Installation;
use crate::latency::Samples;
use crate::options::Options;
use crate::table::{Line, Wanted};

/// Calls of each way that count.
const CALLS: usize = 120;
/// Calls before that, which open connections and fill caches.
const WARM_UP: usize = 8;
/// What is promised for each call.
const WANTED_MS: f64 = 25.0;
/// Recruiters, from who asked for most to who asked for nothing.
const RECRUITERS: [&str; 3] = ["rita-0", "rita-12", "rita-39"];

pub async fn measure(
    installation: &Installation,
    organisations: &[Organisation],
    options: &Options,
) -> Vec<Line> {
    let anonymous = installation.api().anonymous();
    let calls = options.amount(CALLS, 30);
    let mut lines = Vec::new();
    for list in LISTS.iter().chain([&LOG]) {
        for who in list.who {
            let asking = organisations.iter().map(|it| Asking::new(&anonymous, list, *who, it));
            lines.extend(measure_list(&asking.collect::<Vec<_>>(), list, *who, calls).await);
        }
    }
    lines
}

/// One line for each way to ask: of the organisation that waits longest.
async fn measure_list(asking: &[Asking<'_>], list: &List, who: Who, calls: usize) -> Vec<Line> {
    let (mut lines, mut controls) = (Vec::new(), Vec::new());
    for (name, filters) in list.filters {
        let mut worst = (0.0, f64::NAN);
        for (place, asking) in asking.iter().enumerate() {
            let samples = asking.ask(*filters, calls).await;
            let p99 = samples.percentile_ms(0.99);
            if controls.len() == place {
                controls.push(p99);
            }
            println!(
                "{:<10} {:<24} {name:<32} {:<9} {}",
                format!("{who:?}").to_lowercase(),
                list.name,
                asking.organisation.name,
                samples.words()
            );
            if p99 > worst.0 {
                worst = (p99, controls[place]);
            }
        }
        let what = format!("lists: {who:?}, {} {name}, p99", list.name);
        let line = Line::new(what, worst.0, "ms").beside(worst.1, "by key only");
        lines.push(line.wanted(Wanted::AtMost(WANTED_MS)));
    }
    lines
}

/// Somebody who asks a list.
struct Asking<'a> {
    /// By turns, where there are several of their role.
    clients: Vec<Client>,
    list: &'a List,
    organisation: &'a Organisation,
}

impl<'a> Asking<'a> {
    fn new(anonymous: &Client, list: &'a List, who: Who, organisation: &'a Organisation) -> Self {
        let token = |role: &str, name: &str, organisation: Option<&str>| {
            anonymous.with_token(settings::identity().token(role, name, organisation))
        };
        let of = Some(organisation.id.as_str());
        let clients = match who {
            Who::Admin => vec![token("org_admin", "Ann", of)],
            Who::Recruiter => RECRUITERS.map(|name| token("recruiter", name, of)).into(),
            Who::Support => vec![token("support", "Sue", None)],
        };
        Self { clients, list, organisation }
    }

    /// The first page each time; without a filter, the pages that follow too.
    async fn ask(&self, filters: fn(&Organisation, usize) -> Filters, calls: usize) -> Samples {
        let (mut samples, mut cursor) = (Vec::new(), None);
        for turn in 0..WARM_UP + calls {
            let client = &self.clients[turn % self.clients.len()];
            let filters = filters(self.organisation, turn);
            let mut call = client.get(self.list.path);
            if let Some(vacancy) = self.list.vacancy {
                call = call.id(&self.organisation.vacancies[vacancy]);
            }
            for (name, value) in &filters {
                call = call.query(name, value);
            }
            if let Some(cursor) = cursor.take() {
                call = call.query("cursor", cursor);
            }
            let started = Instant::now();
            let reply = call.await;
            let took = started.elapsed();
            // A filter that names what is nowhere is told so: a look-up, too.
            let answered = [200, 422].contains(&reply.status);
            if !answered {
                println!("  {} {filters:?} answered {}", self.list.path, reply.status);
            }
            if turn >= WARM_UP {
                samples.push(if answered { took } else { Duration::MAX });
            }
            if filters.is_empty() && self.clients.len() == 1 && answered {
                let page = reply.expect(200);
                cursor = page["next_cursor"].as_str().map(str::to_owned);
            }
        }
        Samples::new(samples)
    }
}

//! Asks log, exports, summaries and search in every way that they offer, one call at a time, and tells the p99
//! of each.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use support::{Client, settings};

use super::cases::{ASKED, Asked, Case, Filters, Sample, Who, samples};
use crate::installation::Installation;
use crate::latency::Samples;
use crate::options::Options;
use crate::table::{Line, Wanted};

/// First pages of each case that count, and as many later pages as follow from them.
const CALLS: usize = 120;
/// First pages that warm up: plans, the cache, the connections.
const WARM_UP: usize = 12;
/// One first page in so many is followed to its next two pages.
const FOLLOWED: usize = 4;
/// A case that is far too slow is cut off, and says how many calls it was.
const PATIENCE: Duration = Duration::from_secs(15);
/// What is promised for each call.
const WANTED_MS: f64 = 100.0;

/// Everybody who asks.
struct Callers {
    support: Client,
    admins: BTreeMap<String, Client>,
    recruiters: BTreeMap<String, Client>,
}

pub async fn measure(installation: &Installation, options: &Options) -> Vec<Line> {
    let samples = samples(&installation.database);
    assert!(samples.len() > 100, "the log has rows to ask for");
    let callers = Callers::of(&installation.api().anonymous(), &samples);
    let calls = options.amount(CALLS, 40);
    let (mut lines, mut forgotten) = (Vec::new(), 0);
    for asked in &ASKED {
        let offered = offered(&installation.api().anonymous(), asked.path).await;
        if offered.is_empty() {
            println!("{} is not offered by this API", asked.path);
            continue;
        }
        let mut named = BTreeSet::new();
        for case in asked.cases {
            let filters = (case.filters)(&samples[0]);
            named.extend(filters.iter().map(|(name, _)| (*name).to_owned()));
            if let Some((name, _)) = filters.iter().find(|(name, _)| !offered.contains(*name)) {
                println!("{:<10} {:<26} not offered by this API: {name}", "", case.name);
                continue;
            }
            for who in case.who {
                let asking = Asking { callers: &callers, path: asked.path, who: *who };
                lines.push(asking.measure(case, &samples, calls).await);
            }
        }
        forgotten += tell_forgotten(asked, &offered, &named);
    }
    lines.push(
        Line::new("log: filters that are offered and not measured", forgotten as f64, "")
            .wanted(Wanted::AtMost(0.0)),
    );
    lines
}

fn tell_forgotten(asked: &Asked, offered: &BTreeSet<String>, named: &BTreeSet<String>) -> usize {
    let forgotten: Vec<_> = offered.difference(named).cloned().collect();
    if !forgotten.is_empty() {
        println!("NOT MEASURED, though {} offers it: {}", asked.path, forgotten.join(", "));
    }
    forgotten.len()
}

/// Somebody who asks an operation.
struct Asking<'a> {
    callers: &'a Callers,
    path: &'static str,
    who: Who,
}

impl Asking<'_> {
    async fn measure(&self, case: &Case, samples: &[Sample], calls: usize) -> Line {
        let (mut first, mut later, mut items) = (Vec::new(), Vec::new(), 0);
        let started = Instant::now();
        for (turn, row) in samples.iter().cycle().take(WARM_UP + calls).enumerate() {
            let (client, filters) = (self.callers.who(self.who, row), (case.filters)(row));
            let mut page = Page::get(client, self.path, &filters, None).await;
            if turn >= WARM_UP {
                first.push(page.took);
                items += page.items;
            }
            for _ in 0..2 {
                let Some(cursor) = page.next.take().filter(|_| turn % FOLLOWED == 0) else { break };
                page = Page::get(client, self.path, &filters, Some(cursor)).await;
                later.push(page.took);
            }
            if started.elapsed() > PATIENCE && first.len() > 5 {
                break;
            }
        }
        let (pages, first, later) = (first.len(), Samples::new(first), Samples::new(later));
        let who = format!("{:?}", self.who).to_lowercase();
        let (path, name) = (self.path.trim_start_matches("/v1/"), case.name);
        let p99_later = if later.len() == 0 { 0.0 } else { later.percentile_ms(0.99) };
        println!(
            "{who:<10} {path:<16} {name:<33} {} {:>5.1} items  later {:>4} pages p99 {p99_later:>7.1} ms",
            first.words(),
            items as f64 / pages as f64,
            later.len(),
        );
        let all = first.and(later);
        let what = format!("log: {who}, {path} {name}, p99 (p50 {:.1} ms)", all.percentile_ms(0.5));
        Line::new(what, all.percentile_ms(0.99), "ms").wanted(Wanted::AtMost(WANTED_MS))
    }
}

/// One page as its reader sees it.
struct Page {
    took: Duration,
    items: usize,
    next: Option<String>,
}

impl Page {
    async fn get(
        client: &Client,
        path: &'static str,
        filters: &Filters,
        cursor: Option<String>,
    ) -> Self {
        let mut call = client.get(path);
        for (name, value) in filters {
            call = call.query(name, value);
        }
        if let Some(cursor) = cursor {
            call = call.query("cursor", cursor);
        }
        let started = Instant::now();
        let reply = call.await;
        let took = started.elapsed();
        if reply.status != 200 {
            // A statement that ran into its time limit, for one: no answer is an endless one.
            println!("  {path} {filters:?} answered {}", reply.status);
            return Self { took: Duration::MAX, items: 0, next: None };
        }
        let page = reply.expect(200);
        let items = page["items"].as_array().map_or(0, Vec::len);
        Self { took, items, next: page["next_cursor"].as_str().map(str::to_owned) }
    }
}

impl Callers {
    fn of(anonymous: &Client, samples: &[Sample]) -> Self {
        let identity = settings::identity();
        let member = |role, name: &str, organisation: &str| {
            anonymous.with_token(identity.token(role, name, Some(organisation)))
        };
        let admins = samples
            .iter()
            .map(|row| (row.organisation.clone(), member("org_admin", "Ann", &row.organisation)));
        let recruiters = samples.iter().map(|row| {
            let name = row.requester.trim_start_matches("auth0|");
            (row.requester.clone(), member("recruiter", name, &row.organisation))
        });
        let support = anonymous.with_token(identity.token("support", "Sue", None));
        Self { support, admins: admins.collect(), recruiters: recruiters.collect() }
    }

    fn who(&self, who: Who, row: &Sample) -> &Client {
        match who {
            Who::Admin => &self.admins[&row.organisation],
            Who::Recruiter => &self.recruiters[&row.requester],
            Who::Support => &self.support,
        }
    }
}

/// The filters that the running API says it takes; none where it has no such operation.
async fn offered(anonymous: &Client, path: &str) -> BTreeSet<String> {
    let document = anonymous.get("/openapi.json").await.expect(200);
    let parameters = document["paths"][path]["get"]["parameters"].as_array().cloned();
    let parameters = parameters.unwrap_or_default();
    let names = parameters.iter().filter_map(|parameter| parameter["name"].as_str());
    names.filter(|name| !["limit", "cursor"].contains(name)).map(str::to_owned).collect()
}

//! The console with a vacancy of 10,000 applications, in a real browser: how long each step takes until
//! it is seen, and how much memory the page has in the end.

use serde_json::json;
use support::Browser;
use tokio::runtime::Runtime;

use crate::installation::Installation;
use crate::latency::Samples;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::table::{Line, Wanted};
use crate::tenants;

const CROWD: usize = 10_000;
const TIMES: usize = 30;
const MOST_MS: f64 = 100.0;
const MOST_MIB: f64 = 200.0;

/// What is done, each so often, and what comes before it, unmeasured.
const STEPS: [(&str, &str, &str, &str); 14] = [
    ("open the vacancy", "open", "", "leave"),
    ("next page", "next", "", ""),
    ("previous page", "back", "", "next"),
    ("sort by name", "sort", "full_name", ""),
    ("sort by rating", "sort", "-rating", ""),
    ("sort by stage", "sort", "stage", ""),
    ("filter by stage", "stage", "Applied", ""),
    ("filter, and how many match", "number", "Shortlisted", ""),
    ("filter by rating", "rating", "4", ""),
    ("tick a box", "tick", "", ""),
    ("tick the page", "page", "", ""),
    ("select all that match", "all", "", "clear"),
    ("clear the selection", "clear", "", "page"),
    ("Export, to the dialog", "dialog", "", "ready"),
];

/// Measures.
pub fn run(options: &Options) -> Vec<Line> {
    if let Some(reason) = support::browser::missing() {
        println!("NOT MEASURED: {reason}");
        return Vec::new();
    }
    let postgres = Postgres::start(options);
    Runtime::new().expect("a runtime").block_on(measure(&postgres, options))
}

async fn measure(postgres: &Postgres, options: &Options) -> Vec<Line> {
    let mut installation = Installation::new(postgres);
    installation.set_env("CONSOLE", "on");
    installation.start_api().await;
    let people = options.amount(CROWD, CROWD / 10);
    tenants::add_webhooks(&installation.database, 0..1, |_| "http://127.0.0.1:9/hook".to_owned());
    let callers = installation.callers(people).await;
    installation.database.settle();
    let (token, export) = callers.request(0, 0);
    let vacancy = export["vacancy_id"].as_str().expect("an id");
    let browser = Browser::start(&installation.api().url).await;
    browser.open("/vacancies", &installation.api().anonymous().with_token(token)).await;
    browser.heading("Vacancies").await;
    println!("{people} applications in the vacancy");
    let mut lines = Vec::new();
    for (what, step, wanted, before) in STEPS {
        let wanted =
            if step == "open" { format!("#/vacancies/{vacancy}") } else { wanted.to_owned() };
        let samples = repeat(&browser, [step, &wanted, before], options.amount(TIMES, 3)).await;
        println!("{what:<26} {}", samples.words());
        let line = Line::new(
            format!("console: {what}, p50 of {}", samples.len()),
            samples.percentile_ms(0.5),
            "ms",
        );
        lines.push(line.wanted(Wanted::AtMost(MOST_MS)));
        let line = Line::new(format!("console: {what}, worst"), samples.percentile_ms(1.0), "ms");
        lines.push(line.wanted(Wanted::AtMost(MOST_MS)));
    }
    let mib = browser.heap().await as f64 / f64::from(1 << 20);
    browser.finish().await;
    let line =
        Line::new(format!("console: JS heap after all of it, {people} applications"), mib, "MiB");
    lines.push(line.wanted(Wanted::AtMost(MOST_MIB)));
    lines
}

/// Takes a step so often.
async fn repeat(browser: &Browser, [step, wanted, before]: [&str; 3], times: usize) -> Samples {
    let mut samples = Vec::new();
    for _ in 0..times {
        if !before.is_empty() {
            take(browser, before, wanted).await;
        }
        samples.push(take(browser, step, wanted).await);
    }
    Samples::new(samples)
}

async fn take(browser: &Browser, step: &str, wanted: &str) -> std::time::Duration {
    let script = include_str!("console/step.js");
    let ms = browser.execute_with(script, vec![json!(step), json!(wanted)]).await;
    std::time::Duration::from_secs_f64(ms.as_f64().expect("milliseconds") / 1_000.0)
}

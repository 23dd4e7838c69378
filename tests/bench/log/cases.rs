//! What is asked, for each role that may: the filters of both lists alone, in a window far back, and in the
//! pairs that hurt; both summaries; and the search. Values come from rows of the log, rare ones too.

mod attempts;
mod exports;
mod search;
mod summaries;

use crate::postgres::Database;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// An admin of the organisation whose row it is.
    Admin,
    /// The recruiter who asked for its export.
    Recruiter,
    /// The support desk: all organisations.
    Support,
}

/// A row of the log, whose values are asked for.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Its organisation.
    pub organisation: String,
    /// Subject of its requester.
    pub requester: String,
    export: String,
    webhook: String,
    host: String,
    /// A vacancy of the organisation.
    vacancy: String,
    /// Midnight before and after it began.
    day: (String, String),
    outcome: &'static str,
    http_status: &'static str,
}

/// Filters by name.
pub type Filters = Vec<(&'static str, String)>;

/// One way to ask.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// Who asks so.
    pub who: &'static [Who],
    /// What is asked for.
    pub filters: fn(&Sample) -> Filters,
}

/// An operation, and how it is asked. A filter that it offers and no case names is told in the table.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Its path.
    pub path: &'static str,
    /// All ways.
    pub cases: &'static [Case],
}

/// All that is asked.
pub const ASKED: [Asked; 5] = [
    Asked { path: "/v1/attempts", cases: attempts::CASES },
    Asked { path: "/v1/exports", cases: exports::CASES },
    Asked { path: "/v1/attempts/summary", cases: summaries::ATTEMPTS },
    Asked { path: "/v1/exports/summary", cases: summaries::EXPORTS },
    Asked { path: "/v1/search", cases: search::CASES },
];

const ALL: &[Who] = &[Who::Admin, Who::Recruiter, Who::Support];
const MEMBERS: &[Who] = &[Who::Admin, Who::Recruiter];
const SUPPORT: &[Who] = &[Who::Support];

/// Outcomes, from nearly all to one row in 100,000; the last two are in no row.
const OUTCOMES: [&str; 12] = [
    "delivered",
    "http_5xx",
    "response_timeout",
    "http_4xx",
    "throttled",
    "worker_lost",
    "tls_cert_expired",
    "dns_not_found",
    "payload_too_large",
    "tls_client_cert_required",
    "gone",
    "invalid_url",
];

/// HTTP statuses, from nearly all to one row in 100,000; the last two are in no row.
const STATUSES: [&str; 12] =
    ["200", "202", "207", "404", "401", "418", "429", "500", "503", "507", "410", "204"];

fn outcome(row: &Sample) -> Filters {
    vec![("outcome", row.outcome.to_owned())]
}

fn http_status(row: &Sample) -> Filters {
    vec![("http_status", row.http_status.to_owned())]
}

fn organisation(row: &Sample) -> Filters {
    vec![("organisation_id", row.organisation.clone())]
}

fn webhook(row: &Sample) -> Filters {
    vec![("webhook_id", row.webhook.clone())]
}

fn host(row: &Sample) -> Filters {
    vec![("host", row.host.clone())]
}

/// The e-mail address of who asked.
fn email(row: &Sample) -> String {
    format!("{}@example.com", row.requester.trim_start_matches("auth0|"))
}

fn day(row: &Sample) -> Filters {
    vec![("from", row.day.0.clone()), ("to", row.day.1.clone())]
}

fn year(row: &Sample, filters: fn(&Sample) -> Filters) -> Filters {
    let mut filters = filters(row);
    let year = chrono::Utc::now() - chrono::TimeDelta::days(365);
    filters.push(("from", year.format("%Y-%m-%dT%H:%M:%SZ").to_string()));
    filters
}

/// Rows from all over the log.
pub fn samples(database: &Database) -> Vec<Sample> {
    let rows = database.sql(
        "SELECT concat_ws(' ', organisation_id, requested_by_id, export_id, webhook_id, host,
                to_char(started_at, 'YYYY-MM-DD\"T00:00:00Z\"'),
                to_char(started_at + interval '1 day', 'YYYY-MM-DD\"T00:00:00Z\"'),
                (SELECT id FROM vacancies v WHERE v.organisation_id = sampled.organisation_id LIMIT 1))
         FROM (SELECT * FROM attempts TABLESAMPLE SYSTEM (0.1) REPEATABLE (1)) sampled
         ORDER BY hashtext(id::text) LIMIT 400",
    );
    let rows = rows.lines().enumerate().map(|(number, line)| {
        let cells: Vec<_> = line.split(' ').map(str::to_owned).collect();
        let [organisation, requester, export, webhook, host, from, to, vacancy] =
            <[String; 8]>::try_from(cells).expect("eight columns");
        let outcome = OUTCOMES[number % OUTCOMES.len()];
        let http_status = STATUSES[number % STATUSES.len()];
        let day = (from, to);
        Sample {
            organisation,
            requester,
            export,
            webhook,
            host,
            vacancy,
            day,
            outcome,
            http_status,
        }
    });
    rows.collect()
}

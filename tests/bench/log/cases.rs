//! The filters of `GET /v1/attempts` that are measured: alone, in a window far back, and in the
//! pairs that hurt, for each role that may use them. Values come from rows of the log, rare ones
//! too.

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

const ALL: &[Who] = &[Who::Admin, Who::Recruiter, Who::Support];
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

/// What is measured. A filter that the API offers and no case names is told in the table.
pub const CASES: [Case; 17] = [
    Case { name: "no filter", who: ALL, filters: |_| vec![] },
    Case { name: "export_id", who: ALL, filters: |row| vec![("export_id", row.export.clone())] },
    Case { name: "webhook_id", who: ALL, filters: |row| vec![("webhook_id", row.webhook.clone())] },
    Case { name: "outcome", who: ALL, filters: outcome },
    Case { name: "http_status", who: ALL, filters: http_status },
    Case { name: "host", who: ALL, filters: |row| vec![("host", row.host.clone())] },
    Case {
        name: "requested_by",
        who: ALL,
        filters: |row| vec![("requested_by", row.requester.clone())],
    },
    Case { name: "from, to: a day", who: ALL, filters: day },
    Case { name: "outcome, a year", who: ALL, filters: |row| year(row, outcome) },
    Case { name: "http_status, a year", who: ALL, filters: |row| year(row, http_status) },
    Case {
        name: "webhook_id, outcome",
        who: ALL,
        filters: |row| [vec![("webhook_id", row.webhook.clone())], outcome(row)].concat(),
    },
    Case {
        name: "host, a year",
        who: ALL,
        filters: |row| year(row, |row| vec![("host", row.host.clone())]),
    },
    Case { name: "organisation_id", who: SUPPORT, filters: organisation },
    Case {
        name: "organisation_id, outcome",
        who: SUPPORT,
        filters: |row| [organisation(row), outcome(row)].concat(),
    },
    Case { name: "q: export id", who: ALL, filters: |row| vec![("q", row.export.clone())] },
    Case { name: "q: host", who: ALL, filters: |row| vec![("q", row.host.clone())] },
    Case {
        name: "q: e-mail",
        who: ALL,
        filters: |row| {
            let name = row.requester.trim_start_matches("auth0|");
            vec![("q", format!("{name}@example.com"))]
        },
    },
];

fn outcome(row: &Sample) -> Filters {
    vec![("outcome", row.outcome.to_owned())]
}

fn http_status(row: &Sample) -> Filters {
    vec![("http_status", row.http_status.to_owned())]
}

fn organisation(row: &Sample) -> Filters {
    vec![("organisation_id", row.organisation.clone())]
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
                to_char(started_at + interval '1 day', 'YYYY-MM-DD\"T00:00:00Z\"'))
         FROM (SELECT * FROM attempts TABLESAMPLE SYSTEM (0.1) REPEATABLE (1)) sampled
         ORDER BY hashtext(id::text) LIMIT 400",
    );
    let rows = rows.lines().enumerate().map(|(number, line)| {
        let cells: Vec<_> = line.split(' ').map(str::to_owned).collect();
        let [organisation, requester, export, webhook, host, from, to] =
            <[String; 7]>::try_from(cells).expect("seven columns");
        let outcome = OUTCOMES[number % OUTCOMES.len()];
        let http_status = STATUSES[number % STATUSES.len()];
        let day = (from, to);
        Sample { organisation, requester, export, webhook, host, day, outcome, http_status }
    });
    rows.collect()
}

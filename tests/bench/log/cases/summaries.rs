//! The ways to ask for numbers.

use super::{ALL, Case, Filters, SUPPORT, Who, day, host, organisation, outcome, webhook, year};

/// Recruiters have theirs counted one by one, and so for no year at once.
const OTHERS: &[Who] = &[Who::Admin, Who::Support];

/// Of attempts.
pub(super) const ATTEMPTS: &[Case] = &[
    Case { name: "by host, outcome", who: ALL, filters: |_| vec![] },
    Case { name: "by organisation, outcome", who: ALL, filters: |_| by("organisation,outcome") },
    Case { name: "by webhook, outcome", who: ALL, filters: |_| by("webhook,outcome") },
    Case { name: "by day, outcome", who: ALL, filters: |_| by("day,outcome") },
    Case { name: "by all", who: ALL, filters: |_| by("host,outcome,organisation,webhook,day") },
    Case {
        name: "chart: webhook_id by day, outcome",
        who: ALL,
        filters: |row| [webhook(row), by("day,outcome")].concat(),
    },
    Case { name: "outcome", who: ALL, filters: outcome },
    Case { name: "host", who: ALL, filters: host },
    Case { name: "from, to: a day", who: ALL, filters: day },
    Case { name: "from an instant", who: ALL, filters: |_| instants() },
    Case { name: "organisation_id", who: SUPPORT, filters: organisation },
    Case { name: "a year", who: OTHERS, filters: |row| year(row, |_| vec![]) },
    Case { name: "a year, host", who: OTHERS, filters: |row| year(row, host) },
];

/// Of exports.
pub(super) const EXPORTS: &[Case] = &[
    Case { name: "by host, status", who: ALL, filters: |_| vec![] },
    Case { name: "by organisation, status", who: ALL, filters: |_| by("organisation,status") },
    Case { name: "by webhook, outcome", who: ALL, filters: |_| by("webhook,outcome") },
    Case { name: "by day, status", who: ALL, filters: |_| by("day,status") },
    Case {
        name: "by all",
        who: ALL,
        filters: |_| by("host,status,outcome,organisation,webhook,day"),
    },
    Case { name: "status", who: ALL, filters: |_| vec![("status", "failed,retrying".to_owned())] },
    Case { name: "outcome", who: ALL, filters: outcome },
    Case { name: "webhook_id", who: ALL, filters: webhook },
    Case { name: "host", who: ALL, filters: host },
    Case { name: "from, to: a day", who: ALL, filters: day },
    Case { name: "from an instant", who: ALL, filters: |_| instants() },
    Case { name: "organisation_id", who: SUPPORT, filters: organisation },
    Case { name: "a year", who: OTHERS, filters: |row| year(row, |_| vec![]) },
];

fn by(groups: &str) -> Filters {
    vec![("group_by", groups.to_owned())]
}

/// Whose first day is no whole one.
fn instants() -> Filters {
    let ago = chrono::Utc::now() - chrono::TimeDelta::days(20);
    vec![("from", ago.format("%Y-%m-%dT%H:%M:%SZ").to_string())]
}

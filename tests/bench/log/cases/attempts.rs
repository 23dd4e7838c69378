//! The ways to ask for the log.

use super::{
    ALL, Case, SUPPORT, day, email, host, http_status, organisation, outcome, webhook, year,
};

/// All.
pub(super) const CASES: &[Case] = &[
    Case { name: "no filter", who: ALL, filters: |_| vec![] },
    Case { name: "export_id", who: ALL, filters: |row| vec![("export_id", row.export.clone())] },
    Case { name: "webhook_id", who: ALL, filters: webhook },
    Case { name: "outcome", who: ALL, filters: outcome },
    Case { name: "http_status", who: ALL, filters: http_status },
    Case { name: "host", who: ALL, filters: host },
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
        filters: |row| [webhook(row), outcome(row)].concat(),
    },
    Case { name: "host, a year", who: ALL, filters: |row| year(row, host) },
    Case { name: "organisation_id", who: SUPPORT, filters: organisation },
    Case {
        name: "organisation_id, outcome",
        who: SUPPORT,
        filters: |row| [organisation(row), outcome(row)].concat(),
    },
    Case { name: "q: export id", who: ALL, filters: |row| vec![("q", row.export.clone())] },
    Case { name: "q: host", who: ALL, filters: |row| vec![("q", row.host.clone())] },
    Case { name: "q: e-mail", who: ALL, filters: |row| vec![("q", email(row))] },
];

//! The ways to ask for exports.

use super::{ALL, Case, MEMBERS, SUPPORT, Sample, day, email, host, organisation, webhook, year};

/// All.
pub(super) const CASES: &[Case] = &[
    Case { name: "no filter", who: ALL, filters: |_| vec![] },
    Case { name: "status=delivered", who: ALL, filters: |_| status("delivered") },
    Case { name: "status=failed", who: ALL, filters: |_| status("failed") },
    Case { name: "status=cancelled", who: ALL, filters: |_| status("cancelled") },
    Case {
        name: "status: in progress",
        who: ALL,
        filters: |_| status("queued,delivering,retrying"),
    },
    Case { name: "webhook_id", who: ALL, filters: webhook },
    Case {
        name: "webhook_id, status=failed",
        who: ALL,
        filters: |row| [webhook(row), status("failed")].concat(),
    },
    Case {
        name: "vacancy_id",
        who: MEMBERS,
        filters: |row| vec![("vacancy_id", row.vacancy.clone())],
    },
    Case { name: "host", who: ALL, filters: host },
    Case {
        name: "host, status=failed",
        who: ALL,
        filters: |row| [host(row), status("failed")].concat(),
    },
    Case { name: "requested_by", who: ALL, filters: requester },
    Case {
        name: "requested_by: e-mail",
        who: ALL,
        filters: |row| vec![("requested_by", email(row))],
    },
    Case { name: "from, to: a day", who: ALL, filters: day },
    Case {
        name: "status=failed, a year",
        who: ALL,
        filters: |row| year(row, |_| status("failed")),
    },
    Case { name: "organisation_id", who: SUPPORT, filters: organisation },
    Case { name: "q: export id", who: ALL, filters: |row| vec![("q", row.export.clone())] },
    Case { name: "q: webhook id", who: ALL, filters: |row| vec![("q", row.webhook.clone())] },
    Case { name: "q: host", who: ALL, filters: |row| vec![("q", row.host.clone())] },
    Case { name: "q: e-mail", who: ALL, filters: |row| vec![("q", email(row))] },
    Case { name: "flagged", who: ALL, filters: |_| vec![("flagged", "true".to_owned())] },
];

fn status(statuses: &str) -> super::Filters {
    vec![("status", statuses.to_owned())]
}

fn requester(row: &Sample) -> super::Filters {
    vec![("requested_by", row.requester.clone())]
}

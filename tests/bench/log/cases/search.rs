//! What is searched for in the one box.

use super::{ALL, Case, SUPPORT, email};

/// All.
pub(super) const CASES: &[Case] = &[
    Case { name: "export id", who: ALL, filters: |row| vec![("q", row.export.clone())] },
    Case { name: "webhook id", who: ALL, filters: |row| vec![("q", row.webhook.clone())] },
    Case { name: "host", who: ALL, filters: |row| vec![("q", row.host.clone())] },
    Case { name: "part of a host", who: ALL, filters: |_| vec![("q", "receiver".to_owned())] },
    Case { name: "e-mail", who: ALL, filters: |row| vec![("q", email(row))] },
    Case { name: "name of a webhook", who: ALL, filters: |_| vec![("q", "hook 7".to_owned())] },
    Case {
        name: "name of an organisation",
        who: SUPPORT,
        filters: |_| vec![("q", "Log 3".to_owned())],
    },
];

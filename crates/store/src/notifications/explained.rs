//! A notification in words, to the member whose it is: in the list, and in mails.

use chrono::{DateTime, Utc};
use domain::explanation::Contacts;
use domain::export::DisabledReason;
use domain::notification::{About, OfExport, Words};
use domain::requester::RequesterType;
use domain::role::Role;
use domain::webhook_url::host_for;

use super::read::Notification;

impl Notification {
    /// Its sentences, to a reader of that role.
    pub fn words(&self, role: Role, contacts: &Contacts, now: DateTime<Utc>) -> Words {
        let explanation = self.export.as_ref().map(|it| it.explained(role, contacts, now));
        let host = self.host_for(role);
        let unusual = self.export.as_ref().map(|it| it.unusual(&host, now)).unwrap_or_default();
        let unusual: Vec<_> = unusual.into_iter().map(|(_, sentence)| sentence).collect();
        let unusual = unusual.join(" ");
        let export = self.export.as_ref().zip(explanation.as_ref());
        let fact = |name| self.facts.get(name);
        let reason = fact("reason").and_then(|reason| reason.as_str());
        let failures = fact("failures_in_a_row").and_then(|count| count.as_u64());
        let about = About {
            kind: self.kind,
            webhook_name: self.webhook_name.as_deref().unwrap_or_default(),
            host: &host,
            export: export.map(|(export, explanation)| OfExport {
                status: export.status,
                requested_at: export.requested_at,
                candidate_count: export.candidate_count,
                explanation,
                by_key: export.requested_by.kind == RequesterType::ApiKey,
                unusual: &unusual,
            }),
            disabled: reason.and_then(DisabledReason::parse),
            failures: failures.and_then(|count| u32::try_from(count).ok()),
            now,
        };
        about.words()
    }

    /// The host, as that role may read it.
    pub fn host_for(&self, role: Role) -> String {
        host_for(role, self.host.as_deref().unwrap_or_default())
    }
}

//! What of a row a reader may see, and the words that go with it.

use std::collections::BTreeMap;

use chrono::Utc;
use domain::explanation::{self, Contacts, Explanation, Subject};
use domain::export::ExportStatus;
use domain::outcome::Outcome;
use domain::role::Role;
use domain::webhook_url::host_for;
use store::attempts;

/// A host: masked for recruiters and support where its first label is a secret.
pub(crate) fn host(role: Role, host: &str) -> String {
    host_for(role, host)
}

/// The kept headers of an answer: none for recruiters; `location` is a host.
pub(crate) fn headers(
    role: Role,
    headers: Vec<(String, String)>,
) -> Option<BTreeMap<String, String>> {
    let shown = |(name, value): (String, String)| {
        let value = if name == "location" { host(role, &value) } else { value };
        (name, value)
    };
    (role != Role::Recruiter).then(|| headers.into_iter().map(shown).collect())
}

/// Explains an attempt, to a reader who sees this host.
pub(crate) fn explain_attempt(
    row: &attempts::Attempt,
    role: Role,
    host: &str,
    contacts: &Contacts,
) -> Explanation {
    let facts = row.facts.seen_by(role);
    let duration = row.duration_ms.map(|ms| chrono::TimeDelta::milliseconds(ms.into()));
    let subject = Subject {
        export_id: row.export_id,
        status: if row.outcome == Some(Outcome::Delivered) {
            ExportStatus::Delivered
        } else {
            ExportStatus::Delivering
        },
        ended_by: None,
        outcome: row.outcome,
        ambiguous: row.ambiguous,
        may_have_arrived: row.ambiguous,
        arrivals: &[],
        first_accepted_at: None,
        late: row.late.as_ref().map(|late| late.outcome),
        anything_sent: row.request_bytes_sent > 0,
        partly_sent: row.request_bytes_sent > 0,
        stopping: None,
        http_status: row.http_status,
        host,
        candidate_count: row.candidate_count.unwrap_or_default(),
        payload_bytes: row.payload_bytes,
        attempt_number: row.attempt_number,
        at: duration.map(|duration| row.started_at + duration),
        next_attempt_at: row.next_attempt_at,
        held_until: None,
        pause: None,
        payload_gone: row.payload_gone,
        continued_as: None,
        derived: None,
        elsewhere: None,
        now: Utc::now(),
        facts: &facts,
    };
    explanation::explain_attempt(&subject, contacts)
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use domain::attempt::Facts;

    use super::*;

    #[test]
    fn hosts_that_a_receiver_points_to_are_masked_like_its_own() {
        let secret = "3f2a-81-2-69-142.ngrok-free.app";
        let pointed = Facts { redirect_host: Some(secret.to_owned()), ..Facts::default() };
        let kept = || vec![("location".to_owned(), secret.to_owned()), ("via".into(), "x".into())];
        for (role, expected) in [
            (Role::OrgAdmin, secret),
            (Role::Recruiter, "***.ngrok-free.app"),
            (Role::Support, "***.ngrok-free.app"),
        ] {
            assert_eq!(pointed.seen_by(role).redirect_host.as_deref(), Some(expected), "{role}");
            let location = headers(role, kept()).map(|headers| headers["location"].clone());
            let expected = (role != Role::Recruiter).then(|| expected.to_owned());
            assert_eq!(location, expected, "{role}");
        }
    }

    #[test]
    fn digests_are_shown_in_hexadecimal() {
        assert_eq!(hexadecimal(&[0, 255]), "00ff");
    }
}

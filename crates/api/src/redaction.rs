//! What of a row a reader may see, and the words that go with it.

use std::collections::BTreeMap;

use chrono::Utc;
use domain::attempt::Facts;
use domain::explanation::{self, Contacts, Elsewhere, Explanation, Subject};
use domain::export::ExportStatus;
use domain::outcome::Outcome;
use domain::role::Role;
use domain::webhook_url::mask_host;
use store::{attempts, exports};

static NO_FACTS: Facts = Facts::NONE;

/// A host: masked for recruiters and support where its first label is a secret.
pub(crate) fn host(role: Role, host: &str) -> String {
    if role == Role::OrgAdmin { host.to_owned() } else { mask_host(host) }
}

/// A host that a receiver pointed to is one all the same.
fn facts(role: Role, facts: &Facts) -> Facts {
    let redirect_host = facts.redirect_host.as_deref().map(|other| host(role, other));
    Facts { redirect_host, ..facts.clone() }
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

/// Explains where an export stands, to a reader who sees this host.
pub(crate) fn explain(
    row: &exports::Export,
    role: Role,
    host: &str,
    contacts: &Contacts,
) -> Explanation {
    let last = row.last_attempt.as_ref();
    let facts = facts(role, last.map_or(&NO_FACTS, |last| &last.facts));
    // What ended as accepted tells of the attempt that was.
    let accepted = row.accepted_at_try.filter(|_| row.outcome == Some(Outcome::Delivered));
    let elsewhere =
        row.elsewhere.as_ref().map(|other| (self::host(role, &other.host), other.accepted));
    let elsewhere =
        elsewhere.as_ref().map(|(host, accepted)| Elsewhere { host, accepted: *accepted });
    let subject = Subject {
        export_id: row.id,
        status: row.status,
        ended_by: row.ended_by,
        outcome: row.outcome.or(last.map(|last| last.outcome)),
        ambiguous: row.ambiguous,
        may_have_arrived: last.is_some_and(|last| last.ambiguous),
        arrivals: &row.arrivals,
        first_accepted_at: row.first_accepted_at,
        late: None,
        anything_sent: row.anything_sent,
        partly_sent: last.is_some_and(|last| last.request_bytes_sent > 0),
        stopping: row.stopping,
        http_status: last.and_then(|last| last.http_status),
        host,
        candidate_count: row.candidate_count,
        payload_bytes: row.payload_bytes,
        attempt_number: accepted.map_or(row.attempt_count, |accepted| accepted.attempt_number),
        at: accepted
            .map(|accepted| accepted.at)
            .or(row.finished_at)
            .or(last.map(|last| last.finished_at)),
        next_attempt_at: row.next_attempt_at,
        held_until: row.held_until,
        pause: row.pause,
        payload_gone: row.finished_at.is_some() && row.payload_kept_until.is_none(),
        continued_as: row.continued_as,
        derived: row.resent_from.map(|from| (from, row.left_out.total())),
        elsewhere,
        now: Utc::now(),
        facts: &facts,
    };
    explanation::explain(&subject, contacts)
}

/// Explains an attempt, to a reader who sees this host.
pub(crate) fn explain_attempt(
    row: &attempts::Attempt,
    role: Role,
    host: &str,
    contacts: &Contacts,
) -> Explanation {
    let facts = facts(role, &row.facts);
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
            assert_eq!(facts(role, &pointed).redirect_host.as_deref(), Some(expected), "{role}");
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

//! What of a row a reader may see, and the words that go with it.

use domain::attempt::Facts;
use domain::explanation::{self, Contacts, Explanation, Subject};
use domain::export::ExportStatus;
use domain::outcome::Outcome;
use domain::role::Role;
use domain::webhook_url::mask_host;
use store::{attempts, exports};

static NO_FACTS: Facts =
    Facts { certificate_at: None, redirect_host: None, url_rule: None, timeout_s: None };

/// A host: masked for recruiters and support where its first label is a secret.
pub(crate) fn host(role: Role, host: &str) -> String {
    if role == Role::OrgAdmin { host.to_owned() } else { mask_host(host) }
}

/// Explains where an export stands, to a reader who sees this host.
pub(crate) fn explain(row: &exports::Export, host: &str, contacts: &Contacts) -> Explanation {
    let last = row.last_attempt.as_ref();
    let subject = Subject {
        export_id: row.id,
        status: row.status,
        ended_by: row.ended_by,
        outcome: row.outcome.or(last.map(|last| last.outcome)),
        ambiguous: row.ambiguous,
        anything_sent: row.anything_sent,
        http_status: last.and_then(|last| last.http_status),
        host,
        candidate_count: row.candidate_count,
        payload_bytes: row.payload_bytes,
        attempt_number: row.attempt_count,
        at: row.finished_at.or(last.map(|last| last.finished_at)),
        next_attempt_at: row.next_attempt_at,
        facts: last.map_or(&NO_FACTS, |last| &last.facts),
    };
    explanation::explain(&subject, contacts)
}

/// Explains an attempt, to a reader who sees this host.
pub(crate) fn explain_attempt(
    row: &attempts::Attempt,
    host: &str,
    contacts: &Contacts,
) -> Explanation {
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
        anything_sent: row.request_bytes_sent > 0,
        http_status: row.http_status,
        host,
        candidate_count: row.candidate_count.unwrap_or_default(),
        payload_bytes: row.payload_bytes,
        attempt_number: row.attempt_number,
        at: duration.map(|duration| row.started_at + duration),
        next_attempt_at: row.next_attempt_at,
        facts: &row.facts,
    };
    explanation::explain_attempt(&subject, contacts)
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A receiver's bytes as text: what is no UTF-8 becomes U+FFFD, control characters but line
/// breaks and tabs are escaped, so that no terminal obeys them.
pub(crate) fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.chars().fold(String::with_capacity(text.len()), |mut shown, character| {
        if character.is_control() && !matches!(character, '\n' | '\r' | '\t') {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
        shown
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receivers_bytes_become_text_that_no_terminal_obeys() {
        assert_eq!(text("Zoë\n".as_bytes()), "Zoë\n");
        assert_eq!(text(b"\x1b[2Jx\xff\0"), "\\u{1b}[2Jx\u{fffd}\\u{0}");
        assert_eq!(hexadecimal(&[0, 255]), "00ff");
    }
}

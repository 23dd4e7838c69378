//! What the support desk sees of the details of an event: ids of webhooks, exports and vacancies, counts
//! and words of closed sets. A member that is not named here is not shown, so that a new one cannot tell
//! support of people by mistake.

use serde_json::{Map, Value};

/// The members that support sees.
#[rustfmt::skip]
const SHOWN: &[&str] = &[
    "ambiguous", "applications", "applications_merged", "attempts", "by", "cancelled", "candidates",
    "carried_on", "changed", "derived", "earlier_ended", "ended_by", "expires_in_days", "export_id", "exports",
    "failed", "failures_in_a_row", "filters", "include", "left_out", "list", "new_secret",
    "nobody_left", "on_the_wire", "operation", "outcome", "payload_bytes", "payload_gone", "people",
    "reason", "reasons", "replaces", "resent", "resent_from", "role", "sending", "shown", "still_sending", "to",
    "vacancies", "vacancy_id", "waiting", "webhook_id", "why",
];

/// The details of an event as support sees them.
pub fn shown_to_support(details: Map<String, Value>) -> Map<String, Value> {
    details.into_iter().filter(|(name, _)| SHOWN.contains(&name.as_str())).collect()
}

/// Whether support sees the id of an object of that kind: a person and what they applied for are none of
/// its business.
pub fn shows_object(object_type: &str) -> bool {
    !matches!(object_type, "application" | "candidate")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn support_sees_what_is_named_and_nothing_else() {
        let details = json!({
            "webhook_id": "w", "candidates": 3, "candidate_id": "c", "application_id": "a",
            "reference": "C-7",
        });
        let Value::Object(details) = details else { unreachable!("an object") };
        let shown = json!({ "webhook_id": "w", "candidates": 3 });
        assert_eq!(Value::Object(shown_to_support(details)), shown);
        assert!(shows_object("webhook") && shows_object("vacancy"));
        assert!(!shows_object("application") && !shows_object("candidate"));
    }
}

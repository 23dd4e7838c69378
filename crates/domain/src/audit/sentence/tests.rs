//! The sentences, each as it reads.

use serde_json::json;

use super::*;
use crate::audit::Action;

const WEBHOOK: &str = "00000000-0000-0000-0000-000000000001";
const EXPORT: &str = "00000000-0000-0000-0000-000000000002";

fn told(
    kind: ActorKind,
    name: Option<&str>,
    action: &str,
    object: (&str, Option<&str>),
    details: Value,
) -> String {
    let names = [(WEBHOOK.parse().expect("an id"), "CRM intake".to_owned())].into();
    let Value::Object(details) = details else { unreachable!("an object") };
    let id = if kind == ActorKind::System { "worker" } else { "auth0|ada" };
    sentence(&Event {
        who: Who { kind, id, name, email: None },
        action,
        object_type: object.0,
        object_id: object.1.map(|id| id.parse().expect("an id")),
        details: &details,
        names: &names,
    })
}

#[test]
fn each_action_reads_as_a_sentence() {
    let (hook, export) = (("webhook", Some(WEBHOOK)), ("export", Some(EXPORT)));
    let none = || json!({});
    let by_ada = [
        ("webhook.created", hook, none(), "Ada registered the webhook CRM intake."),
        ("webhook.deleted", hook, none(), "Ada deleted the webhook CRM intake."),
        (
            "webhook.deleted",
            hook,
            json!({ "cancelled": 2 }),
            "Ada deleted the webhook CRM intake, which cancelled 2 exports that waited.",
        ),
        (
            "webhook.secret_rotated",
            hook,
            json!({ "new_secret": true }),
            "Ada changed the signing secret of the webhook CRM intake.",
        ),
        (
            "webhook.secret_rotated",
            hook,
            json!({ "earlier_ended": 1 }),
            "Ada ended 1 earlier secret of the webhook CRM intake.",
        ),
        (
            "export.requested",
            export,
            json!({ "webhook_id": WEBHOOK, "candidates": 25 }),
            "Ada sent 25 candidates to the webhook CRM intake.",
        ),
        (
            "export.resent",
            export,
            json!({ "webhook_id": WEBHOOK, "left_out": 1 }),
            "Ada sent the export 00000000-0000-0000-0000-000000000002 again to the webhook CRM intake without 1 person.",
        ),
        (
            "access.refused",
            ("operation", None),
            json!({ "operation": "POST /v1/webhooks", "why": "role" }),
            "Ada was refused what the role may not do (POST /v1/webhooks).",
        ),
        (
            "import.completed",
            ("organisation", None),
            json!({ "vacancies": { "created": 1, "updated": 0 }, "candidates": { "created": 2, "updated": 3 } }),
            "Ada imported 1 vacancy, 5 candidates and 0 applications.",
        ),
        (
            "list.downloaded",
            ("export", None),
            json!({ "list": "exports" }),
            "Ada downloaded the list of exports.",
        ),
        (
            "api_key.revoked",
            ("api_key", Some(EXPORT)),
            none(),
            "Ada revoked the API key 00000000-0000-0000-0000-000000000002.",
        ),
        ("webhook.painted_green", hook, none(), "Ada painted green the webhook CRM intake."),
    ];
    for (action, object, details, expected) in by_ada {
        assert_eq!(told(ActorKind::Member, Some("Ada"), action, object, details), expected);
    }
    let failing =
        told(ActorKind::System, None, "webhook.failing", hook, json!({ "failures_in_a_row": 1 }));
    assert_eq!(failing, "The webhook CRM intake does not take what is sent: 1 failure in a row.");
    let looked = told(
        ActorKind::Support,
        Some("Sam"),
        "support.looked",
        ("export", None),
        json!({ "shown": 3 }),
    );
    assert_eq!(looked, "Sam of the support desk looked at 3 exports.");
    let nameless = told(ActorKind::Member, Some(" "), "webhook.enabled", hook, none());
    assert_eq!(nameless, "The member auth0|ada switched the webhook CRM intake on again.");
}

#[test]
fn no_action_is_told_in_words_of_the_database() {
    for action in Action::ALL {
        let told = told(
            ActorKind::Member,
            Some("Ada"),
            action.as_str(),
            ("webhook", Some(WEBHOOK)),
            json!({}),
        );
        assert!(!told.contains('_') && !told.contains(action.as_str()), "{told}");
        assert!(told.ends_with('.') && !told.contains("  "), "{told}");
    }
}

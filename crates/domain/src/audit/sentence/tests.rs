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

type Case = (&'static str, (&'static str, Option<&'static str>), Value, &'static str);

const HOOK: (&str, Option<&str>) = ("webhook", Some(WEBHOOK));

/// What Ada did.
fn check(cases: impl IntoIterator<Item = Case>) {
    for (action, object, details, expected) in cases {
        assert_eq!(told(ActorKind::Member, Some("Ada"), action, object, details), expected);
    }
}

#[test]
fn what_is_done_to_webhooks_reads_as_a_sentence() {
    check([
        ("webhook.created", HOOK, json!({}), "Ada registered the webhook CRM intake."),
        ("webhook.deleted", HOOK, json!({}), "Ada deleted the webhook CRM intake."),
        (
            "webhook.deleted",
            HOOK,
            json!({ "cancelled": 2 }),
            "Ada deleted the webhook CRM intake, which cancelled 2 exports that waited.",
        ),
        (
            "webhook.secret_rotated",
            HOOK,
            json!({ "new_secret": true }),
            "Ada changed the signing secret of the webhook CRM intake.",
        ),
        (
            "webhook.secret_rotated",
            HOOK,
            json!({ "earlier_ended": 1 }),
            "Ada ended 1 earlier secret of the webhook CRM intake.",
        ),
        ("webhook.painted_green", HOOK, json!({}), "Ada painted green the webhook CRM intake."),
    ]);
}

#[test]
fn what_is_done_to_the_rest_reads_as_a_sentence() {
    check([
        (
            "export.requested",
            ("export", Some(EXPORT)),
            json!({ "webhook_id": WEBHOOK, "candidates": 25 }),
            "Ada sent 25 candidates to the webhook CRM intake.",
        ),
        (
            "export.resent",
            ("export", Some(EXPORT)),
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
            json!({ "vacancies": { "created": 1 }, "candidates": { "created": 2, "updated": 3 } }),
            "Ada imported 1 vacancy, 5 candidates and 0 applications.",
        ),
        (
            "list.downloaded",
            ("export", None),
            json!({ "list": "exports" }),
            "Ada downloaded the list of exports.",
        ),
    ]);
}

#[test]
fn each_kind_of_actor_is_named() {
    let failures = json!({ "failures_in_a_row": 1 });
    let failing = told(ActorKind::System, None, "webhook.failing", HOOK, failures);
    let expected = "The webhook CRM intake does not take what is sent: 1 failure in a row.";
    assert_eq!(failing, expected);
    let shown = json!({ "shown": 3 });
    let looked = told(ActorKind::Support, Some("Sam"), "support.looked", ("export", None), shown);
    assert_eq!(looked, "Sam of the support desk looked at 3 exports.");
    let nameless = told(ActorKind::Member, Some(" "), "webhook.enabled", HOOK, json!({}));
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

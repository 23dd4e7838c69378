//! The committed document is the one of the route table: a stale one is rewritten, and fails.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

fn rendered() -> String {
    let document = api::openapi::document();
    format!("{}\n", document.to_pretty_json().expect("the document is JSON"))
}

fn document() -> Value {
    serde_json::from_str(&rendered()).expect("the document is JSON")
}

fn operations(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let of_path = |(path, item): (&String, &Value)| {
        let operations = item.as_object().expect("a path item").iter();
        let named =
            operations.map(|(method, operation)| (format!("{method} {path}"), operation.clone()));
        named.collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

#[test]
fn the_committed_document_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/openapi.json");
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let current = rendered();
    if committed != current {
        std::fs::write(&path, current).expect("openapi/openapi.json can be written");
        panic!("openapi/openapi.json was stale: it is rewritten now, commit it");
    }
}

#[test]
fn every_operation_is_told_in_full() {
    let document = document();
    let operations = operations(&document);
    let ids: BTreeSet<_> = operations.iter().map(|(_, it)| it["operationId"].to_string()).collect();
    assert_eq!(ids.len(), operations.len(), "operation ids are unique");
    for (name, operation) in &operations {
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.contains_key("default"), "{name} has no problem response");
        assert!(operation["summary"].is_string(), "{name} has no summary");
        assert!(operation["tags"][0].is_string(), "{name} has no tag");
        let successes: BTreeSet<_> = responses
            .iter()
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(_, response)| response["content"].as_object().and_then(|it| it.keys().next()))
            .collect();
        assert_eq!(successes.len(), 1, "{name} has several success content types");
        let is_open = operation["security"] == serde_json::json!([{}]);
        assert_eq!(is_open, !name.contains(" /v1/"), "{name}: who may call it");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().expect("a pointer");
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

/// Every text that `/docs` shows, with where it stands.
fn texts(place: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text)
                        if ["description", "summary", "title"].contains(&&**name) =>
                    {
                        found.push((format!("{place}/{name}"), text.clone()));
                    }
                    _ => texts(&format!("{place}/{name}"), member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| texts(place, item, found)),
        _ => {}
    }
}

/// Descriptions are Markdown: what looks like HTML or emphasis is swallowed, unless it is code.
#[test]
fn nothing_of_a_description_is_swallowed() {
    let mut found = Vec::new();
    texts("", &document(), &mut found);
    assert!(found.len() > 200, "{}", found.len());
    for (place, text) in &found {
        assert_eq!(text.matches('`').count() % 2, 0, "{place}: {text}");
        let plain: String = text.split('`').step_by(2).collect();
        let swallowed = ['<', '>', '*', '&', '[', ']', '~', '\\'];
        assert!(!plain.contains(swallowed), "{place}: {text}");
        assert!(!plain.contains("__") && !plain.starts_with(['#', '-', '+']), "{place}: {text}");
    }
}

/// What `/docs` prefills is sent: a parameter that must be given has something that works in the
/// demo, one that may be given has nothing; nor has one that says whom to erase.
#[test]
fn what_is_prefilled_can_be_executed() {
    let document = document();
    for (name, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let is_shown = parameter.get("example").is_some();
            let is_due = parameter["required"] == true && name != "delete /v1/candidates";
            assert_eq!(is_shown, is_due, "{name}: {}", parameter["name"]);
        }
    }
    let schemas = &document["components"]["schemas"];
    let create = &schemas["CreateWebhook"]["example"];
    assert_eq!(create["url"], api::openapi::examples::RECEIVER);
    let said = document["components"]["securitySchemes"]["bearer"]["description"].to_string();
    for part in ["talentats up", "talentats token", "identity provider"] {
        assert!(said.contains(part), "{said}");
    }
}

/// What takes a person is for tokens alone; whatever else is under `/v1` a key may call, too.
#[test]
fn each_operation_says_who_may_call_it() {
    let document = document();
    let (token, key) = (serde_json::json!({ "bearer": [] }), serde_json::json!({ "api_key": [] }));
    assert_eq!(document["security"], serde_json::json!([token, key]));
    let for_people: Vec<_> = operations(&document)
        .into_iter()
        .filter(|(_, operation)| operation["security"] == serde_json::json!([token]))
        .map(|(name, _)| name)
        .collect();
    let people = [
        "get /v1/api-keys",
        "post /v1/api-keys",
        "delete /v1/api-keys/{id}",
        "get /v1/audit-events",
        "get /v1/audit-events.csv",
        "delete /v1/candidates",
        "delete /v1/candidates/{id}",
        "get /v1/notifications",
        "get /v1/notifications/preferences",
        "put /v1/notifications/preferences",
        "post /v1/notifications/seen",
    ];
    assert_eq!(for_people, people);
    let scheme = &document["components"]["securitySchemes"]["api_key"];
    assert_eq!(scheme["bearerFormat"], domain::api_key::PATTERN, "{scheme}");
}

/// Whatever makes or changes something takes the one key, and marks replays.
#[test]
fn each_change_takes_an_idempotency_key() {
    let document = document();
    let (key, replayed) =
        ("#/components/parameters/IdempotencyKey", "#/components/headers/IdempotencyReplayed");
    let mut changes = 0;
    for (name, operation) in operations(&document) {
        let all = operation["parameters"].as_array().cloned().unwrap_or_default();
        let takes = all.iter().filter(|parameter| parameter["$ref"] == key).count();
        let looks = ["preview_export", "check_webhook"].map(Value::from);
        let reads = name.starts_with("get ") || looks.contains(&operation["operationId"]);
        assert_eq!(takes, usize::from(!reads), "{name}");
        let named = all.iter().any(|parameter| parameter["name"] == "Idempotency-Key");
        assert!(!named, "{name}: it is written once");
        for (status, response) in operation["responses"].as_object().expect("responses") {
            let marked = response["headers"]["Idempotency-Replayed"]["$ref"] == replayed;
            assert_eq!(marked, !reads && status.starts_with('2'), "{name} {status}");
        }
        changes += takes;
    }
    assert!(changes >= 12, "{changes}");
}

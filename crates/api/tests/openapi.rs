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
            .filter(|(status, _)| *status != "default")
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

//! Every refusal that a test meets is one that the OpenAPI document tells of its operation: so the
//! document cannot fall behind what the service does.

use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use super::Reply;

/// The committed document; a test of the API keeps it current.
fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/openapi.json");
        let text = std::fs::read(path).expect("the committed document");
        serde_json::from_slice(&text).expect("the document is JSON")
    })
}

/// Compares a problem with the document's answers of its operation (`"GET /v1/webhooks"`). What no
/// operation has the address or method of, and faults of ours, are documented for none.
///
/// # Panics
/// When the document does not tell it.
pub(super) fn check(operation: &str, reply: &Reply) {
    let (method, template) = operation.split_once(' ').expect("a method and a template");
    let operation_told = &document()["paths"][template][method.to_lowercase()];
    if reply.status < 400 || reply.status == 500 || operation_told.is_null() {
        return;
    }
    let problem: Value = serde_json::from_slice(&reply.body).expect("a problem document");
    let kind = &problem["type"];
    assert!(
        kinds(operation_told, reply.status).contains(&kind),
        "{operation} answers {} {kind}, which the document does not tell: add it to \
         crates/api/src/openapi/answers.rs",
        reply.status,
    );
}

/// The values of `type` that are told for a status.
fn kinds(operation: &'static Value, status: u16) -> Vec<&'static Value> {
    let response = resolve(&operation["responses"][status.to_string()]);
    let schema = &response["content"]["application/problem+json"]["schema"];
    let several = schema["oneOf"].as_array().into_iter().flatten();
    let parts = several.chain([schema]).filter_map(|schema| resolve(schema)["allOf"].as_array());
    let enums = parts.flatten().filter_map(|part| part["properties"]["type"]["enum"].as_array());
    enums.flatten().collect()
}

/// What a reference of the document leads to; anything else is itself.
fn resolve(value: &'static Value) -> &'static Value {
    let place = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    place.and_then(|place| document().pointer(place)).unwrap_or(value)
}

//! Tests of `payload_schema`.

use super::*;

#[test]
fn every_reference_leads_somewhere() {
    let schema = schema();
    let text = schema.to_string();
    let references: Vec<_> = text.split("\"$ref\":\"#").skip(1).collect();
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.split('"').next().expect("a pointer");
        assert!(schema.pointer(pointer).is_some(), "{pointer}");
    }
}

/// What Ajv's strict mode asks for, without its plugins.
#[test]
fn a_strict_validator_takes_it_and_generators_find_what_is_said() {
    let schema = schema();
    assert!(schema["$id"].as_str().is_some_and(|id| id.starts_with("https://")));
    let root = ["$schema", "$id", "title", "$defs"];
    strict("", &schema, &root);
    let parts = schema["$defs"].as_object().expect("parts");
    assert!(parts.len() > 10);
    parts.iter().for_each(|(name, part)| strict(name, part, &[]));
}

/// Only these keywords: none of OpenAPI, no format, nothing that closes a set of words, and
/// no choice in which a description is lost.
fn strict(place: &str, schema: &Value, more: &[&str]) {
    let known = [
        "type",
        "description",
        "properties",
        "required",
        "items",
        "pattern",
        "examples",
        "minimum",
        "$ref",
    ];
    let members = schema.as_object().unwrap_or_else(|| panic!("{place}"));
    for key in members.keys().map(String::as_str) {
        assert!(known.contains(&key) || more.contains(&key), "{place}: {key}");
    }
    if !place.ends_with("[]") {
        let said = members.get("description").and_then(Value::as_str);
        assert!(said.is_some_and(|said| !said.is_empty()), "{place} is not described");
    }
    if members.contains_key(REF) {
        return;
    }
    assert_typed(place, members);
    if let Some(properties) = members.get("properties").and_then(Value::as_object) {
        let required = members["required"].as_array().expect("a list");
        assert!(required.iter().all(|key| properties.contains_key(key.as_str().unwrap_or(""))));
        assert_eq!(required.len(), properties.len(), "{place}");
        for (key, property) in properties {
            strict(&format!("{place}/{key}"), property, &[]);
        }
    }
    if let Some(items) = members.get("items") {
        strict(&format!("{place}[]"), items, &[]);
    }
}

/// One type, or null beside it, and each keyword where its type is.
fn assert_typed(place: &str, members: &Map<String, Value>) {
    let types = match &members["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(two) => two.iter().filter_map(Value::as_str).collect(),
        _ => panic!("{place} has no type"),
    };
    assert!(types.len() == 1 || (types.len() == 2 && types[1] == "null"), "{place}: {types:?}");
    let of = [
        ("properties", "object"),
        ("required", "object"),
        ("items", "array"),
        ("pattern", "string"),
    ];
    for (keyword, of) in of {
        assert!(!members.contains_key(keyword) || types[0] == of, "{place}: {keyword}");
    }
}

#[test]
fn the_document_has_the_same() {
    let document = json!(super::super::document());
    for (name, part) in receiver::schemas() {
        assert_eq!(document["components"]["schemas"][&name], json!(part), "{name}");
    }
}

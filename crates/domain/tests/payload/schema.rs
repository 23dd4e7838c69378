//! The published schema against the normative example.

use std::collections::BTreeSet;

use domain::payload::Payload;
use serde_json::Value;
use utoipa::{PartialSchema, ToSchema};

use crate::records::EXAMPLE;

#[test]
fn the_published_schema_has_exactly_the_keys_of_the_example() {
    let mut schemas = vec![("CandidatesExported".to_owned(), Payload::schema())];
    Payload::schemas(&mut schemas);
    let schemas: serde_json::Map<_, _> = schemas
        .into_iter()
        .map(|(name, schema)| (name, serde_json::to_value(schema).expect("JSON")))
        .collect();
    let example = serde_json::from_str(EXAMPLE).expect("JSON");
    assert_described(&schemas, "", &schemas["CandidatesExported"], &example);
}

fn assert_described(
    schemas: &serde_json::Map<String, Value>,
    place: &str,
    schema: &Value,
    value: &Value,
) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().expect("a name");
        let schema = schemas.get(name).unwrap_or_else(|| panic!("{place}: no schema {name}"));
        return assert_described(schemas, place, schema, value);
    }
    match value {
        Value::Array(items) => {
            for item in items {
                assert_described(schemas, &format!("{place}[]"), &schema["items"], item);
            }
        }
        Value::Object(members) => {
            let keys: BTreeSet<_> = members.keys().map(String::as_str).collect();
            let known = schema["properties"].as_object().unwrap_or_else(|| panic!("{place}"));
            let known: BTreeSet<_> = known.keys().map(String::as_str).collect();
            let required = schema["required"].as_array().unwrap_or_else(|| panic!("{place}"));
            let required: BTreeSet<_> = required.iter().filter_map(Value::as_str).collect();
            assert_eq!((&known, &required), (&keys, &keys), "{place}");
            for (key, member) in members {
                let schema = &schema["properties"][key];
                assert_described(schemas, &format!("{place}/{key}"), schema, member);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

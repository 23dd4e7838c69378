//! The published schema against the normative example.

use std::collections::BTreeSet;

use domain::payload::{Candidate, Payload, test_people, test_vacancy};
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};
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

/// What a warehouse is told of columns is complete, and says of each whether it may be null.
#[test]
fn the_table_of_columns_has_each_leaf_of_a_person() {
    let table = include_str!("../../../../docs/receivers.md");
    let RefOr::T(Schema::Object(person)) = Candidate::schema() else { panic!("an object") };
    for (key, property) in &person.properties {
        let property = serde_json::to_value(property).expect("JSON");
        let row = table.lines().find(|line| line.starts_with(&format!("| `{key}` |")));
        let nested = |line: &str| {
            line.starts_with('|')
                && (line.contains(&format!("`{key}[]`"))
                    || line.contains(&format!("| `{key}` | `")))
        };
        if property["type"] == "array" || property["$ref"].as_str().is_some_and(is_object) {
            assert!(table.lines().any(nested), "{key}");
            continue;
        }
        let null = row.unwrap_or_else(|| panic!("no row for {key}")).split('|').nth(3);
        let nullable = property.to_string().contains("\"null\"");
        assert_eq!(null.map(str::trim), Some(if nullable { "yes" } else { "" }), "{key}");
    }
}

fn is_object(reference: &str) -> bool {
    [
        "Contact",
        "CandidatesExportedApplication",
        "CandidatesExportedStage",
        "CandidatesExportedRatings",
    ]
    .iter()
    .any(|name| reference.ends_with(&format!("/{name}")))
}

#[test]
fn the_made_up_ids_are_documented() {
    let documented = include_str!("../../../../docs/receivers.md");
    let vacancy = test_vacancy();
    let mut told = vec![(vacancy.id.to_string(), vacancy.reference)];
    for person in test_people(chrono::DateTime::UNIX_EPOCH) {
        told.push((person.id.to_string(), person.reference));
        told.push((person.person.id.to_string(), person.person.reference));
    }
    for (id, reference) in told {
        assert!(documented.contains(&format!("`{id}` | `{reference}` |")), "{id} {reference}");
    }
}

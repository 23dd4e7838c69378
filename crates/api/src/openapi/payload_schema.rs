//! The payload's types as a JSON Schema of their own, for receivers.

use std::collections::BTreeSet;

use domain::payload::Payload;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use super::conventions::complete_answer;

const REF: &str = "$ref";
const IN_OPENAPI: &str = "#/components/schemas/";
const IN_SCHEMA: &str = "#/$defs/";

/// JSON Schema (2020-12) of version 1 of the payload.
pub(super) fn schema() -> Value {
    let mut parts = Vec::new();
    Payload::schemas(&mut parts);
    let no_bodies = BTreeSet::new();
    let part = |(name, mut part): (String, _)| {
        complete_answer(&name, &mut part, &no_bodies);
        (name, json!(part))
    };
    let parts: Map<String, Value> = parts.into_iter().map(part).collect();
    let mut payload = Payload::schema();
    complete_answer(&Payload::name(), &mut payload, &no_bodies);
    let mut schema = json!(payload);
    if let Value::Object(members) = &mut schema {
        let dialect = "https://json-schema.org/draft/2020-12/schema";
        members.insert("$schema".to_owned(), dialect.into());
        members.insert("$id".to_owned(), "/schemas/candidates-exported-1.json".into());
        members.insert("title".to_owned(), "candidates.exported, version 1".into());
        members.insert("$defs".to_owned(), Value::Object(parts));
    }
    move_references(&mut schema);
    schema
}

fn move_references(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut(REF) {
                *reference = reference.replacen(IN_OPENAPI, IN_SCHEMA, 1);
            }
            members.values_mut().for_each(move_references);
        }
        Value::Array(items) => items.iter_mut().for_each(move_references),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
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
}

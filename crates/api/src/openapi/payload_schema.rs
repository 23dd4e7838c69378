//! The payload's types as a JSON Schema of their own, for receivers.

use domain::payload::Payload;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::receiver;

const REF: &str = "$ref";
const IN_OPENAPI: &str = "#/components/schemas/";
const IN_SCHEMA: &str = "#/$defs/";
/// A name, wherever it was downloaded from: schemas of an installation move with its host.
const ID: &str = "https://schemas.talentats.example/candidates-exported-1.json";
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// JSON Schema (2020-12) of version 1 of the payload.
pub(super) fn schema() -> Value {
    let mut parts: Map<String, Value> =
        receiver::schemas().into_iter().map(|(name, part)| (name, json!(part))).collect();
    let mut schema = parts.remove(&*Payload::name()).unwrap_or_default();
    if let Value::Object(members) = &mut schema {
        members.insert("$schema".to_owned(), DIALECT.into());
        members.insert("$id".to_owned(), ID.into());
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
mod tests;

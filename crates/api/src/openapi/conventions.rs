//! What holds for every schema of ours and is derived rather than repeated at each field: every
//! key of an answer is present, answers may gain members, a parameter that is sent is not null.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{Object, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

/// Members that a problem has only where they apply.
const OPTIONAL_MEMBERS: &str = "ProblemExtras";
const SCHEMAS: &str = "#/components/schemas/";

/// Every key of an answer is there, null where there is no value; more may come in later
/// versions. Bodies of requests (`bodies`) stay as they are.
pub(super) fn complete_answer(name: &str, schema: &mut RefOr<Schema>, bodies: &BTreeSet<String>) {
    let RefOr::T(schema) = schema else { return };
    if name == OPTIONAL_MEMBERS || bodies.contains(name) {
        return;
    }
    match schema {
        Schema::Object(object) => require_all(object),
        Schema::AllOf(all) => {
            for part in &mut all.items {
                complete_answer("", part, bodies);
            }
        }
        _ => {}
    }
}

fn require_all(object: &mut Object) {
    object.required = object.properties.keys().cloned().collect();
    if !object.properties.is_empty() {
        object.additional_properties = None;
    }
    for property in object.properties.values_mut() {
        if let RefOr::T(Schema::Array(array)) = property
            && let utoipa::openapi::schema::ArrayItems::RefOrSchema(items) = &mut array.items
            && let RefOr::T(Schema::Object(item)) = items.as_mut()
            && !item.properties.is_empty()
        {
            require_all(item);
        }
    }
}

/// The schemas that bodies of requests are read by, and what those refer to.
pub(super) fn bodies<'a>(
    operations: impl Iterator<Item = &'a Operation>,
    schemas: &BTreeMap<String, RefOr<Schema>>,
) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut ahead: Vec<_> = of_operations(operations).into_iter().collect();
    while let Some(name) = ahead.pop() {
        let schema = schemas.get(&name).map(|schema| serde_json::json!(schema).to_string());
        if reached.insert(name) {
            ahead.extend(names_in(&schema.unwrap_or_default()));
        }
    }
    reached
}

fn of_operations<'a>(operations: impl Iterator<Item = &'a Operation>) -> BTreeSet<String> {
    let contents = operations
        .filter_map(|operation| match &operation.request_body {
            Some(RefOr::T(body)) => Some(body.content.values()),
            _ => None,
        })
        .flatten();
    let schemas = contents.filter_map(|content| match content {
        RefOr::T(content) => content.schema.as_ref(),
        RefOr::Ref(_) => None,
    });
    // Of a body that may be left out, the reference is one of a choice.
    schemas.flat_map(|schema| names_in(&serde_json::json!(schema).to_string())).collect()
}

/// The names of the schemas that a text refers to.
fn names_in(text: &str) -> Vec<String> {
    let parts = text.split(SCHEMAS).skip(1).filter_map(|part| part.split('"').next());
    parts.map(ToOwned::to_owned).collect()
}

/// An optional parameter is absent, never null.
pub(super) fn forbid_null(parameter: &mut RefOr<Parameter>) {
    let RefOr::T(parameter) = parameter else { return };
    if !matches!(parameter.parameter_in, ParameterIn::Query | ParameterIn::Header) {
        return;
    }
    let schema = match parameter.schema.take() {
        Some(RefOr::T(Schema::OneOf(choice))) => choice.items.into_iter().find(|it| !is_null(it)),
        Some(RefOr::T(Schema::Object(mut object))) => {
            object.schema_type = without_null(object.schema_type);
            Some(RefOr::T(Schema::Object(object)))
        }
        schema => schema,
    };
    parameter.schema = schema;
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object))
        if matches!(object.schema_type, SchemaType::Type(Type::Null)))
}

fn without_null(schema_type: SchemaType) -> SchemaType {
    match schema_type {
        SchemaType::Array(mut types) => {
            types.retain(|one| !matches!(one, Type::Null));
            match types.pop() {
                Some(one) if types.is_empty() => SchemaType::Type(one),
                Some(one) => SchemaType::Array([types, vec![one]].concat()),
                None => SchemaType::AnyValue,
            }
        }
        schema_type => schema_type,
    }
}

//! The schemas of the payload in the form that receivers' tools take: validators that know no
//! formats and no keywords of OpenAPI's (Ajv in its strict mode), and generators of code, which
//! make closed types of `enum` and lose what is said inside `oneOf`. So what is no object is
//! written where it stands, with its description, and words that may grow are plain strings.

use std::collections::{BTreeMap, BTreeSet};

use domain::payload::Payload;
use utoipa::openapi::schema::{Array, ArrayItems, Object, OneOf, SchemaType, Type};
use utoipa::openapi::{KnownFormat, Ref, RefOr, Schema, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use super::conventions::complete_answer;

const UUID: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
const INSTANT: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$";
const UUID_EXAMPLE: &str = "019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11";
const INSTANT_EXAMPLE: &str = "2026-11-23T10:14:59.812Z";

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// The objects of the payload by their names, the payload itself among them.
pub(super) fn schemas() -> Schemas {
    let all = parts();
    let no_bodies = BTreeSet::new();
    let objects = all.iter().filter(|(_, part)| is_object(part));
    let plain = objects.map(|(name, part)| {
        let mut part = part.clone();
        complete_answer(name, &mut part, &no_bodies);
        if let RefOr::T(Schema::Object(object)) = &mut part {
            for property in object.properties.values_mut() {
                *property = plain(property.clone(), &all);
            }
        }
        (name.clone(), part)
    });
    plain.collect()
}

/// The names of what is written where it stands.
pub(super) fn inlined() -> impl Iterator<Item = String> {
    parts().into_iter().filter(|(_, part)| !is_object(part)).map(|(name, _)| name)
}

fn parts() -> Schemas {
    let mut parts = vec![(Payload::name().into_owned(), Payload::schema())];
    Payload::schemas(&mut parts);
    parts.into_iter().collect()
}

fn is_object(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if !object.properties.is_empty())
}

fn plain(schema: RefOr<Schema>, all: &Schemas) -> RefOr<Schema> {
    match schema {
        RefOr::Ref(reference) => in_place(reference, all),
        RefOr::T(Schema::OneOf(choice)) => nullable(choice, all),
        RefOr::T(Schema::Array(array)) => RefOr::T(Schema::Array(list(array, all))),
        RefOr::T(Schema::Object(object)) => RefOr::T(Schema::Object(open(object))),
        other => other,
    }
}

fn in_place(mut reference: Ref, all: &Schemas) -> RefOr<Schema> {
    reference.default = None;
    let name = reference.ref_location.rsplit('/').next().unwrap_or_default();
    let Some(target) = all.get(name).filter(|target| !is_object(target)) else {
        return RefOr::Ref(reference);
    };
    let mut target = target.clone();
    let said = Some(reference.description).filter(|said| !said.is_empty());
    match &mut target {
        RefOr::T(Schema::Object(object)) => object.description = said.or(object.description.take()),
        RefOr::T(Schema::Array(array)) => array.description = said.or(array.description.take()),
        _ => {}
    }
    plain(target, all)
}

/// One of something and null: the something, which may be null.
fn nullable(mut choice: OneOf, all: &Schemas) -> RefOr<Schema> {
    choice.items.retain(|item| !is_null(item));
    let Some(item) = choice.items.pop() else { return RefOr::T(Schema::OneOf(choice)) };
    let mut item = plain(item, all);
    if let RefOr::T(Schema::Object(object)) = &mut item
        && let SchemaType::Type(one) = object.schema_type.clone()
    {
        object.schema_type = SchemaType::Array(vec![one, Type::Null]);
    }
    item
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object))
        if matches!(object.schema_type, SchemaType::Type(Type::Null)))
}

fn list(mut array: Array, all: &Schemas) -> Array {
    array.default = None;
    if let ArrayItems::RefOrSchema(items) = &mut array.items {
        **items = plain((**items).clone(), all);
    }
    array
}

fn open(mut object: Object) -> Object {
    object.default = None;
    object.examples.extend(object.example.take());
    if let Some(words) = object.enum_values.take() {
        let known = words.iter().filter_map(|word| Some(format!("`{}`", word.as_str()?)));
        let known = known.collect::<Vec<_>>().join(", ");
        let said = object.description.unwrap_or_default();
        let stop = if said.ends_with('.') { "" } else { "." };
        object.description =
            Some(format!("{said}{stop} Open, take what you do not know as other. Known: {known}."));
        object.examples = words;
    }
    let (pattern, example) = match object.format.take() {
        Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)) => (UUID, UUID_EXAMPLE),
        Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)) => (INSTANT, INSTANT_EXAMPLE),
        // Widths of numbers are Rust's.
        _ => return object,
    };
    object.pattern = Some(pattern.to_owned());
    object.examples = vec![example.into()];
    object
}

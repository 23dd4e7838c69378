//! `Idempotency-Key` in the document: one header for all operations that make or change something, and
//! one mark of an answer that is a replay. Written once, and referred to.

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{Components, ObjectBuilder, Schema, Type};

use super::headers::Headers;
use crate::replay;

/// Name of the request's header.
const KEY: &str = "Idempotency-Key";
const HEADERS: Headers =
    Headers { asks: "IdempotencyKey", says: "IdempotencyReplayed", name: replay::HEADER };
/// Operations by POST that change nothing.
const CHANGE_NOTHING: [&str; 2] = ["preview_export", "check_webhook"];

const DESCRIPTION: &str = "Your name for this request. Sent again within 24 h, with the same body, it \
    does nothing anew and answers with what it made or changed, as that stands then, without secrets; \
    with another body it is refused (422). Only what succeeded is remembered.";

/// Adds both headers to each operation that makes or changes something.
pub(super) fn tell(item: &mut PathItem) {
    let changing = [&mut item.post, &mut item.put, &mut item.delete].into_iter().flatten();
    let named = |operation: &&mut Operation| {
        let name = operation.operation_id.as_deref().unwrap_or_default();
        !CHANGE_NOTHING.contains(&name)
    };
    changing.filter(named).for_each(|operation| HEADERS.tell(operation));
}

/// Whether an operation takes a key.
pub(super) fn is_taken(operation: &Operation) -> bool {
    HEADERS.are_of(operation)
}

/// Writes what they refer to.
pub(super) fn define(components: &mut Components) {
    HEADERS.define(components, parameter(), header());
}

fn parameter() -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(255))
        .pattern(Some("^[!-~]+$"));
    ParameterBuilder::new()
        .name(KEY)
        .parameter_in(ParameterIn::Header)
        .description(Some(DESCRIPTION))
        .schema(Some(Schema::Object(schema.build())))
        .build()
}

fn header() -> Header {
    let schema = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["true"]));
    let when = "Only there when an earlier request under this Idempotency-Key did it.";
    HeaderBuilder::new().schema(Some(schema.build())).description(Some(when)).build()
}

//! `Prefer: wait` in the document (RFC 7240): one header for all operations that queue an export, and one
//! mark of an answer that waited. Written once, and referred to.

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{Components, ObjectBuilder, Schema, Type};

use super::headers::Headers;

const HEADERS: Headers =
    Headers { asks: "Prefer", says: "PreferenceApplied", name: "Preference-Applied" };
/// Operations whose answer can wait for an outcome.
const WAIT: [&str; 3] = ["create_export", "resend_export", "test_webhook"];

const DESCRIPTION: &str = "`wait=10`: the answer comes with the outcome, or after so many seconds, 30 at \
    most. Unknown preferences are ignored.";

/// Adds both headers to each operation that can wait.
pub(super) fn tell(item: &mut PathItem) {
    let waits = |id: &str| WAIT.contains(&id);
    let operation = item.post.as_mut();
    if let Some(operation) = operation.filter(|it| it.operation_id.as_deref().is_some_and(waits)) {
        HEADERS.tell(operation);
    }
}

/// Writes what they refer to.
pub(super) fn define(components: &mut Components) {
    HEADERS.define(components, parameter(), header());
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn parameter() -> Parameter {
    ParameterBuilder::new()
        .name("Prefer")
        .parameter_in(ParameterIn::Header)
        .description(Some(DESCRIPTION))
        .schema(Some(Schema::Object(text().build())))
        .build()
}

fn header() -> Header {
    let what = "`wait=N`, as it was applied.";
    HeaderBuilder::new().schema(Some(text().build())).description(Some(what)).build()
}

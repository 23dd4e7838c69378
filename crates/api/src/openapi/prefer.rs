//! `Prefer: wait` in the document (RFC 7240): one header for all operations that queue an export, and one
//! mark of an answer that waited. Written once, and referred to.

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{Components, ObjectBuilder, Schema, Type};
use utoipa::openapi::{Ref, RefOr};

/// What both are called among the components.
const COMPONENTS: [&str; 2] = ["Prefer", "PreferenceApplied"];
/// Operations whose answer can wait for an outcome.
const WAIT: [&str; 3] = ["create_export", "resend_export", "test_webhook"];

const DESCRIPTION: &str = "`wait=10`: the answer comes with the outcome, or after so many seconds, 30 at \
    most. Unknown preferences are ignored.";

/// Adds both headers to each operation that can wait.
pub(super) fn tell(item: &mut PathItem) {
    let [prefer, applied] = COMPONENTS;
    let waits = |id: &str| WAIT.contains(&id);
    let operation = item.post.as_mut();
    if let Some(operation) = operation.filter(|it| it.operation_id.as_deref().is_some_and(waits)) {
        let parameter = Ref::new(format!("#/components/parameters/{prefer}"));
        operation.parameters.get_or_insert_default().push(RefOr::Ref(parameter));
        for (status, response) in &mut operation.responses.responses {
            if let RefOr::T(response) = response
                && status.starts_with('2')
            {
                let applied = Ref::new(format!("#/components/headers/{applied}"));
                response.headers.insert("Preference-Applied".to_owned(), RefOr::Ref(applied));
            }
        }
    }
}

/// Writes what they refer to.
pub(super) fn define(components: &mut Components) {
    let [prefer, applied] = COMPONENTS;
    components.parameters.insert(prefer.to_owned(), RefOr::T(parameter()));
    components.headers.insert(applied.to_owned(), RefOr::T(header()));
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

//! The outgoing request, as the document's `webhooks` tell it.

use domain::payload::{Payload, sample};
use domain::signature::{VECTORS, Vector};
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::Type;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{
    ContentBuilder, HttpMethod, ObjectBuilder, PathItem, Ref, Required, ResponseBuilder,
};

const DESCRIPTION: &str = "One POST per export, signed by Standard Webhooks: verify \
    webhook-signature with the secret of the webhook. Each try has the same webhook-id and the \
    same bytes; a delivery may be repeated.";

/// Where machines find the test vectors.
const EXTENSION: &str = "x-signature-vectors";

const HEADERS: [(&str, &str); 5] = [
    ("webhook-id", "Id of the export: the same on every try"),
    ("webhook-timestamp", "When the attempt began, in seconds since 1970"),
    (
        "webhook-signature",
        "`v1,` and a signature in base64; several, separated by blanks, while a rotation overlaps",
    ),
    ("webhook-attempt-id", "Id of the attempt, as in the log"),
    ("webhook-attempt-number", "1 for the first attempt of the export"),
];

/// What the worker sends to a registered URL.
pub(super) fn path_item() -> PathItem {
    let accepted = ResponseBuilder::new().description("Any 2xx: accepted, whatever the body says");
    let refused = ResponseBuilder::new().description("Tried again, or given up");
    let operation = OperationBuilder::new()
        .operation_id(Some("candidates_exported"))
        .summary(Some("What a receiver gets"))
        .description(Some(description()))
        .extensions(Some([(EXTENSION, json!(VECTORS))].into_iter().collect()))
        .tag("exports")
        .parameters(Some(HEADERS.map(header)))
        .request_body(Some(body()))
        .response("2XX", accepted.build())
        .response("default", refused.build())
        .securities(Some([SecurityRequirement::default()]))
        .build();
    PathItem::new(HttpMethod::Post, operation)
}

/// With the test vectors, for people.
fn description() -> String {
    let told = VECTORS.map(|Vector { title, secrets, id, timestamp, body, signature }| {
        let secrets = secrets.join("`, then `");
        format!(
            "{title}: secret `{secrets}`, webhook-id `{id}`, webhook-timestamp `{timestamp}`, body \
             `{body}`: webhook-signature `{signature}`."
        )
    });
    let told = told.join("\n\n");
    format!("{DESCRIPTION}\n\nTest vectors (also as `{EXTENSION}`):\n\n{told}")
}

fn header((name, description): (&str, &str)) -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(text))
        .build()
}

fn body() -> RequestBody {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(Payload::name())))
        .example(serde_json::to_value(sample()).ok())
        .build();
    RequestBodyBuilder::new()
        .description(Some("All candidates of the export, in the order of their selection"))
        .content("application/json", content)
        .required(Some(Required::True))
        .build()
}

//! The OpenAPI 3.1 document: made of the route table, plus what holds for every operation.

mod conventions;
mod delivery;
pub mod examples;
mod payload_schema;
mod receiver;

use std::sync::OnceLock;

use actix_web::App;
use conventions::{complete_answer, forbid_null};
use domain::payload::Payload;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, OpenApi, OpenApiVersion, PathsBuilder, Ref, RefOr, Response, ResponseBuilder,
};
use utoipa::{OpenApi as _, ToSchema};
use utoipa_actix_web::AppExt;

use crate::problem::ProblemDocument;
use crate::routes;

/// Documents that are served as they are.
#[derive(Clone)]
pub struct Documents {
    /// The OpenAPI document.
    pub openapi: String,
    /// JSON Schema of the payload.
    pub payload_schema: String,
}

/// What the dialog of `/docs` says about tokens.
const TOKENS: &str = "A token of your organisation's identity provider, without the word Bearer: \
    the operator of this installation says how to get one. `talentats up` prints one for each role, \
    and `talentats token` makes more for what it runs. A page that is loaded again remembers it.";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "talentATS Webhooks",
        description = "Export candidates of a vacancy to a webhook: one signed JSON request per batch.",
        license(name = "MIT", identifier = "MIT"),
    ),
    servers((url = "/", description = "This installation")),
    security(("bearer" = [])),
    components(schemas(ProblemDocument, Payload)),
    tags(
        (name = "me", description = "Who am I"),
        (name = "webhooks", description = "Registered URLs"),
        (name = "vacancies", description = "Vacancies and their applications"),
        (name = "import", description = "Bringing data in"),
        (name = "exports", description = "Batches of candidates sent to a webhook"),
        (name = "attempts", description = "The log of every try"),
        (name = "operation", description = "For whoever runs the service"),
        (name = "documents", description = "What the service documents by itself"),
    )
)]
struct Base;

impl Documents {
    /// Renders the documents.
    pub fn new() -> Self {
        let readable = "documents made of our own types are JSON";
        Self {
            openapi: document().to_json().expect(readable),
            payload_schema: serde_json::to_string(&payload_schema::schema()).expect(readable),
        }
    }
}

impl Default for Documents {
    fn default() -> Self {
        Self::new()
    }
}

/// The document of this version.
pub fn document() -> OpenApi {
    static DOCUMENT: OnceLock<OpenApi> = OnceLock::new();
    DOCUMENT.get_or_init(build).clone()
}

fn build() -> OpenApi {
    let (_, mut document) = App::new()
        .into_utoipa_app()
        .openapi(Base::openapi())
        .configure(routes::configure)
        .split_for_parts();
    document.openapi = OpenApiVersion::Version31;
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    for (path, item) in &mut document.paths.paths {
        operations(item).for_each(|operation| examples::of_path(path, operation));
    }
    let mut operations: Vec<_> = document.paths.paths.values_mut().flat_map(operations).collect();
    let bodies = conventions::bodies(operations.iter().map(|operation| &**operation));
    for operation in &mut operations {
        let problem = RefOr::Ref(Ref::from_response_name("Problem"));
        operation.responses.responses.insert("default".to_owned(), problem);
        operation.parameters.iter_mut().flatten().for_each(forbid_null);
    }
    let components = document.components.get_or_insert_default();
    let bodies = conventions::with_members(bodies, &components.schemas);
    for (name, schema) in &mut components.schemas {
        complete_answer(name, schema, &bodies);
    }
    components.schemas.extend(receiver::schemas());
    components.responses.insert("Problem".to_owned(), RefOr::T(problem()));
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    let token = token.description(Some(TOKENS)).build();
    components.add_security_scheme("bearer", SecurityScheme::Http(token));
    document.webhooks =
        Some(PathsBuilder::new().path("candidatesExported", delivery::path_item()).build());
    without_unused(document)
}

/// Without what the payload refers to no longer, unless an operation does.
fn without_unused(mut document: OpenApi) -> OpenApi {
    let text = document.to_json().expect("a document made of our own types is JSON");
    let unused = |name: &String| {
        !text.contains(&format!("\"{}\"", Ref::from_schema_name(name.as_str()).ref_location))
    };
    let unused: Vec<_> = receiver::inlined().filter(unused).collect();
    let components = document.components.get_or_insert_default();
    components.schemas.retain(|name, _| !unused.contains(name));
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete]
        .into_iter()
        .filter_map(Option::as_mut)
}

fn problem() -> Response {
    let schema = Ref::from_schema_name(ProblemDocument::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new()
        .description("A problem (RFC 9457): see its type")
        .content("application/problem+json", content)
        .build()
}

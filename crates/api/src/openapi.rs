//! The OpenAPI 3.1 document: made of the route table, plus what holds for every operation.

mod answers;
mod conventions;
mod delivery;
mod downloads;
mod events;
pub mod examples;
mod headers;
mod idempotency;
mod lists;
mod payload_schema;
mod prefer;
mod receiver;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use actix_web::App;
use actix_web::http::Method;
use conventions::{complete_answer, forbid_null};
use domain::api_key;
use domain::payload::Payload;
use domain::summary::{AttemptGroup, ExportGroup};
use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, OpenApiVersion, PathsBuilder, Ref};
use utoipa_actix_web::AppExt;

use crate::problem::ProblemDocument;
use crate::routes;
use crate::routes::applications::sort::ApplicationSort;
use crate::routes::exports::receipt::ReceiptFormat;
use crate::stream::frame::{BeginEvent, EndEvent, ExportEvent, NotificationEvent};

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

/// What the dialog of `/docs` says about API keys.
const API_KEYS: &str = "An API key of your organisation (`tak_` and 49 letters and digits), without the \
    word Bearer: an organisation admin makes one by `POST /v1/api-keys`. It may what its role may, but \
    for what takes a person.";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "talentATS Webhooks",
        description = "Export candidates of a vacancy to a webhook: one signed JSON request per batch.",
        license(name = "MIT", identifier = "MIT"),
    ),
    servers((url = "/", description = "This installation")),
    security(("bearer" = []), ("api_key" = [])),
    components(schemas(
        ProblemDocument, Payload, ReceiptFormat, ExportEvent, BeginEvent, EndEvent, NotificationEvent,
        AttemptGroup, ExportGroup, ApplicationSort
    )),
    tags(
        (name = "me", description = "Who am I"),
        (name = "webhooks", description = "Registered URLs"),
        (name = "vacancies", description = "Vacancies and their applications"),
        (name = "candidates", description = "People: where their data went, and forgetting them"),
        (name = "import", description = "Bringing data in"),
        (name = "exports", description = "Batches of candidates sent to a webhook"),
        (name = "attempts", description = "The log of every try"),
        (name = "audit", description = "Who did what"),
        (name = "support", description = "Finding what somebody has at hand"),
        (name = "notifications", description = "What you are told without looking"),
        (name = "api-keys", description = "Keys for programs of third parties"),
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
        idempotency::tell(item);
        prefer::tell(item);
    }
    let mut operations: Vec<_> = document.paths.paths.values_mut().flat_map(operations).collect();
    let schemas = &document.components.get_or_insert_default().schemas;
    let bodies = conventions::bodies(operations.iter().map(|operation| &**operation), schemas);
    for operation in &mut operations {
        operation.parameters.iter_mut().flatten().for_each(forbid_null);
        events::tell(operation);
        downloads::tell(operation);
    }
    for (method, operation) in document.paths.paths.values_mut().flat_map(by_method) {
        answers::tell(&method, operation);
    }
    lists::name(&mut document);
    let components = document.components.get_or_insert_default();
    for (name, schema) in &mut components.schemas {
        complete_answer(name, schema, &bodies);
    }
    components.schemas.extend(receiver::schemas());
    components.schemas.extend(answers::schemas());
    components.responses.extend(answers::responses());
    idempotency::define(components);
    prefer::define(components);
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    let token = token.description(Some(TOKENS)).build();
    components.add_security_scheme("bearer", SecurityScheme::Http(token));
    let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format(api_key::PATTERN);
    let key = key.description(Some(API_KEYS)).build();
    components.add_security_scheme("api_key", SecurityScheme::Http(key));
    document.webhooks =
        Some(PathsBuilder::new().path("candidatesExported", delivery::path_item()).build());
    without_unused(document)
}

/// Without what the payload refers to no longer, and kinds of problems that no operation answers
/// with, unless something else does.
fn without_unused(mut document: OpenApi) -> OpenApi {
    let is_unused = |text: &str, location: String| !text.contains(&format!("\"{location}\""));
    let text = document.to_json().expect("a document made of our own types is JSON");
    let components = document.components.get_or_insert_default();
    components
        .responses
        .retain(|name, _| !is_unused(&text, Ref::from_response_name(name.as_str()).ref_location));
    let text = document.to_json().expect("a document made of our own types is JSON");
    let may_go: BTreeSet<_> =
        receiver::inlined().chain(answers::schemas().map(|it| it.0)).collect();
    let components = document.components.get_or_insert_default();
    components.schemas.retain(|name, _| {
        let location = Ref::from_schema_name(name.as_str()).ref_location;
        !(may_go.contains(name) && is_unused(&text, location))
    });
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    by_method(item).map(|(_, operation)| operation)
}

fn by_method(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let all = [
        (Method::GET, &mut item.get),
        (Method::POST, &mut item.post),
        (Method::PUT, &mut item.put),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

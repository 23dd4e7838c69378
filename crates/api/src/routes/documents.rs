//! What is documented by the service itself, readable without a login.

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, get, web};
use domain::payload::{Payload, sample};

use crate::openapi::Documents;
use crate::openapi::examples::Examples;
use crate::problem::{Kind, Problem, ProblemPage};
use crate::state::State;

/// This document
///
/// OpenAPI 3.1; `/docs` shows it with Swagger UI.
#[utoipa::path(
    tag = "documents", security(()),
    responses((status = 200, description = "The OpenAPI document", body = Object))
)]
#[get("/openapi.json")]
pub(crate) async fn get_openapi(
    documents: web::Data<Documents>,
    state: web::Data<State>,
) -> HttpResponse {
    json(match &state.docs_examples {
        Some(path) => Examples::read(path).fill(&documents.openapi),
        None => documents.openapi.clone(),
    })
}

/// A kind of problem
///
/// What the `type` of a problem document leads to.
#[utoipa::path(
    tag = "documents", security(()),
    params(("slug" = String, Path, description = "Last segment of the type", example = "webhook_exists")),
    responses((status = 200, description = "What it means, and what to do", body = ProblemPage))
)]
#[get("/problems/{slug}")]
pub(crate) async fn get_problem(
    slug: web::Path<String>,
) -> Result<web::Json<ProblemPage>, Problem> {
    let kind = Kind::of_slug(&slug)
        .ok_or_else(|| Problem::new(Kind::NotFound, "There is no such kind of problem."))?;
    Ok(web::Json(kind.page()))
}

/// The schema of what receivers get
///
/// JSON Schema 2020-12 of version 1 of the payload.
#[utoipa::path(
    tag = "documents", security(()),
    responses((status = 200, description = "The JSON Schema", body = Object))
)]
#[get("/schemas/candidates-exported-1.json")]
pub(crate) async fn get_payload_schema(documents: web::Data<Documents>) -> HttpResponse {
    json(documents.payload_schema.clone())
}

/// A sample of what receivers get
///
/// A payload with everything in it, about a made-up person.
#[utoipa::path(
    tag = "documents", security(()),
    responses((status = 200, description = "A payload", body = Payload))
)]
#[get("/samples/candidates-exported.json")]
pub(crate) async fn get_payload_sample() -> web::Json<Payload> {
    web::Json(sample())
}

fn json(text: String) -> HttpResponse {
    HttpResponse::Ok().insert_header(ContentType::json()).body(text)
}

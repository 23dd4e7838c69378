//! Headers of every answer: what browsers may do with it, and that nobody keeps it.

use actix_cors::Cors;
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    self, ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, LOCATION,
    REFERRER_POLICY, RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::middleware::Next;

use crate::limits::Limits;

/// An answer is data: a browser that is led to it runs nothing.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// Swagger UI runs its own scripts and calls this origin.
const DOCS_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Middleware: adds the headers of every answer.
///
/// # Errors
/// Those of the request.
pub(crate) async fn secure(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let is_docs = request.path().starts_with("/docs/");
    let mut response = next.call(request).await?;
    let policy = if is_docs { DOCS_POLICY } else { DATA_POLICY };
    let (request, response_head) = (response.request().clone(), response.response_mut());
    let headers = response_head.headers_mut();
    Limits::tell(&request, headers);
    // A page of ours has one of its own.
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        set(headers, CONTENT_SECURITY_POLICY, policy);
    }
    set(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, X_FRAME_OPTIONS, "DENY");
    set(headers, REFERRER_POLICY, "no-referrer");
    // Whatever is not for everybody, however its address was written: `caching` lets the rest be kept.
    set(headers, CACHE_CONTROL, "no-store");
    Ok(response)
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

/// CORS by exact list; without origins, no page of another origin reads an answer.
pub(crate) fn cors(origins: &[String]) -> Cors {
    let ours = [
        "idempotency-replayed",
        "preference-applied",
        "ratelimit",
        "ratelimit-policy",
        "x-request-id",
    ];
    let ours = ours.map(HeaderName::from_static);
    let cors = Cors::default()
        .allowed_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE])
        .allowed_headers([AUTHORIZATION, CONTENT_TYPE, IF_NONE_MATCH, header::ACCEPT])
        .allowed_header("idempotency-key")
        .allowed_header("last-event-id")
        .allowed_header("prefer")
        .expose_headers([ALLOW, CONTENT_DISPOSITION, ETAG, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE])
        .expose_headers(ours)
        .max_age(600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

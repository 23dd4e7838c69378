//! Caching of what is the same for everybody: the documents of this service and its console (RFC 9111).
//! Nobody keeps anything else.

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::console;

/// Folders and files that anybody may read.
const PUBLIC: [&str; 6] =
    ["/.well-known/", "/docs/", "/openapi.json", "/problems/", "/samples/", "/schemas/"];
/// Five minutes: then it is asked whether it is still the same.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=300");
/// The console's page, which names the version of all the rest: asked for each time.
const CHECKED: HeaderValue = HeaderValue::from_static("no-cache");
/// What has its version in its address, and so is never another one.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Middleware: gives a document its tag, and answers 304 to who has it already.
///
/// # Errors
/// Those of the request.
pub(crate) async fn cache(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let how = how(request.path()).filter(|_| *request.method() == Method::GET);
    let known = request.headers().get(IF_NONE_MATCH).cloned();
    let response = next.call(request).await?.map_into_boxed_body();
    let Some(how) = how.filter(|_| response.status() == StatusCode::OK) else {
        return Ok(response);
    };
    let (request, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let body = match body.try_into_bytes() {
        Ok(bytes) => {
            let tag = tag(&bytes);
            let is_known = known.is_some_and(|known| names(&known, &tag));
            keep(response.headers_mut(), how, &tag);
            if is_known {
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                response.headers_mut().remove(CONTENT_TYPE);
                BoxBody::new(())
            } else {
                BoxBody::new(bytes)
            }
        }
        Err(body) => body,
    };
    Ok(ServiceResponse::new(request, response.set_body(body)))
}

/// How what is at a path may be kept, if it may.
fn how(path: &str) -> Option<HeaderValue> {
    if path == console::PAGE {
        Some(CHECKED)
    } else if path.starts_with(console::FOLDER) {
        Some(FOREVER)
    } else {
        PUBLIC.iter().any(|it| path.starts_with(it)).then_some(KEPT)
    }
}

/// Weak, since the same document also goes out compressed.
fn tag(bytes: &[u8]) -> String {
    format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..12]))
}

fn keep(headers: &mut HeaderMap, how: HeaderValue, tag: &str) {
    headers.insert(CACHE_CONTROL, how);
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(ETAG, tag);
    }
}

/// Whether `If-None-Match` names the tag, by weak comparison (RFC 9110, section 13.1.2).
fn names(known: &HeaderValue, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let known = known.to_str().unwrap_or_default();
    known.split(',').any(|known| known.trim() == "*" || opaque(known) == opaque(tag))
}

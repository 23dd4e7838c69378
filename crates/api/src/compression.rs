//! Compression of what is read: lists, logs, payloads and documents, where the client takes gzip.
//! What is created is not: its answer holds a secret beside what the client sent. Nor is a live stream:
//! its events would wait for each other.

use actix_http::encoding::Encoder;
use actix_web::Error;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    AcceptEncoding, CONTENT_TYPE, ContentEncoding, Encoding, Header, HeaderMap, HeaderValue, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;

/// Least that is worth it, in bytes.
const SMALLEST: u64 = 256;
/// What has no end.
const STREAM: &str = "text/event-stream";
/// What becomes smaller; images are compressed already.
const TEXTUAL: [&str; 4] = ["text/", "application/json", "application/javascript", "image/svg"];

/// Middleware: compresses the body of a `GET` that succeeded.
///
/// # Errors
/// Those of the request.
pub(crate) async fn compress(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<Encoder<BoxBody>>, Error> {
    let reads = *request.method() == Method::GET;
    let gzip = takes_gzip(&request);
    let mut response = next.call(request).await?.map_into_boxed_body();
    let worth_it = reads
        && response.status() == StatusCode::OK
        && matches!(
            response.response().body().size(),
            BodySize::Sized(SMALLEST..) | BodySize::Stream
        )
        && is_textual(response.headers());
    if worth_it && !gzip {
        // With gzip the encoder says so.
        response.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding"));
    }
    let coding = if worth_it && gzip { ContentEncoding::Gzip } else { ContentEncoding::Identity };
    Ok(response.map_body(|head, body| Encoder::response(coding, head, body)))
}

/// Whether the client prefers it to nothing.
fn takes_gzip(request: &ServiceRequest) -> bool {
    let accepted = AcceptEncoding::parse(request).ok();
    let ours = [Encoding::gzip(), Encoding::identity()];
    accepted.is_some_and(|accepted| accepted.negotiate(ours.iter()) == Some(Encoding::gzip()))
}

fn is_textual(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|media_type| {
        media_type != STREAM && TEXTUAL.iter().any(|start| media_type.starts_with(start))
    })
}

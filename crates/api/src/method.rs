//! What every operation understands beside its own method and body: `HEAD` wherever `GET` is, and
//! `Expect: 100-continue`.

use std::rc::Rc;

use actix_web::body::{self, BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::EXPECT;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use futures_util::{StreamExt, stream};

use crate::connection::{Answer, Body};

/// Middleware: answers `HEAD` as `GET`, and leaves it to the server to send no body (RFC 9110, section
/// 9.3.2). One without a known length is dropped: the server would wait for its end, and a live stream has
/// none.
///
/// # Errors
/// Those of the request.
pub(crate) async fn head_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if *request.method() != Method::HEAD {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    request.head_mut().method = Method::GET;
    let response = next.call(request).await?;
    Ok(response.map_body(|_, body| match body.size() {
        BodySize::Stream => BoxBody::new(body::None::new()),
        _ => body.boxed(),
    }))
}

/// Middleware: a client that waits to be asked for its body is asked when somebody reads it, after all
/// that can be refused without it. The connection knows the request until its answer was handed over.
///
/// # Errors
/// Those of the request.
pub(crate) async fn ask_for_body(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<Answer>, Error> {
    let held = request.headers().contains_key(EXPECT) && request.head().expect();
    let body = request.conn_data::<Rc<Body>>().cloned();
    let under_way = body.as_ref().map(|body| body.begin(held));
    if let Some(body) = body.filter(|_| held) {
        let mut payload = request.take_payload();
        let asking = stream::poll_fn(move |context| {
            body.want();
            payload.poll_next_unpin(context)
        });
        request.set_payload(Payload::Stream { payload: Box::pin(asking) });
    }
    let response = next.call(request).await?;
    Ok(response.map_body(|_, body| Answer::new(body, under_way)))
}

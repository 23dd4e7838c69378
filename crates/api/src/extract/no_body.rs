//! Operations that take no body: one that says something is refused, so that nobody believes
//! that it was obeyed.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

use super::json::{check_type, parse, receive};
use super::object::Object;
use crate::problem::Problem;

/// No body, or an empty JSON object, as some clients send with each POST.
pub struct NoBody;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NoMembers {}

impl FromRequest for NoBody {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let body = receive(&request, payload).await?;
            if !body.is_empty() {
                check_type(&request, "application/json")?;
                let Object(NoMembers {}) = parse(&body)?;
            }
            Ok(Self)
        })
    }
}

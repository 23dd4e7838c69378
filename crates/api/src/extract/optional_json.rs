//! JSON bodies that may be left out: no body is one that says nothing.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use validator::Validate;

use super::json::{check_type, parse, receive};
use super::object::Object;
use super::words;
use crate::problem::Problem;

/// A JSON body that was read and validated; without one, and for `null`, the default.
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Validate + Default + 'static> FromRequest for OptionalJson<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let body = receive(&request, payload).await?;
            if body.is_empty() {
                return Ok(Self(T::default()));
            }
            check_type(&request, "application/json")?;
            let value =
                parse::<Option<Object<T>>>(&body)?.map(|object| object.0).unwrap_or_default();
            value.validate().map_err(|errors| Problem::invalid(words::of_validation(&errors)))?;
            Ok(Self(value))
        })
    }
}

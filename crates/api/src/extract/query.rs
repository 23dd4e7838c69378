//! Query strings: known parameters only, each at most once, but for those that take several words.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use validator::Validate;

use super::{several, words};
use crate::problem::{FieldError, Problem};

/// The query string, read and validated.
pub struct Query<T>(pub T);

/// A query string without parameters.
#[derive(serde::Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct NoParameters {}

impl<T: DeserializeOwned + Validate> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

pub(super) fn parse<T: DeserializeOwned + Validate>(query: &str) -> Result<T, Problem> {
    let query = several::joined(query);
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    if let Some((name, _)) = pairs.clone().find(|(_, value)| value.contains('\0')) {
        // No text in the database has one, nor can be compared with one.
        let pointer = words::member("", &name);
        return Err(Problem::invalid_value(pointer, "text without NUL characters"));
    }
    let reader = serde_urlencoded::Deserializer::new(pairs);
    let value: T = serde_path_to_error::deserialize(reader).map_err(|error| {
        let path = words::pointer(error.path());
        let (pointer, detail) = words::of_query(&path, &error.inner().to_string());
        Problem::invalid(vec![FieldError::new(pointer, detail)])
    })?;
    value.validate().map_err(|errors| Problem::invalid(words::of_validation(&errors)))?;
    Ok(value)
}

//! Input of requests: JSON bodies, query strings, ids in paths, `Idempotency-Key`. Each failure
//! is a problem that names the place and what is expected, never the value.

pub(crate) mod instant;
mod json;
mod no_body;
pub mod object;
mod optional_json;
mod path_id;
mod query;
pub(crate) mod several;
#[cfg(test)]
mod tests;
mod words;

pub use json::{Json, LARGEST_BODY};
pub(crate) use json::{announced, check_type};
pub use no_body::NoBody;
pub use optional_json::OptionalJson;
pub use path_id::PathId;
pub use query::{NoParameters, Query};

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::Serialize;
use sha2::{Digest, Sha256};
use validator::ValidationError;

use crate::authorized::Caller;
use crate::problem::Problem;

/// Text for people: no control characters, and not blank.
///
/// # Errors
/// When it is something else.
pub fn printable(text: &str) -> Result<(), ValidationError> {
    if text.chars().any(char::is_control) || text.trim().is_empty() {
        let words = "text without control characters, and not blank";
        return Err(ValidationError::new("printable").with_message(words.into()));
    }
    Ok(())
}

/// The header `Idempotency-Key`, if sent: 1 to 255 visible ASCII characters.
pub struct IdempotencyKey(pub Option<String>);

impl FromRequest for IdempotencyKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let values: Vec<_> = request.headers().get_all("idempotency-key").collect();
        ready(match values.as_slice() {
            [] => Ok(Self(None)),
            [value]
                if (1..=255).contains(&value.len())
                    && value.as_bytes().iter().all(u8::is_ascii_graphic) =>
            {
                Ok(Self(value.to_str().ok().map(ToOwned::to_owned)))
            }
            _ => Err(Problem::invalid_value(
                "/Idempotency-Key",
                "one header of 1 to 255 visible ASCII characters",
            )),
        })
    }
}

impl IdempotencyKey {
    /// The key as the store keeps it: whose it is, for which operation, and a hash of what was
    /// asked (`request`: what of path and body decides).
    ///
    /// # Errors
    /// 500 when the request cannot be written as JSON, which would be our mistake.
    pub fn scoped(
        self,
        caller: &Caller,
        operation: &str,
        request: &impl Serialize,
    ) -> Result<Option<store::idempotency_keys::IdempotencyKey>, Problem> {
        let Some(key) = self.0 else { return Ok(None) };
        let request = serde_json::to_vec(request).map_err(Problem::internal)?;
        Ok(Some(store::idempotency_keys::IdempotencyKey {
            caller: caller.idempotency_scope.clone(),
            operation: operation.to_owned(),
            key,
            request_sha256: Sha256::digest(request).into(),
        }))
    }
}

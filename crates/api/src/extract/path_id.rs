//! Ids in paths.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use uuid::Uuid;

use crate::problem::Problem;

/// The id in the path (`{id}`). A malformed one names nothing: it is read as the nil UUID, which
/// no object has, so that it meets the same 404 at the same place as any other missing object.
pub struct PathId<T>(pub T);

impl<T: FromStr + From<Uuid>> FromRequest for PathId<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().get("id").and_then(|text| text.parse().ok());
        ready(Ok(Self(id.unwrap_or_else(|| T::from(Uuid::nil())))))
    }
}

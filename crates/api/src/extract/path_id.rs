//! Ids in paths.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use store::audit::Object;
use uuid::Uuid;

use crate::problem::Problem;
use crate::refusals::Named;

/// The id in the path (`{id}`). A malformed one names nothing: it is read as the nil UUID, which
/// no object has, so that it meets the same 404 at the same place as any other missing object.
pub struct PathId<T>(pub T);

impl<T: FromStr + From<Uuid> + Into<Object> + Copy> FromRequest for PathId<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id: Option<T> = request.match_info().get("id").and_then(|text| text.parse().ok());
        if let Some(id) = id {
            request.extensions_mut().insert(Named(id.into()));
        }
        ready(Ok(Self(id.unwrap_or_else(|| T::from(Uuid::nil())))))
    }
}

//! Answers to a request that repeats an earlier one under its `Idempotency-Key`: rebuilt from what that
//! one made, as it stands now, and marked as such. Secrets are not in it: they are kept nowhere.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, HttpResponseBuilder};
use store::idempotency_keys::Once;

use crate::problem::{Kind, Problem};

/// The header of an answer that an earlier request under the same key earned.
pub(crate) const HEADER: &str = "Idempotency-Replayed";

/// Whether an earlier request under the same key did it.
///
/// # Errors
/// 422 when the key stands for another request.
pub(crate) fn is_replay<T>(once: &Once<T>) -> Result<bool, Problem> {
    match once {
        Once::Done(_) => Ok(false),
        Once::Replayed { .. } => Ok(true),
        Once::KeyReused => Err(key_reused()),
    }
}

/// An answer that says whether it is a replay.
pub(crate) fn answer(status: StatusCode, replayed: bool) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    if replayed {
        response.insert_header((HEADER, "true"));
    }
    response
}

/// The key stands for another request.
pub(crate) fn key_reused() -> Problem {
    let detail = "This Idempotency-Key was used for another request; use a fresh one.";
    Problem::new(Kind::IdempotencyKeyReused, detail)
}

/// What the earlier request made was deleted since: nothing is left to answer with.
pub(crate) fn gone() -> Problem {
    let detail = "An earlier request under this Idempotency-Key made it, and it was deleted since.";
    Problem::new(Kind::NotFound, detail)
}

//! Everything that goes wrong, as RFC 9457 problem documents. The only place that builds an
//! error response; `Kind` is the closed set of what a client can meet.

mod document;
mod kind;
mod render;

use std::sync::Arc;

use actix_web::http::{Method, StatusCode};
use domain::id::WebhookId;
use serde::Serialize;
use store::StoreError;
use store::audit::Object;
use store::db::Wait;
use utoipa::ToSchema;

pub use document::{BlockingExport, FieldError, ProblemDocument};
pub use kind::{Kind, ProblemPage};
pub use render::complete;
pub(crate) use render::of_connection;

/// At most so many errors are named; `errors_total` counts all.
pub const NAMED_ERRORS: usize = 100;

/// Seconds after which a client may try again when the database was away.
const UNAVAILABLE_RETRY_S: u64 = 5;

/// A request that is not answered as it asked: what a handler returns instead.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    kind: Kind,
    detail: String,
    errors: Vec<FieldError>,
    errors_total: usize,
    extras: Extras,
    allow: Vec<Method>,
    retry_after_s: Option<u64>,
    /// Of a 401: a token was sent, and is not accepted (RFC 6750, section 3.1).
    invalid_token: bool,
    instance: Option<uuid::Uuid>,
    /// What was asked for in the body and not found: for the audit.
    not_found: Vec<Object>,
    /// For our log only.
    cause: Option<Arc<anyhow::Error>>,
}

/// Members that only some problems have (RFC 9457, section 3.2).
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = ProblemExtras)]
pub struct Extras {
    /// The rule that a URL breaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub rule: Option<String>,
    /// The limit that was passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub limit: Option<u64>,
    /// What was asked for instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub actual: Option<u64>,
    /// The webhook that is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub webhook_id: Option<WebhookId>,
    /// Exports that are in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub exports: Option<Vec<BlockingExport>>,
}

impl Problem {
    /// A problem of this kind, with a sentence about this request.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            errors_total: 0,
            extras: Extras::default(),
            allow: Vec::new(),
            retry_after_s: None,
            invalid_token: false,
            instance: None,
            not_found: Vec::new(),
            cause: None,
        }))
    }

    /// What does not exist, or not for this caller: one text for both.
    pub fn not_found() -> Self {
        Self::new(Kind::NotFound, "There is nothing here, or nothing that you may see.")
    }

    /// Input that was read but may not be; at most [`NAMED_ERRORS`] are named.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self::new(Kind::Invalid, "Some values are not accepted; see errors.").with_errors(errors)
    }

    /// One value that may not be, by its JSON pointer.
    pub fn invalid_value(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError::new(pointer, detail)])
    }

    /// A fault of ours; the cause goes to the log.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        let mut problem = Self::new(Kind::Internal, "Something broke on our side; it is logged.");
        problem.0.cause = Some(Arc::new(cause.into()));
        problem
    }

    /// The same problem, naming what is wrong in the input.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors_total = errors.len();
        self.0.errors = errors;
        self.0.errors.truncate(NAMED_ERRORS);
        self
    }

    /// The same problem with a count of errors of which only some are named.
    #[must_use]
    pub fn with_errors_total(mut self, total: usize) -> Self {
        self.0.errors_total = total;
        self
    }

    /// The same problem with members of its own.
    #[must_use]
    pub fn with_extras(mut self, extras: Extras) -> Self {
        self.0.extras = extras;
        self
    }

    /// The same problem, with the methods that would work.
    #[must_use]
    pub fn with_allow(mut self, methods: Vec<Method>) -> Self {
        self.0.allow = methods;
        self
    }

    /// The same problem, with the seconds after which it may be gone.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// The same problem of a token that was sent and is not accepted.
    #[must_use]
    pub fn with_invalid_token(mut self) -> Self {
        self.0.invalid_token = true;
        self
    }

    /// The same problem, with what was asked for in the body and not found.
    #[must_use]
    pub fn with_not_found(mut self, objects: Vec<Object>) -> Self {
        self.0.not_found = objects;
        self
    }

    /// What was asked for in the body and not found.
    pub(crate) fn not_found_objects(&self) -> &[Object] {
        &self.0.not_found
    }

    /// What kind it is.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    fn status(&self) -> StatusCode {
        self.0.kind.status()
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_unavailable() {
            let detail = match error {
                StoreError::ReadOnly(_) => {
                    "The database takes no writes just now; try again in a few seconds."
                }
                StoreError::Waiting(Wait::Migrations) => {
                    "The database lacks migrations: run talentats migrate."
                }
                StoreError::Waiting(Wait::Pooler(_) | Wait::Newer(_)) => {
                    "The database cannot be used like this: the log says why."
                }
                StoreError::Unavailable(_) => {
                    "The database is busy just now; try again in a few seconds."
                }
                _ => "The database cannot be reached just now; try again in a few seconds.",
            };
            let mut problem = Self::new(Kind::Unavailable, detail);
            problem.0.cause = Some(Arc::new(error.into()));
            problem.with_retry_after(UNAVAILABLE_RETRY_S)
        } else if matches!(error, StoreError::NoOrganisation) {
            Self::new(Kind::Forbidden, "Only members of an organisation may do this.")
        } else {
            Self::internal(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use store::db::Unsuitable;

    use super::*;

    #[test]
    fn a_database_that_takes_no_writes_is_not_one_that_is_away() {
        let table = [
            (StoreError::ReadOnly("25006".to_owned()), "takes no writes"),
            (StoreError::Away("gone".to_owned()), "cannot be reached"),
            (StoreError::Waiting(Wait::Look), "cannot be reached"),
            (StoreError::Waiting(Wait::Migrations), "run talentats migrate"),
            (StoreError::Waiting(Wait::Pooler(Unsuitable::NoTransactions)), "the log says why"),
            (StoreError::Unavailable("timeout".to_owned()), "is busy"),
        ];
        for (error, expected) in table {
            let problem = Problem::from(error);
            assert_eq!(
                (problem.kind(), problem.0.retry_after_s.is_some()),
                (Kind::Unavailable, true)
            );
            assert!(problem.0.detail.contains(expected), "{}", problem.0.detail);
        }
    }
}

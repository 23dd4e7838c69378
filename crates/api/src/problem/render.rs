//! From a problem to its response, and from whatever the framework says to a problem.

use actix_cors::CorsError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError};
use store::StoreError;
use tracing_actix_web::RequestId;

use super::{Kind, Problem, ProblemDocument};
use crate::refusals;

const PROBLEM_TYPE: &str = "application/problem+json";

/// Middleware: completes each problem with the id of its request, logs those that are our
/// fault (here and only here), tells the audit of refusals, and gives errors of the framework the
/// same shape.
///
/// # Errors
/// A [`Problem`], when the framework failed before there was a response.
pub async fn complete(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = request.extensions().get::<RequestId>().copied().map(uuid::Uuid::from);
    match next.call(request).await {
        Ok(response) if is_error(response.status()) => {
            let problem = Problem::of_response(response.response()).seen(id);
            refusals::tell(response.request(), &problem);
            Ok(replace_body(response, &problem))
        }
        Ok(response) => Ok(response.map_into_boxed_body()),
        Err(error) => Err(Problem::of_error(&error).seen(id).into()),
    }
}

fn is_error(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

/// A whole answer, for a request of which the framework read no more than that it refuses it; the
/// connection ends with it.
pub(crate) fn of_connection(status: u16) -> Vec<u8> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let kind = match status {
        StatusCode::BAD_REQUEST => Kind::HeadUnreadable,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Kind::HeadTooLarge,
        _ => Problem::of_status(status).kind(),
    };
    let id = uuid::Uuid::now_v7();
    tracing::info!(request.id = %id, http.status = status.as_u16(), "refused unread");
    let problem = Problem::new(kind, kind.description()).seen(Some(id));
    let body = serde_json::to_string(&ProblemDocument::from(&problem)).unwrap_or_default();
    let (status, length, type_) = (problem.status(), body.len(), PROBLEM_TYPE);
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {type_}\r\ncontent-length: {length}\r\n\
         cache-control: no-store\r\nx-request-id: {id}\r\nconnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Headers of the first response stay (CORS), all that describes its body goes.
fn replace_body(
    response: ServiceResponse<impl MessageBody + 'static>,
    problem: &Problem,
) -> ServiceResponse<BoxBody> {
    let mut rendered = problem.error_response();
    for (name, value) in response.headers() {
        let describes_body = [header::CONTENT_LENGTH, header::CONTENT_TYPE].contains(name);
        if !describes_body && !rendered.headers().contains_key(name) {
            rendered.headers_mut().append(name.clone(), value.clone());
        }
    }
    response.into_response(rendered)
}

impl Problem {
    fn of_response<B>(response: &HttpResponse<B>) -> Self {
        match response.error() {
            Some(error) => Self::of_error(error),
            None => Self::of_status(response.status()),
        }
    }

    fn of_error(error: &Error) -> Self {
        if let Some(problem) = error.as_error::<Self>() {
            return problem.clone();
        }
        match error.as_error::<CorsError>() {
            Some(refusal) => Self::new(Kind::OriginRefused, format!("{refusal}.")),
            None => Self::of_status(error.as_response_error().status_code()),
        }
    }

    /// What the framework refused by itself.
    fn of_status(status: StatusCode) -> Self {
        let kind = Kind::ALL.iter().copied().find(|kind| kind.status() == status);
        let fallback = if status.is_client_error() { Kind::Unparsable } else { Kind::Internal };
        let kind = kind.unwrap_or(fallback);
        match kind {
            Kind::NotFound => Self::not_found(),
            _ => Self::new(kind, format!("{}.", kind.title())),
        }
    }

    /// How to authenticate (RFC 6750, section 3): no error where no token was sent.
    fn challenge(&self) -> String {
        let realm = "Bearer realm=\"talentATS\"";
        if !self.0.invalid_token {
            return realm.to_owned();
        }
        // Our own sentences, without a quotation mark.
        format!("{realm}, error=\"invalid_token\", error_description=\"{}\"", self.0.detail)
    }

    /// Whether it comes of something that is away, of which the log is told once for all requests.
    fn is_told(&self) -> bool {
        let cause = self.0.cause.as_ref().and_then(|cause| cause.downcast_ref::<StoreError>());
        self.0.kind == Kind::Unavailable && cause.is_none_or(StoreError::is_told)
    }

    /// The problem as it meets the client: logged where it is our fault, with its request.
    fn seen(mut self, id: Option<uuid::Uuid>) -> Self {
        if self.status().is_server_error() && !self.is_told() {
            let cause = self.0.cause.as_ref().map(|cause| format!("{cause:#}"));
            tracing::error!(problem = self.0.kind.slug(), cause, "a request failed on our side");
        }
        self.0.instance = id;
        self
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::build(self.status());
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if self.0.kind == Kind::Unauthenticated {
            response.insert_header((header::WWW_AUTHENTICATE, self.challenge()));
        }
        if !self.0.allow.is_empty() {
            let methods: Vec<_> = self.0.allow.iter().map(|method| method.as_str()).collect();
            response.insert_header((header::ALLOW, methods.join(", ")));
        }
        if let Some(seconds) = self.0.retry_after_s {
            response.insert_header((header::RETRY_AFTER, HeaderValue::from(seconds)));
        }
        let document = ProblemDocument::from(self);
        let body = serde_json::to_vec(&document).unwrap_or_default();
        response.content_type(PROBLEM_TYPE).body(body)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.0.kind.slug(), self.0.detail)
    }
}

//! What the operator sees of requests: one line in the log and two metrics for each, by route
//! template, never by path. Request ids come from tracing-actix-web.

use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, http::Method};
use domain::export::EndState;
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder};

const REQUESTS: &str = "talentats_http_requests_total";
const ENDED: &str = "talentats_exports_ended_total";
const DURATION: &str = "talentats_http_request_duration_seconds";

/// Makes the span of a request: its id, and nothing of what was sent.
pub(crate) struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = request.extensions().get::<RequestId>().map(ToString::to_string);
        tracing::info_span!("request", request.id = id)
    }

    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, Error>) {}
}

/// Tells the metrics recorder what the metrics of this process mean.
pub fn describe_metrics() {
    metrics::describe_counter!(REQUESTS, "Requests by route template, method and status");
    metrics::describe_histogram!(
        DURATION,
        metrics::Unit::Seconds,
        "Time from the head of a request to the head of its answer, by route template and method"
    );
    metrics::describe_counter!(
        ENDED,
        "Exports that ended here, by end state: those that were cancelled by somebody while they waited. \
         Workers count the others under the same name: sum() over all processes"
    );
    crate::gauges::describe();
}

/// Counts exports that ended by a request.
pub(crate) fn ended(state: EndState, exports: u64) {
    metrics::counter!(ENDED, "state" => state.as_str()).increment(exports);
}

/// Middleware: counts, times and logs each request, and puts its id into the answer.
///
/// # Errors
/// Those of the request.
pub(crate) async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let route = request.match_pattern().unwrap_or_else(|| "none".to_owned());
    let method = known_method(request.method());
    let id = request.extensions().get::<RequestId>().map(ToString::to_string);
    let mut result = next.call(request).await;
    let status = match &result {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    if let (Ok(response), Some(id)) = (&mut result, id)
        && let Ok(id) = HeaderValue::from_str(&id)
    {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    record(&route, method, status.as_u16(), started);
    result
}

fn record(route: &str, method: &'static str, status: u16, started: Instant) {
    let elapsed = started.elapsed();
    let labels = [("route", route.to_owned()), ("method", method.to_owned())];
    metrics::histogram!(DURATION, &labels).record(elapsed);
    let [route_label, method_label] = labels;
    let labels = [route_label, method_label, ("status", status.to_string())];
    metrics::counter!(REQUESTS, &labels).increment(1);
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    // Probes come every few seconds: they would be most of the log.
    if matches!(route, "/healthz" | "/readyz") && status == 200 {
        tracing::debug!(
            http.route = route,
            http.method = method,
            http.status = status,
            duration_ms,
            "answered"
        );
    } else {
        tracing::info!(
            http.route = route,
            http.method = method,
            http.status = status,
            duration_ms,
            "answered"
        );
    }
}

/// Clients may invent methods: a label takes only those that exist.
fn known_method(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

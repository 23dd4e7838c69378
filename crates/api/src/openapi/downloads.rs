//! Lists as CSV take what their lists take, but for what pages these: the answer is the whole list.

use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, Parameter};

use crate::csv;

/// What pages a list.
const PAGING: [&str; 2] = ["limit", "cursor"];

/// Takes these parameters away, where an operation answers CSV.
pub(super) fn tell(operation: &mut Operation) {
    let is_csv = operation.responses.responses.values().any(|response| {
        matches!(response, RefOr::T(response) if response.content.contains_key(csv::MEDIA_TYPE))
    });
    let Some(parameters) = operation.parameters.as_mut().filter(|_| is_csv) else { return };
    let pages = |parameter: &Parameter| PAGING.contains(&parameter.name.as_str());
    parameters.retain(|parameter| !matches!(parameter, RefOr::T(parameter) if pages(parameter)));
}

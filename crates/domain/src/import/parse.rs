//! From the bytes of a line to its typed value, or to what is wrong with it.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::line::Line;

/// Bytes that a line may have.
pub const LINE_BYTES: usize = 1024 * 1024;

/// What is wrong with a line, and where. Never repeats a value: lines hold personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct LineError {
    /// JSON pointer (RFC 6901) into the line; empty: the line as a whole.
    pub pointer: String,
    /// What to do about it.
    pub detail: String,
}

impl LineError {
    pub(super) fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// Reads one line, without its line end.
///
/// # Errors
/// [`LineError`]: the first thing that is wrong.
pub fn parse_line(bytes: &[u8]) -> Result<Line, LineError> {
    if bytes.len() > LINE_BYTES {
        return Err(LineError::new("", "a line may have 1 MiB at most"));
    }
    let mut object: Map<String, Value> = serde_json::from_slice(bytes)
        .map_err(|_| LineError::new("", "expected one JSON object (UTF-8) per line"))?;
    let kind = object.remove("kind");
    let line = match kind.as_ref().and_then(Value::as_str) {
        Some("vacancy") => Line::Vacancy(typed(object)?),
        Some("candidate") => Line::Candidate(typed(object)?),
        Some("application") => Line::Application(typed(object)?),
        _ => return Err(LineError::new("/kind", "must be vacancy, candidate or application")),
    };
    Ok(line)
}

fn typed<T: DeserializeOwned>(object: Map<String, Value>) -> Result<T, LineError> {
    serde_json::from_value(Value::Object(object))
        .map_err(|_| LineError::new("", "not of the expected form"))
}

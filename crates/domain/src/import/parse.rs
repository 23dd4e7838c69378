//! From the bytes of a line to its typed value, or to what is wrong with it.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use super::compose::composed;
use super::line::Line;
use super::unreadable::not_typed;
use super::{check, shape};

/// Bytes that a line may have, without its line end.
pub const LINE_BYTES: usize = 1024 * 1024;

/// What is wrong with a line, and where. Never repeats a value: lines hold personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct LineError {
    /// JSON pointer (RFC 6901) into the line; empty: the line as a whole.
    pub pointer: String,
    /// What is wrong, or what to write instead.
    pub detail: String,
}

impl LineError {
    pub(super) fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// Reads one line, without its line end. Texts come out in NFC, addresses as they were parsed.
///
/// # Errors
/// [`LineError`]: the first thing that is wrong.
pub fn parse_line(bytes: &[u8]) -> Result<Line, LineError> {
    if bytes.len() > LINE_BYTES {
        return Err(LineError::new("", "a line may have 1 MiB at most"));
    }
    let shape = shape::check(bytes)?;
    let text = if shape.decomposed { composed(bytes) } else { Cow::Borrowed(bytes) };
    let mut line = match shape.kind.as_deref() {
        Some("vacancy") => Line::Vacancy(typed(&text)?),
        Some("candidate") => Line::Candidate(typed(&text)?),
        Some("application") => Line::Application(typed(&text)?),
        _ => return Err(LineError::new("/kind", "must be vacancy, candidate or application")),
    };
    check::check(&mut line)?;
    Ok(line)
}

fn typed<T: DeserializeOwned>(line: &[u8]) -> Result<T, LineError> {
    let mut reader = serde_json::Deserializer::from_slice(line);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| not_typed(&error))
}

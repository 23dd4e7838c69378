//! From the bytes of a line to its typed value, or to what is wrong with it.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::line::Line;
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

/// Reads one line, without its line end.
///
/// # Errors
/// [`LineError`]: the first thing that is wrong.
pub fn parse_line(bytes: &[u8]) -> Result<Line, LineError> {
    if bytes.len() > LINE_BYTES {
        return Err(LineError::new("", "a line may have 1 MiB at most"));
    }
    let value = serde_json::from_slice(bytes).map_err(|error| not_json(&error))?;
    shape::check(&value)?;
    let Value::Object(mut object) = value else {
        return Err(LineError::new("", "expected one JSON object per line"));
    };
    let line = match object.remove("kind").as_ref().and_then(Value::as_str) {
        Some("vacancy") => Line::Vacancy(typed(object)?),
        Some("candidate") => Line::Candidate(typed(object)?),
        Some("application") => Line::Application(typed(object)?),
        _ => return Err(LineError::new("/kind", "must be vacancy, candidate or application")),
    };
    check::check(&line)?;
    Ok(line)
}

fn not_json(error: &serde_json::Error) -> LineError {
    let what = if error.is_eof() {
        "the line ends in the middle of a JSON object".to_owned()
    } else {
        format!("expected one JSON object (UTF-8) per line; column {} is not", error.column())
    };
    LineError::new("", what)
}

fn typed<T: DeserializeOwned>(object: Map<String, Value>) -> Result<T, LineError> {
    serde_path_to_error::deserialize(Value::Object(object)).map_err(|error| {
        let (parent, message) = (pointer(error.path()), error.inner().to_string());
        match missing(&message) {
            Some(name) => LineError::new(parent + &shape::token(name), "required"),
            None => LineError::new(parent, without_value(&message)),
        }
    })
}

/// The member that serde misses: its path leads to where it should be only.
fn missing(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.strip_suffix('`')
}

/// serde's messages quote what was found, then say what was expected; only that is passed on.
fn without_value(message: &str) -> String {
    let expected = match message.rsplit_once(", expected ").map(|(_, expected)| expected) {
        None if message.starts_with("unknown") => return "not known here".to_owned(),
        None => return message.to_owned(),
        Some("u32" | "u64") => "a whole number, 0 or more",
        Some("a sequence") => "a list",
        Some(expected) if expected.starts_with("struct ") => "an object",
        Some(expected) => expected,
    };
    if message.starts_with("unknown field") {
        format!("no such field here; expected {expected}")
    } else {
        format!("expected {expected}")
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let segments = path.iter().map(|segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => shape::token(key),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    });
    segments.collect()
}

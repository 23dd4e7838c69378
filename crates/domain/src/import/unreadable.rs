//! What is said of a line, or of a value in it, that serde cannot read.

use super::figure::LIMITS;
use super::{LineError, shape};

/// Of text that is no JSON, which was read up to `pointer`.
pub(super) fn not_json(error: &serde_json::Error, pointer: String) -> LineError {
    let message = error.to_string();
    let column = error.column();
    let is = |start: &str| message.starts_with(start);
    let what = if error.is_eof() {
        "the line ends in the middle of a JSON object".to_owned()
    } else if is("number out of range") {
        LIMITS.to_owned()
    } else if is("lone leading surrogate") || is("unexpected end of hex escape") {
        "contains half of a surrogate pair: \\uD800 to \\uDFFF come in pairs".to_owned()
    } else if is("invalid escape") {
        "contains a \\ that begins no escape of JSON: \\u takes four hexadecimal digits, and \\ \
         itself is written \\\\"
            .to_owned()
    } else if is("control character") {
        "contains a raw control character: a line break in a text is written \\n".to_owned()
    } else if !pointer.is_empty() && (is("expected value") || is("invalid number")) {
        format!(
            "column {column} is no value of JSON: true, false and null are in lower case, text is \
             in quotes, a number has no plus, no zero before other digits and a digit on either \
             side of its point (NaN and Infinity are none)"
        )
    } else {
        format!("expected one JSON object (UTF-8) per line; column {column} is not")
    };
    LineError::new(pointer, what)
}

/// Of a value that is not of its type, or a member that is missing or not known.
pub(super) fn not_typed(error: &serde_path_to_error::Error<serde_json::Error>) -> LineError {
    let (parent, message) = (pointer(error.path()), error.inner().to_string());
    let message = without_place(&message);
    match missing(message) {
        Some(name) => LineError::new(parent + &shape::token(name), "required"),
        None => LineError::new(parent, without_value(message)),
    }
}

/// The message without the line and column that serde_json adds.
fn without_place(message: &str) -> &str {
    match message.rsplit_once(" at line ") {
        Some((message, place)) if place.starts_with("1 column ") => message,
        _ => message,
    }
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

//! From the errors of serde and validator, which quote the value, to a pointer and what is
//! expected there.

use serde_path_to_error::{Path, Segment};
use validator::{ValidationErrors, ValidationErrorsKind};

use crate::problem::FieldError;

/// Characters of a member's name that are repeated in a pointer.
const NAME: usize = 64;
const UUID: &str = "expected a UUID such as 019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11";
/// How serde ends the sentence about a struct without members.
const NO_FIELDS: &str = "`, there are no fields";
const WHOLE_NUMBER: &str = "expected a whole number, 0 or more";

/// A JSON pointer (RFC 6901).
pub(super) fn pointer(path: &Path) -> String {
    let segment = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => member("", key),
        Segment::Enum { variant } => member("", variant),
        Segment::Unknown => String::new(),
    };
    path.iter().map(segment).collect()
}

/// Names of ours are short; what else a client sends as a name is cut.
pub(super) fn member(parent: &str, name: &str) -> String {
    let name: String = name.chars().filter(|char| !char.is_control()).take(NAME).collect();
    format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The pointer and the words for a message of serde that came up at `path`.
pub(super) fn of_serde(path: &str, message: &str) -> (String, String) {
    let message = message.split(" at line ").next().unwrap_or_default();
    let quoted = message.split('`').nth(1).unwrap_or_default();
    if message.starts_with("missing field") {
        (member(path, quoted), "required".to_owned())
    } else if message.starts_with("duplicate field") {
        (member(path, quoted), "given twice".to_owned())
    } else if message.starts_with("unknown field") {
        // serde_path_to_error has the member's name in the path already.
        let name = member("", quoted);
        let pointer = if path.ends_with(&name) { path.to_owned() } else { path.to_owned() + &name };
        (pointer, format!("not a member here{}", expected(message)))
    } else {
        (path.to_owned(), of_value(message).to_owned())
    }
}

/// The same for a query string, whose members are parameters.
pub(super) fn of_query(path: &str, message: &str) -> (String, String) {
    let Some(rest) = message.strip_prefix("unknown field `") else {
        return of_serde(path, message);
    };
    let (name, known) = match rest.rsplit_once("`, expected ") {
        Some((name, known)) if !rest.ends_with(NO_FIELDS) => (name, known),
        _ => (rest.strip_suffix(NO_FIELDS).unwrap_or(rest), ""),
    };
    let pointer = member("", name);
    let known: Vec<_> = known.split('`').skip(1).step_by(2).collect();
    let known = match known.as_slice() {
        [] => "; none is known here".to_owned(),
        [one] => format!("; known is {one}"),
        several => format!("; known are {}", several.join(", ")),
    };
    // The pointer escapes what the name may be called by here.
    let name = pointer[1..].replace("~1", "/").replace("~0", "~");
    (pointer, format!("unknown parameter `{name}`{known}"))
}

/// What is expected in place of a value, in words of clients rather than of Rust.
fn of_value(message: &str) -> &str {
    match expected(message).strip_prefix(", ") {
        Some("expected u8" | "expected u16" | "expected u32" | "expected usize") => WHOLE_NUMBER,
        Some("expected f32" | "expected f64") => "expected a number",
        Some("expected a sequence") => "expected a list",
        Some(words) if words.starts_with("expected struct ") => "expected an object",
        Some(words) if words.contains("UUID") => UUID,
        Some(words) => words,
        None if message.starts_with("UUID parsing failed") => UUID,
        None if message.contains("`true` or `false`") => "expected true or false",
        None if message.contains("integer") || message.contains("digit") => WHOLE_NUMBER,
        None if message.contains("number too ") => WHOLE_NUMBER,
        None if message.contains("float") => "expected a number",
        None => "not a value that is accepted here",
    }
}

/// ", expected …" of a message of serde: from there on it quotes only us.
fn expected(message: &str) -> &str {
    message.rfind(", expected ").map_or("", |start| &message[start..])
}

/// validator's errors, without the values that they carry.
pub(super) fn of_validation(errors: &ValidationErrors) -> Vec<FieldError> {
    let mut all = Vec::new();
    below("", errors, &mut all);
    all.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    all
}

fn below(parent: &str, errors: &ValidationErrors, all: &mut Vec<FieldError>) {
    for (name, kind) in errors.errors() {
        let pointer = member(parent, name.as_ref());
        match kind {
            ValidationErrorsKind::Field(errors) => all.extend(errors.iter().map(|error| {
                let words = error.message.clone().unwrap_or_else(|| error.code.clone());
                FieldError::new(pointer.clone(), words)
            })),
            ValidationErrorsKind::Struct(errors) => below(&pointer, errors, all),
            ValidationErrorsKind::List(items) => {
                for (index, errors) in items {
                    below(&format!("{pointer}/{index}"), errors, all);
                }
            }
        }
    }
}

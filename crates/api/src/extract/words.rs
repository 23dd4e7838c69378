//! From the errors of serde and validator, which quote the value, to a pointer and what is
//! expected there.

use serde_path_to_error::{Path, Segment};
use validator::{ValidationErrors, ValidationErrorsKind};

use crate::problem::FieldError;

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

fn member(parent: &str, name: &str) -> String {
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
        let pointer = if path.ends_with(quoted) { path.to_owned() } else { member(path, quoted) };
        (pointer, format!("not a member here{}", expected(message)))
    } else {
        let expected = expected(message);
        let words = expected.strip_prefix(", ").unwrap_or("not a value that is accepted here");
        (path.to_owned(), words.to_owned())
    }
}

/// ", expected …" of a message of serde: from there on it quotes only us.
fn expected(message: &str) -> &str {
    message.rfind(", expected ").map_or("", |start| &message[start..])
}

/// validator's errors, without the values that they carry.
pub(super) fn of_validation(errors: &ValidationErrors) -> Vec<FieldError> {
    let of_field = |(name, kind): (&_, &ValidationErrorsKind)| match kind {
        ValidationErrorsKind::Field(errors) => errors
            .iter()
            .map(|error| {
                let words = error.message.clone().unwrap_or_else(|| error.code.clone());
                FieldError::new(member("", name), words)
            })
            .collect::<Vec<_>>(),
        ValidationErrorsKind::Struct(_) | ValidationErrorsKind::List(_) => {
            vec![FieldError::new(member("", name), "not a value that is accepted here")]
        }
    };
    let mut all: Vec<_> =
        errors.errors().iter().flat_map(|(name, kind)| of_field((name.as_ref(), kind))).collect();
    all.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    all
}

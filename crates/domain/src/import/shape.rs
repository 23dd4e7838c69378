//! Limits of a line that hold wherever in it: depth, lengths, characters.

use serde_json::Value;

use super::LineError;

/// Levels of objects and lists.
const DEPTH: usize = 8;
/// Items of a list, and members of an object.
const ITEMS: usize = 200;
/// Characters of any text.
const TEXT: usize = 20_000;
/// Characters of a key that are repeated in a pointer.
const KEY: usize = 64;

pub(super) fn check(value: &Value) -> Result<(), LineError> {
    walk(value, &mut String::new(), DEPTH)
}

fn walk(value: &Value, pointer: &mut String, depth: usize) -> Result<(), LineError> {
    let wrong = |detail: &str| Err(LineError::new(pointer.as_str(), detail));
    match value {
        Value::String(text) if text.contains('\0') => {
            wrong("contains a NUL character (\\u0000): remove it")
        }
        Value::String(text) if text.chars().count() > TEXT => {
            wrong("may have 20,000 characters at most")
        }
        Value::Array(_) | Value::Object(_) if depth == 0 => wrong("nested too deeply"),
        Value::Array(items) if items.len() > ITEMS => wrong("may have 200 items at most"),
        Value::Object(members) if members.len() > ITEMS => wrong("has too many fields"),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            inside(items.map(|(index, item)| (format!("/{index}"), item)), pointer, depth)
        }
        Value::Object(members) => {
            inside(members.iter().map(|(key, member)| (token(key), member)), pointer, depth)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn inside<'a>(
    items: impl Iterator<Item = (String, &'a Value)>,
    pointer: &mut String,
    depth: usize,
) -> Result<(), LineError> {
    let length = pointer.len();
    for (token, item) in items {
        pointer.push_str(&token);
        walk(item, pointer, depth - 1)?;
        pointer.truncate(length);
    }
    Ok(())
}

/// A key as a reference token of a JSON pointer. Keys of ours are short; what else stands
/// there may be anything, so it is cut, and dropped where it is not printable.
pub(super) fn token(key: &str) -> String {
    let key: String = key.chars().filter(|char| !char.is_control()).take(KEY).collect();
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

//! One line: the members of an item, by the names of the columns.

use serde::Serialize;
use serde_json::{Map, Value};

use super::cell;

/// Says that it is UTF-8: Excel would take it for something older.
const BOM: char = '\u{feff}';
/// What ends a line (RFC 4180).
const END: &str = "\r\n";

/// The first line, which names the columns.
pub(super) fn header(columns: &[&str]) -> String {
    let mut line = String::from(BOM);
    join(&mut line, columns, |column| (*column).to_owned());
    line
}

/// Appends the line of an item.
///
/// # Errors
/// When it cannot be written as JSON, which would be our mistake.
pub(super) fn write(
    lines: &mut String,
    columns: &[&str],
    item: &impl Serialize,
) -> serde_json::Result<()> {
    let item = serde_json::to_value(item)?;
    let none = Map::new();
    let members = item.as_object().unwrap_or(&none);
    join(lines, columns, |column| text(member(members, column)));
    Ok(())
}

fn join(lines: &mut String, columns: &[&str], text: impl Fn(&&str) -> String) {
    for (index, column) in columns.iter().enumerate() {
        if index > 0 {
            lines.push(',');
        }
        cell::write(lines, &text(column));
    }
    lines.push_str(END);
}

/// A member, or one of a member that is an object: `requested_by_email`.
fn member<'a>(members: &'a Map<String, Value>, column: &str) -> &'a Value {
    if let Some(value) = members.get(column) {
        return value;
    }
    let parts = column.match_indices('_').map(|(at, _)| (&column[..at], &column[at + 1..]));
    let inner = parts.filter_map(|(name, rest)| Some((members.get(name)?.as_object()?, rest)));
    inner.map(|(inner, rest)| member(inner, rest)).find(|it| !it.is_null()).unwrap_or(&Value::Null)
}

/// Words as they are, several of them separated by commas; whatever has parts as JSON.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(several) if several.iter().all(Value::is_string) => {
            let words: Vec<_> = several.iter().filter_map(Value::as_str).collect();
            words.join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_tells_the_members_that_its_columns_name() {
        let columns =
            ["id", "by_name", "by_email", "late_http_status", "include", "left_out", "none"];
        assert_eq!(header(&columns[..2]), "\u{feff}\"id\",\"by_name\"\r\n");
        let item = json!({
            "id": 7, "by": { "name": "=Ada", "email": null }, "late": { "http_status": 200 },
            "include": ["contact", "stage"], "left_out": [{ "count": 1 }], "unnamed": true,
        });
        let mut line = String::new();
        write(&mut line, &columns, &item).expect("JSON");
        let expected =
            "\"7\",\"'=Ada\",\"\",\"200\",\"contact, stage\",\"[{\"\"count\"\":1}]\",\"\"\r\n";
        assert_eq!(line, expected);
    }
}

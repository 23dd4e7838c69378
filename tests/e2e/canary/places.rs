//! Where marks may be: the columns of a backup, what processes wrote, what callers were answered.

use std::collections::BTreeSet;

use super::marks::Mark;

/// The columns of a backup that hold a mark, as `table.column`; what stands outside of rows as `schema`.
pub(super) fn in_backup(backup: &str, mark: &Mark) -> BTreeSet<String> {
    let mut columns: Option<(String, Vec<String>)> = None;
    let mut found = BTreeSet::new();
    for line in backup.lines() {
        if line == "\\." {
            columns = None;
        } else if let Some((table, names)) = &columns {
            for (name, value) in names.iter().zip(line.split('\t')) {
                if mark.is_in(value, &value.to_lowercase()) {
                    found.insert(format!("{table}.{name}"));
                }
            }
        } else if let Some(head) = copied(line) {
            columns = Some(head);
        } else if mark.is_in(line, &line.to_lowercase()) {
            found.insert("schema".to_owned());
        }
    }
    found
}

/// `COPY public.table (column, …) FROM stdin;` The months of a table are the table.
fn copied(line: &str) -> Option<(String, Vec<String>)> {
    let (table, rest) = line.strip_prefix("COPY ")?.split_once(" (")?;
    let names = rest.strip_suffix(") FROM stdin;")?;
    let table = table.rsplit('.').next()?;
    let month = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == '_');
    let table = match table.char_indices().nth_back(7) {
        Some((at, '_')) if month(&table[at..]) => &table[..at],
        _ => table,
    };
    let names = names.split(", ").map(|name| name.trim_matches('"').to_owned());
    Some((table.to_owned(), names.collect()))
}

/// Something that was written or answered, and where.
pub(super) struct Text {
    pub(super) place: String,
    pub(super) text: String,
    lower: String,
}

impl Text {
    pub(super) fn new(place: impl Into<String>, text: impl Into<String>) -> Self {
        let (place, text) = (place.into(), text.into());
        let lower = text.to_lowercase();
        Self { place, text, lower }
    }

    /// Fails where one of the marks is in it; says the line.
    pub(super) fn assert_without<'a>(&self, marks: impl IntoIterator<Item = &'a Mark>) {
        for mark in marks {
            if mark.is_in(&self.text, &self.lower) {
                let line = self.text.lines().find(|line| mark.is_in(line, &line.to_lowercase()));
                panic!("{} has the {}: {}", self.place, mark.what, line.unwrap_or(&self.text));
            }
        }
    }
}

#[test]
fn a_column_is_found() {
    let backup = "CREATE TABLE x;\nCOPY public.attempts_2026_11 (id, \"type\", body) FROM stdin;\n\
                  1\tzqmarkedword\t\\\\x7a716d61726b6564776f7264\n2\t\\N\t\\N\n\\.\n\nCOPY public.api_keys (id) FROM stdin;\n\\.\n";
    let found = in_backup(backup, &Mark::new("word", &["zqmarkedword"]));
    let wanted = ["attempts.body", "attempts.type"];
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), wanted);
    assert!(in_backup(backup, &Mark::new("word", &["zqotherwordnobodyhas"])).is_empty());
}

//! Rules about SQL: it is in files that are checked against the schema, or put together from pieces
//! whose every way is.

use std::collections::BTreeSet;
use std::path::Path;

use crate::tree::{Source, below, none};

const STORE: &str = "crates/store/src";

/// Who may send SQL that no test prepares, and why.
const UNCHECKED: [(&str, &str); 7] = [
    ("crates/store/src/db/look.rs", "BEGIN alone, at which a pooler may end the link"),
    ("crates/store/src/db/session.rs", "settings of a new session, several at once"),
    ("crates/store/src/maintenance.rs", "names of partitions, which are no parameters"),
    ("crates/store/src/migrate.rs", "grant.sql: several statements at once"),
    ("crates/store/src/page.rs", "settings of a transaction, several at once"),
    ("crates/store/src/queue/notify.rs", "LISTEN and NOTIFY take no parameters"),
    ("crates/store/src/summaries.rs", "settings of a transaction, several at once"),
];

#[test]
fn sql_is_checked_against_the_schema() {
    let unchecked = ["sql_query(", "batch_execute("];
    let sends = |source: &Source| unchecked.iter().any(|call| source.text.contains(call));
    let found: BTreeSet<_> =
        below(&[STORE], "rs").into_iter().filter(sends).map(|source| source.path).collect();
    let known: BTreeSet<_> = UNCHECKED.iter().map(|(path, _)| (*path).to_owned()).collect();
    none(
        found.difference(&known).cloned().collect(),
        "SQL is a statement!, or composed of pieces (crates/store/src/statement)",
    );
    none(known.difference(&found).cloned().collect(), "a file that is excused needs the excuse");
}

#[test]
fn each_file_of_sql_is_a_statement_or_a_piece_of_one() {
    let named: BTreeSet<_> = below(&[STORE], "rs").iter().flat_map(files_of_sql).collect();
    let there: BTreeSet<_> = below(&[STORE], "sql").into_iter().map(|source| source.path).collect();
    assert!(there.len() > 30, "only {} files of SQL were found", there.len());
    none(there.difference(&named).cloned().collect(), "SQL that nothing runs is deleted");
}

/// The files of SQL that a Rust file names, which it does from where it is.
fn files_of_sql(source: &Source) -> Vec<String> {
    let folder = Path::new(&source.path).parent().expect("a file in a folder");
    let literals = source.text.split('"').filter(|text| text.ends_with(".sql"));
    literals.map(|file| folder.join(file).to_string_lossy().into_owned()).collect()
}

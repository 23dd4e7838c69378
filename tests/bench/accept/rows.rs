//! How many rows there are of each table: what the bare transaction writes must be what the API
//! writes.

use std::collections::BTreeMap;

use crate::postgres::Database;

/// Every table of the schema that is not a partition, and its count.
const COUNTS: &str =
    "SELECT string_agg(format('SELECT %L, count(*) FROM %I', relname, relname), ' UNION ALL ')
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition";

/// Rows by table.
pub type Rows = BTreeMap<String, u64>;

/// Rows that came, or went, by table.
pub type Written = BTreeMap<String, i64>;

/// Counts all.
pub fn count(database: &Database) -> Rows {
    let counts = database.sql(&database.sql(COUNTS));
    let counts = counts.lines().filter_map(|line| line.split_once('|'));
    counts.map(|(table, rows)| (table.to_owned(), rows.parse().expect("a count"))).collect()
}

/// What came since, of the tables that grew or shrank.
pub fn written(after: &Rows, before: &Rows) -> Written {
    let of = |rows: &Rows, table: &str| rows.get(table).copied().unwrap_or(0).cast_signed();
    let grown = after.keys().map(|table| (table.clone(), of(after, table) - of(before, table)));
    grown.filter(|(_, rows)| *rows != 0).collect()
}

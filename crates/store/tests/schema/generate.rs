//! Writes `schema.rs` from the catalogue of a migrated database.

use std::fmt::Write;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

const HEADER: &str =
    "//! The tables as diesel sees them. Generated from the migrated database by `tests/schema`,
//! which rewrites this file when it is stale; do not edit.
";

const COLUMNS: &str = "SELECT t.relname::text AS table_name, a.attname::text AS name,
        format_type(a.atttypid, NULL) AS kind, a.attnotnull AS required,
        (SELECT string_agg(k.attname, ', ' ORDER BY array_position(i.indkey::int2[], k.attnum))
         FROM pg_index i JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = ANY (i.indkey)
         WHERE i.indrelid = t.oid AND i.indisprimary) AS key
    FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
    WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p')
      AND NOT t.relispartition AND t.relname <> '__diesel_schema_migrations'
      AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY t.relname, a.attnum";

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    required: bool,
    #[diesel(sql_type = Text)]
    key: String,
}

/// The text of `schema.rs`.
pub fn schema(conn: &mut PgConnection) -> String {
    let columns: Vec<Column> = diesel::sql_query(COLUMNS).load(conn).expect("a catalogue");
    let mut text = HEADER.to_owned();
    let mut tables = String::new();
    for table in columns.chunk_by(|a, b| a.table_name == b.table_name) {
        let (name, key) = (&table[0].table_name, &table[0].key);
        write!(text, "\ndiesel::table! {{\n    {name} ({key}) {{\n").expect("a string");
        table.iter().for_each(|column| write_column(&mut text, column));
        text.push_str("    }\n}\n");
        writeln!(tables, "    {name},").expect("a string");
    }
    write!(text, "\ndiesel::allow_tables_to_appear_in_same_query!(\n{tables});\n")
        .expect("a string");
    text
}

fn write_column(text: &mut String, column: &Column) {
    let kind = match column.kind.as_str() {
        "uuid" => "Uuid",
        "text" => "Text",
        "text[]" => "Array<Text>",
        "uuid[]" => "Array<Uuid>",
        "timestamp with time zone" => "Timestamptz",
        "date" => "Date",
        "bytea" => "Bytea",
        "bigint" => "BigInt",
        "integer" => "Integer",
        "smallint" => "SmallInt",
        "boolean" => "Bool",
        "jsonb" => "Jsonb",
        other => panic!("tell this generator what diesel calls {other}"),
    };
    let kind = if column.required { kind.to_owned() } else { format!("Nullable<{kind}>") };
    // `type` is a word of Rust's own.
    let name = if column.name == "type" {
        text.push_str("        #[sql_name = \"type\"]\n");
        "type_"
    } else {
        &column.name
    };
    writeln!(text, "        {name} -> {kind},").expect("a string");
}

//! Facts about the schema: what diesel is told of it is true, tenants are in every key, and each
//! migration can be undone.

mod generate;

use std::path::Path;
use std::sync::LazyLock;

use diesel::prelude::*;
use diesel::sql_types::Text;
use localpg::Cluster;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

static CLUSTER: LazyLock<Cluster> =
    LazyLock::new(|| Cluster::throwaway().expect("a private Postgres"));

/// A migrated database of a test's own: its address, and a connection.
fn migrated(name: &str) -> (String, PgConnection) {
    CLUSTER.ensure_database(name).expect("a database");
    let url = CLUSTER.url(name);
    store::migrate::run(&url).expect("migrations");
    let conn = PgConnection::establish(&url).expect("a connection");
    (url, conn)
}

fn names(conn: &mut PgConnection, query: &str) -> Vec<String> {
    let rows: Vec<Name> = diesel::sql_query(query).load(conn).expect("names");
    rows.into_iter().map(|row| row.name).collect()
}

#[test]
fn what_diesel_is_told_is_what_is_there() {
    let (_, mut conn) = migrated("told");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/schema.rs");
    let (committed, fresh) =
        (std::fs::read_to_string(&file).expect("schema.rs"), generate::schema(&mut conn));
    if committed != fresh {
        std::fs::write(&file, fresh).expect("schema.rs");
        panic!("src/schema.rs was stale: it has been written anew, look at the difference");
    }
}

/// Tables whose keys hold no tenant: the customers themselves, what diesel keeps of migrations, the
/// audit, since an event of the support desk belongs to no organisation, what is public, and how far all
/// have been counted and judged.
#[test]
fn tenants_are_in_every_key() {
    let (_, mut conn) = migrated("keys");
    let without = "SELECT c.conrelid::regclass || ': ' || c.conname AS name
        FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
        WHERE c.contype IN ('p', 'f') AND NOT t.relispartition
          AND c.connamespace = 'public'::regnamespace
          AND t.relname NOT IN ('organisations', '__diesel_schema_migrations', 'audit_events', 'receipt_keys', 'days_counted', 'flag_rounds')
          AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.conrelid
                          AND a.attnum = ANY (c.conkey) AND a.attname = 'organisation_id')";
    assert_eq!(names(&mut conn, without), [""; 0]);
}

#[test]
fn every_table_says_what_it_is() {
    let (_, mut conn) = migrated("comments");
    let silent = "SELECT relname::text AS name FROM pg_class
        WHERE relkind IN ('r', 'p') AND NOT relispartition
          AND relnamespace = 'public'::regnamespace AND relname <> '__diesel_schema_migrations'
          AND obj_description(oid) IS NULL";
    assert_eq!(names(&mut conn, silent), [""; 0]);
}

#[test]
fn migrations_can_be_undone_and_done_again() {
    let (url, mut conn) = migrated("undone");
    store::migrate::revert_all(&url).expect("undone");
    let left = "SELECT relname::text AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE '\\_\\_diesel%'";
    assert_eq!(names(&mut conn, left), [""; 0]);
    store::migrate::run(&url).expect("done again");
    assert!(store::migrate::is_current(&mut conn).expect("asked"));
    assert_eq!(store::migrate::run(&url).expect("nothing to do"), [""; 0]);
}

//! Holds a statement against the migrated schema: Postgres says which types it takes the parameters
//! and columns for, and they must be the ones that are bound and read in Rust.

use std::sync::OnceLock;

use diesel::pg::{Pg, PgMetadataLookup};
use diesel::prelude::*;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::sql_types::HasSqlType;
use localpg::Cluster;
use postgres::{Client, NoTls};

/// Where the types of a database are looked up.
pub(crate) type Lookup = dyn PgMetadataLookup;

const DATABASE: &str = "statements";

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Column {
    /// Its name, where it is found by that.
    pub(crate) name: Option<&'static str>,
    /// Its type.
    pub(crate) oid: u32,
}

/// The type of a bound value.
pub(crate) fn oid_of<T>(lookup: &mut Lookup) -> u32
where
    Pg: HasSqlType<T>,
{
    <Pg as HasSqlType<T>>::metadata(lookup).oid().expect("a type that Postgres has")
}

/// The types of a row that is read by position.
pub(crate) fn columns_of<T>(lookup: &mut Lookup) -> Vec<Column>
where
    Pg: diesel::expression::QueryMetadata<T>,
{
    let mut types = Vec::new();
    <Pg as diesel::expression::QueryMetadata<T>>::row_metadata(lookup, &mut types);
    let oid = |metadata: Option<diesel::pg::PgTypeMetadata>| {
        metadata.expect("a typed column").oid().expect("a type that Postgres has")
    };
    types.into_iter().map(|metadata| Column { name: None, oid: oid(metadata) }).collect()
}

/// Fails unless Postgres takes the parameters of `sql`, and its columns where they are read, for
/// what Rust takes them for.
pub(crate) fn statement(
    file: &str,
    sql: &str,
    parameters: impl FnOnce(&mut Lookup) -> Vec<u32>,
    columns: impl FnOnce(&mut Lookup) -> Option<Vec<Column>>,
) {
    let url = migrated();
    let mut conn = PgConnection::establish(url).expect("a connection");
    let mut client = Client::connect(url, NoTls).expect("a connection");
    let prepared = client.prepare(sql).unwrap_or_else(|error| panic!("{file}: {error:?}"));
    let taken: Vec<u32> = prepared.params().iter().map(postgres::types::Type::oid).collect();
    assert_eq!(taken, parameters(&mut conn), "{file}: types of the parameters");
    let Some(mut wanted) = columns(&mut conn) else { return };
    let named = wanted.iter().any(|column| column.name.is_some());
    let mut given: Vec<(Option<&str>, u32)> = prepared
        .columns()
        .iter()
        .map(|column| (named.then_some(column.name()), column.type_().oid()))
        .collect();
    if named {
        given.sort_unstable();
        wanted.sort_unstable();
    }
    let wanted: Vec<_> = wanted.iter().map(|column| (column.name, column.oid)).collect();
    assert_eq!(given, wanted, "{file}: columns");
}

/// Fails unless Postgres can prepare a statement that was put together in Rust, with the types
/// that are bound.
pub(crate) fn composed(query: &(impl QueryFragment<Pg> + QueryId)) {
    let mut client = Client::connect(migrated(), NoTls).expect("a connection");
    let sql = diesel::debug_query::<Pg, _>(query).to_string();
    let sql = sql.rsplit_once(" -- binds: ").map_or(sql.as_str(), |(sql, _)| sql);
    client.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
}

/// Address of a migrated database, one for all statements.
fn migrated() -> &'static str {
    static URL: OnceLock<(Cluster, String)> = OnceLock::new();
    let (_, url) = URL.get_or_init(|| {
        let cluster = Cluster::throwaway().expect("a Postgres cluster for tests");
        cluster.ensure_database(DATABASE).expect("an empty database");
        let url = cluster.url(DATABASE);
        crate::migrate::run(&url).expect("migrations");
        (cluster, url)
    });
    url
}

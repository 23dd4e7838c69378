//! Holds a statement against the migrated schema: Postgres says which types it takes the parameters
//! and columns for, and they must be the ones that are bound and read in Rust.

use std::sync::OnceLock;

use diesel::pg::{Pg, PgMetadataLookup};
use diesel::prelude::*;
use diesel::sql_types::HasSqlType;
use localpg::Cluster;
use postgres::{Client, NoTls};

use super::composed::Composed;

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
    Checker::new().check(file, sql, parameters, columns);
}

/// Fails unless Postgres takes the parameters of these statements, which were put together in Rust,
/// and their columns for what Rust takes them for.
pub(crate) fn composed<'a>(
    queries: impl Iterator<Item = (String, Composed<'a>)>,
    columns: fn(&mut Lookup) -> Vec<Column>,
) {
    let mut checker = Checker::new();
    let mut checked = 0;
    for (what, query) in queries {
        let text = diesel::debug_query::<Pg, _>(&query).to_string();
        let (sql, _) = text.rsplit_once(" -- binds: ").expect("a statement with its values");
        checker.check(&what, sql, |it| query.parameters(it), |it| Some(columns(it)));
        checked += 1;
    }
    assert!(checked > 1, "{checked} statements");
}

/// A connection to the migrated database, for what a condition says.
pub(crate) fn client() -> Client {
    Client::connect(migrated(), NoTls).expect("a connection")
}

/// Connections to the migrated database: one that prepares, one that looks up types.
struct Checker {
    client: Client,
    lookup: PgConnection,
}

impl Checker {
    fn new() -> Self {
        let lookup = PgConnection::establish(migrated()).expect("a connection");
        Self { client: client(), lookup }
    }

    fn check(
        &mut self,
        what: &str,
        sql: &str,
        parameters: impl FnOnce(&mut Lookup) -> Vec<u32>,
        columns: impl FnOnce(&mut Lookup) -> Option<Vec<Column>>,
    ) {
        let prepared = self.client.prepare(sql);
        let prepared = prepared.unwrap_or_else(|error| panic!("{what}: {error:?}\n{sql}"));
        let taken: Vec<u32> = prepared.params().iter().map(postgres::types::Type::oid).collect();
        assert_eq!(taken, parameters(&mut self.lookup), "{what}: types of the parameters\n{sql}");
        let Some(mut wanted) = columns(&mut self.lookup) else { return };
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
        assert_eq!(given, wanted, "{what}: columns");
    }
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

/// Which of several things are asked for: a walk over all cases of that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice(u32);

impl Choice {
    /// Every case of so many things.
    pub(crate) fn each_of(things: u32) -> impl Iterator<Item = Self> {
        (0..1 << things).map(Self)
    }

    /// The next thing, where it is asked for.
    pub(crate) fn of<T>(&mut self, thing: T) -> Option<T> {
        let asked = self.0 & 1 == 1;
        self.0 >>= 1;
        asked.then_some(thing)
    }
}

//! Migrations, under an advisory lock: diesel takes none, and several processes may start
//! at once.

use std::marker::PhantomData;

use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Text};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::db::{Conn, DbConfig, Wait, in_one_line, look_at_way, with_link_timeouts};
use crate::error::StoreError;
use crate::maintenance;
use crate::statement::statement;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// Any constant that nobody else uses in this database ("talentat" in ASCII).
const LOCK: i64 = 0x7461_6c65_6e74_6174;

/// Oldest server whose SQL we use (SQL-body functions, lz4, MATERIALIZED).
const OLDEST_SERVER: i32 = 140_000;

/// The role of api and worker; `grant.sql` makes it.
const APPLICATION_ROLE: &str = "talentats_app";

statement!(Lock = "migrate/lock.sql", (key: BigInt => i64) -> ());
statement!(HasRole = "migrate/has_role.sql", (role: Text => &'a str) -> Bool);
statement!(ReadVersions = "migrate/versions.sql", () -> Text);
statement!(ReadServerVersion = "migrate/server_version.sql", () -> Integer);

/// Why a migration did not run; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// No connection.
    #[error("cannot connect to Postgres: {0}; check DATABASE_URL and that the server is running")]
    Connect(String),
    /// A pooler lies between.
    #[error(
        "DATABASE_URL leads to a pooler that gives one connection to several clients: migrations \
         need Postgres itself, or a pooler that pools by session"
    )]
    Pooler,
    /// The server is too old.
    #[error("Postgres {0} is too old: version 14 or newer is needed")]
    TooOld(String),
    /// A migration failed; nothing of it remains.
    #[error("migration failed: {0}")]
    Migration(String),
}

/// Brings the database up to date and answers the names of the migrations that ran.
///
/// # Errors
/// [`MigrateError`].
pub fn run(url: &str) -> Result<Vec<String>, MigrateError> {
    check_way(url)?;
    let conn = &mut connect(url)?;
    let failed = |error: diesel::result::Error| MigrateError::Migration(error.to_string());
    Lock { key: LOCK, lifetime: PhantomData }.execute(conn).map_err(failed)?;
    let ran = conn
        .run_pending_migrations(MIGRATIONS)
        .map(|versions| versions.iter().map(ToString::to_string).collect())
        .map_err(|error| MigrateError::Migration(error.to_string()))?;
    maintenance::make_partitions(conn)
        .map_err(|error| MigrateError::Migration(error.to_string()))?;
    grant(conn)?;
    // The lock ends with the connection, also when we are killed here.
    Ok(ran)
}

/// Makes the application's role, where the login role may, and grants it what the application does.
/// Roles belong to the whole cluster: another database may have made it, at the same moment perhaps.
fn grant(conn: &mut Conn) -> Result<(), MigrateError> {
    conn.batch_execute(include_str!("migrate/grant.sql"))
        .map_err(|error| MigrateError::Migration(error.to_string()))
}

/// Whether this login role may take the application's. Else api and worker that use it run with all of
/// its rights.
///
/// # Errors
/// [`MigrateError`].
pub fn takes_application_role(url: &str) -> Result<bool, MigrateError> {
    HasRole { role: APPLICATION_ROLE, lifetime: PhantomData }
        .get_result(&mut connect(url)?)
        .map_err(|error| MigrateError::Connect(error.to_string()))
}

/// Whether all migrations of this version have run. Asks without diesel's own question, which would
/// make its table where there is none: the application's role may not.
///
/// # Errors
/// [`StoreError`].
pub fn is_current(conn: &mut Conn) -> Result<bool, StoreError> {
    let ran = (ReadVersions { lifetime: PhantomData }).load(conn).map_err(StoreError::from);
    let ran: Vec<String> = match ran {
        // No such table: nothing has run.
        Err(StoreError::Database(_)) => return Ok(false),
        ran => ran?,
    };
    let migrations = MigrationSource::<diesel::pg::Pg>::migrations(&MIGRATIONS)
        .map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let mut known = migrations.iter().map(|migration| migration.name().version().to_string());
    Ok(known.all(|known| ran.contains(&known)))
}

/// Undoes and redoes every migration: for the test that proves `down.sql`.
///
/// # Errors
/// [`MigrateError`].
pub fn revert_all(url: &str) -> Result<(), MigrateError> {
    let conn = &mut connect(url)?;
    conn.revert_all_migrations(MIGRATIONS)
        .map(drop)
        .map_err(|error| MigrateError::Migration(error.to_string()))
}

/// Whether the way leads to a new enough server itself: migrations hold a lock for their session.
fn check_way(url: &str) -> Result<(), MigrateError> {
    let config = DbConfig { application_role: false, ..DbConfig::new(url, 1) };
    match look_at_way(&config) {
        Ok((_, found)) if found.is_shared => Err(MigrateError::Pooler),
        Ok(_) => Ok(()),
        Err(Wait::Pooler(_)) => Err(MigrateError::Pooler),
        Err(Wait::Newer(version)) => Err(MigrateError::TooOld(version)),
        Err(Wait::Postgres(reason)) => Err(MigrateError::Connect(reason)),
        Err(wait) => Err(MigrateError::Connect(wait.to_string())),
    }
}

/// Connects to a new enough server, without a pool.
///
/// # Errors
/// [`MigrateError::Connect`] or [`MigrateError::TooOld`].
pub fn check(url: &str) -> Result<(), MigrateError> {
    check_server(&mut connect(url)?)
}

fn connect(url: &str) -> Result<Conn, MigrateError> {
    let url = with_link_timeouts(url).map_err(|error| MigrateError::Connect(error.to_string()))?;
    Conn::establish(&url).map_err(|error| MigrateError::Connect(in_one_line(&error.to_string())))
}

pub(crate) fn check_server(conn: &mut Conn) -> Result<(), MigrateError> {
    let version: i32 = ReadServerVersion { lifetime: PhantomData }
        .get_result(conn)
        .map_err(|error| MigrateError::Connect(error.to_string()))?;
    if version < OLDEST_SERVER {
        return Err(MigrateError::TooOld((version / 10_000).to_string()));
    }
    Ok(())
}

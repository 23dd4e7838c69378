//! The pool, and the only place where blocking work is moved off the async threads.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};

use crate::error::StoreError;

/// One connection, held for one call.
pub type Conn = PgConnection;

/// How often a transaction that lost against another one is run again.
const CONFLICT_RETRIES: u32 = 5;

/// How to reach Postgres.
#[derive(Clone)]
pub struct DbConfig {
    /// `postgres://user:password@host:port/database`, or any libpq connection string.
    pub url: String,
    /// Most connections at once.
    pub pool_size: u32,
    /// How long a call waits for a free connection.
    pub acquire_timeout: Duration,
    /// Longest that one statement may run.
    pub statement_timeout: Duration,
    /// Longest that a transaction may wait for its next statement: it may hold locks meanwhile.
    pub idle_in_transaction_timeout: Duration,
    /// Longest that a statement waits for a lock.
    pub lock_timeout: Duration,
}

impl DbConfig {
    /// A configuration with the usual limits: 4 s for a connection, 30 s for a statement, 10 s
    /// between two statements of a transaction, 10 s for a lock.
    pub fn new(url: impl Into<String>, pool_size: u32) -> Self {
        Self {
            url: url.into(),
            pool_size,
            acquire_timeout: Duration::from_secs(4),
            statement_timeout: Duration::from_secs(30),
            idle_in_transaction_timeout: Duration::from_secs(10),
            lock_timeout: Duration::from_secs(10),
        }
    }
}

/// A pool of connections.
#[derive(Clone)]
pub struct Db {
    pool: Pool<ConnectionManager<PgConnection>>,
}

impl Db {
    /// Makes the pool without waiting for a connection: the database may come later.
    ///
    /// # Errors
    /// When the address is not one that libpq reads.
    pub fn new(config: &DbConfig) -> Result<Self, StoreError> {
        let manager = ConnectionManager::new(with_link_timeouts(&config.url)?);
        let session = Session::new(config);
        let pool = Pool::builder()
            .max_size(config.pool_size)
            .min_idle(Some(1))
            .connection_timeout(config.acquire_timeout)
            .connection_customizer(Box::new(session))
            .build_unchecked(manager);
        Ok(Self { pool })
    }

    /// Runs one call on a pooled connection, off the async threads.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when no connection is free in time, or what the call says.
    pub async fn run<T, F>(&self, call: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    {
        let pool = self.pool.clone();
        let task = tokio::task::spawn_blocking(move || {
            let mut conn =
                pool.get().map_err(|error| StoreError::Unavailable(error.to_string()))?;
            call(&mut conn)
        });
        match task.await {
            Ok(result) => result,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(error) => Err(StoreError::Unavailable(error.to_string())),
        }
    }
}

/// Runs `call` in a transaction; again, at once, when it lost against another one.
///
/// # Errors
/// What the call says; [`StoreError`] when the transaction cannot be begun or committed.
pub fn transaction<T, E, F>(conn: &mut Conn, mut call: F) -> Result<T, E>
where
    E: From<StoreError> + Conflict,
    F: FnMut(&mut Conn) -> Result<T, E>,
{
    for _ in 0..CONFLICT_RETRIES {
        match transaction_once(conn, &mut call) {
            Err(error) if error.is_conflict() => {}
            result => return result,
        }
    }
    transaction_once(conn, &mut call)
}

fn transaction_once<T, E, F>(conn: &mut Conn, call: &mut F) -> Result<T, E>
where
    E: From<StoreError>,
    F: FnMut(&mut Conn) -> Result<T, E>,
{
    /// Either kind of error: diesel's own of BEGIN and COMMIT, or the call's.
    enum Failed<E> {
        Call(E),
        Commit(diesel::result::Error),
    }
    impl<E> From<diesel::result::Error> for Failed<E> {
        fn from(error: diesel::result::Error) -> Self {
            Self::Commit(error)
        }
    }
    conn.transaction(|conn| call(conn).map_err(Failed::Call)).map_err(|failed| match failed {
        Failed::Call(error) => error,
        Failed::Commit(error) => StoreError::from(error).into(),
    })
}

/// An error that may mean "run the transaction again".
pub trait Conflict {
    /// Whether it does.
    fn is_conflict(&self) -> bool;
}

impl Conflict for StoreError {
    fn is_conflict(&self) -> bool {
        self.is_conflict()
    }
}

/// Settings of each new session, as SQL.
#[derive(Debug)]
struct Session(String);

impl Session {
    fn new(config: &DbConfig) -> Self {
        Self(format!(
            "SET timezone = 'UTC'; SET lc_messages = 'C'; SET jit = off; SET statement_timeout = {};
             SET idle_in_transaction_session_timeout = {}; SET lock_timeout = {};",
            config.statement_timeout.as_millis(),
            config.idle_in_transaction_timeout.as_millis(),
            config.lock_timeout.as_millis(),
        ))
    }
}

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Session {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        match conn.batch_execute(&self.0) {
            // Only a superuser may set lc_messages; where it stays localised, errors of the
            // link are still told by libpq's own texts.
            Err(_) => conn.batch_execute(&self.0.replace("SET lc_messages = 'C';", "")),
            done => done,
        }
        .map_err(diesel::r2d2::Error::QueryError)
    }
}

/// Whether libpq could read this address.
///
/// # Errors
/// A sentence that says what to write.
pub fn check_url(url: &str) -> Result<(), &'static str> {
    let readable = is_uri(url) || url.contains('=');
    if readable { Ok(()) } else { Err("write postgres://user:password@host:5432/database") }
}

fn is_uri(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// A synchronous libpq hangs in a black hole unless the link's own limits are set. What the
/// operator wrote in the address wins, since libpq takes the last of equal parameters.
pub(crate) fn with_link_timeouts(url: &str) -> Result<String, StoreError> {
    const LIMITS: [(&str, &str); 6] = [
        ("connect_timeout", "4"),
        ("tcp_user_timeout", "10000"),
        ("keepalives_idle", "10"),
        ("keepalives_interval", "3"),
        ("keepalives_count", "3"),
        ("application_name", "talentats"),
    ];
    check_url(url).map_err(|form| {
        StoreError::Unavailable(format!("DATABASE_URL is not a connection string: {form}"))
    })?;
    let missing = LIMITS.iter().filter(|(name, _)| !url.contains(name));
    if is_uri(url) {
        let parameters: Vec<_> = missing.map(|(name, value)| format!("{name}={value}")).collect();
        let separator = if url.contains('?') { '&' } else { '?' };
        Ok(format!("{url}{separator}{}", parameters.join("&")))
    } else {
        Ok(missing.fold(url.to_owned(), |url, (name, value)| format!("{url} {name}={value}")))
    }
}

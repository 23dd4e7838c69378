//! The pool, and the only place where blocking work is moved off the async threads.

mod failover;
mod link;

use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use diesel::r2d2::{Pool, PooledConnection};
use tokio::sync::Semaphore;

use crate::error::StoreError;
use crate::maintenance::make_partitions;
pub use link::check_url;
pub(crate) use link::with_link_timeouts;
use link::{Links, Session};

/// One connection, held for one call.
pub type Conn = PgConnection;

/// Calls at once for each connection: while some compute, others have the connections.
const CALLS_PER_CONNECTION: usize = 2;

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
    /// Whether sessions take the role of the application (no DDL, append-only audit events), where
    /// the login role may and `talentats migrate` has made it.
    pub application_role: bool,
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
            application_role: true,
        }
    }
}

/// A pool of connections.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Links>,
    /// Calls at once are bounded, for what one holds in memory while it has no connection.
    turns: Arc<Semaphore>,
    acquire_timeout: Duration,
}

impl Db {
    /// Makes the pool without waiting for a connection: the database may come later.
    ///
    /// # Errors
    /// When the address is not one that libpq reads.
    pub fn new(config: &DbConfig) -> Result<Self, StoreError> {
        let links = Links::new(&config.url)?;
        let session = Session::new(config);
        let pool = Pool::builder()
            .max_size(config.pool_size)
            .min_idle(Some(1))
            .connection_timeout(config.acquire_timeout)
            .connection_customizer(Box::new(session))
            .build_unchecked(links);
        let turns = Arc::new(Semaphore::new(config.pool_size as usize * CALLS_PER_CONNECTION));
        Ok(Self { pool, turns, acquire_timeout: config.acquire_timeout })
    }

    /// How many connections there are now, and how many of them are in use.
    pub fn connections(&self) -> ConnectionCount {
        let state = self.pool.state();
        let in_use = state.connections - state.idle_connections;
        ConnectionCount { in_use, idle: state.idle_connections, most: self.pool.max_size() }
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
        self.run_apart(move |connections| connections.with(call)?).await
    }

    /// Whether what is asked of the database now could be written: not while it is a standby, or set
    /// to read only. Links of before are thrown away then, as by a write that is refused.
    ///
    /// # Errors
    /// [`StoreError`], when it cannot be asked.
    pub async fn can_write(&self) -> Result<bool, StoreError> {
        self.run_apart(|connections: &mut Connections| connections.can_write()).await
    }

    /// Runs one call off the async threads that takes a connection only while it needs one, and
    /// computes without.
    ///
    /// # Errors
    /// What the call says.
    pub async fn run_apart<T, E, F>(&self, call: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Connections) -> Result<T, E> + Send + 'static,
    {
        let mut connections = Connections { pool: self.pool.clone() };
        let turn =
            tokio::time::timeout(self.acquire_timeout, Arc::clone(&self.turns).acquire_owned());
        let Ok(Ok(turn)) = turn.await else {
            return Err(StoreError::Unavailable("too many calls at once".to_owned()).into());
        };
        let call = move || {
            let _turn = turn;
            call(&mut connections)
        };
        match tokio::task::spawn_blocking(call).await {
            Ok(result) => result,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(error) => Err(StoreError::Unavailable(error.to_string()).into()),
        }
    }
}

/// The connections of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionCount {
    /// Those that a call has.
    pub in_use: u32,
    /// Those that wait for one.
    pub idle: u32,
    /// Most that there may be.
    pub most: u32,
}

/// Where a call takes a connection from while it needs one.
pub trait Connect {
    /// Runs `call` on a connection, which is given back after it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when none is free in time.
    fn with<T>(&mut self, call: impl FnOnce(&mut Conn) -> T) -> Result<T, StoreError>;
}

/// The pool, for calls that run apart.
pub struct Connections {
    pool: Pool<Links>,
}

impl Connections {
    fn can_write(&mut self) -> Result<bool, StoreError> {
        let mut link = self.link()?;
        let can_write = link.can_write()?;
        if !can_write {
            link.give_up();
        }
        Ok(can_write)
    }

    fn link(&self) -> Result<PooledConnection<Links>, StoreError> {
        self.pool.get().map_err(|error| StoreError::Unavailable(error.to_string()))
    }
}

/// The connection at hand, for those that have only one.
impl Connect for Conn {
    fn with<T>(&mut self, call: impl FnOnce(&mut Conn) -> T) -> Result<T, StoreError> {
        Ok(call(self))
    }
}

impl Connect for Connections {
    fn with<T>(&mut self, call: impl FnOnce(&mut Conn) -> T) -> Result<T, StoreError> {
        Ok(call(&mut self.link()?.conn))
    }
}

/// Runs `call` in a transaction; again, at once, when it lost against another one.
///
/// # Errors
/// What the call says; [`StoreError`] when the transaction cannot be begun or committed.
pub fn transaction<T, E, F>(conn: &mut Conn, mut call: F) -> Result<T, E>
where
    E: From<StoreError> + Remediable,
    F: FnMut(&mut Conn) -> Result<T, E>,
{
    persevere(conn, |conn| transaction_once(conn, &mut call))
}

/// Runs a call that is one transaction: again when it lost against another one, and once the month
/// that it misses is made.
///
/// # Errors
/// What the call says.
pub(crate) fn persevere<T, E, F>(conn: &mut Conn, mut call: F) -> Result<T, E>
where
    E: From<StoreError> + Remediable,
    F: FnMut(&mut Conn) -> Result<T, E>,
{
    for _ in 0..CONFLICT_RETRIES {
        let error = match call(conn) {
            Err(error) => error,
            done => return done,
        };
        match error.failed() {
            Some(error) if error.is_conflict() => {}
            // Months are made long before; where that failed, an insert finds out.
            Some(error) if error.misses_partition() => make_partitions(conn)?,
            _ => return Err(error),
        }
    }
    call(conn)
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
pub trait Remediable {
    /// What the database said, if it did.
    fn failed(&self) -> Option<&StoreError>;
}

impl Remediable for StoreError {
    fn failed(&self) -> Option<&StoreError> {
        Some(self)
    }
}

//! The pool, and the only place where blocking work is moved off the async threads.

mod address;
mod config;
mod failover;
mod gate;
mod link;
mod look;
mod reason;
mod session;

use std::sync::{Arc, OnceLock};

use diesel::prelude::*;
use diesel::r2d2::{Pool, PooledConnection};
use tokio::sync::Semaphore;

use crate::error::StoreError;
use crate::maintenance::make_partitions;
use crate::outage::Outage;
pub use address::check_url;
pub(crate) use address::with_link_timeouts;
pub use config::{DbConfig, Share};
pub use gate::{Gate, Wait};
use link::Links;
pub use look::Unsuitable;
pub(crate) use look::look_at_way;
pub(crate) use reason::in_one_line;
use session::Session;

/// One connection, held for one call.
pub type Conn = PgConnection;

/// Calls at once for each connection: while some compute, others have the connections.
const CALLS_PER_CONNECTION: usize = 2;

/// How often a transaction that lost against another one is run again.
const CONFLICT_RETRIES: u32 = 5;

/// A pool of connections. It begins with the first call, and small.
#[derive(Clone)]
pub struct Db {
    config: Arc<DbConfig>,
    pool: Arc<OnceLock<Pool<Links>>>,
    /// Calls at once are bounded, for what one holds in memory while it has no connection.
    turns: Arc<Semaphore>,
}

impl Db {
    /// Makes the pool without a connection: the database may come later.
    ///
    /// # Errors
    /// When the address is not one that libpq reads.
    pub fn new(config: &DbConfig) -> Result<Self, StoreError> {
        with_link_timeouts(&config.url)?;
        let turns = Arc::new(Semaphore::new(config.pool_size as usize * CALLS_PER_CONNECTION));
        Ok(Self { config: Arc::new(config.clone()), pool: Arc::default(), turns })
    }

    /// Work that is done on it again and again, by its verb, as an outage: the process has one of each.
    pub fn work(&self, verb: &'static str) -> Outage {
        self.config.gate.work(verb)
    }

    /// How many connections there are now, and how many of them are in use; none before the first
    /// could be made.
    pub fn connections(&self) -> Option<ConnectionCount> {
        let pool = self.pool.get()?;
        let state = pool.state();
        let in_use = state.connections - state.idle_connections;
        Some(ConnectionCount { in_use, idle: state.idle_connections, most: pool.max_size() })
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
        self.config.gate.check()?;
        let mut connections = Connections { db: self.clone() };
        let turn = Arc::clone(&self.turns).acquire_owned();
        let turn = tokio::time::timeout(self.config.acquire_timeout, turn);
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
    db: Db,
}

impl Connections {
    fn can_write(&mut self) -> Result<bool, StoreError> {
        let mut link = self.link()?;
        let can_write = link.can_write()?;
        self.db.config.gate.takes_writes(can_write);
        if !can_write {
            link.give_up();
        }
        Ok(can_write)
    }

    fn link(&self) -> Result<PooledConnection<Links>, StoreError> {
        let (gate, pool) = (&self.db.config.gate, self.db.pool()?);
        pool.get().map_err(|error| {
            // What a link found meanwhile says more.
            if let Err(waiting) = gate.check() {
                return waiting;
            }
            let told = error.to_string();
            if pool.state().connections > 0 && !gate.is_away() {
                return StoreError::Unavailable(told);
            }
            gate.refused(&told);
            StoreError::Away(told)
        })
    }
}

impl Db {
    fn pool(&self) -> Result<&Pool<Links>, StoreError> {
        let config = &self.config;
        let links = Links::new(&config.url, Some(config.gate.clone()))?;
        let Share { least, one_in } = config.share;
        Ok(self.pool.get_or_init(|| {
            Pool::builder()
                .max_size(config.gate.share(config.pool_size, least, one_in).max(1))
                .min_idle(Some(1))
                .connection_timeout(config.acquire_timeout)
                .connection_customizer(Box::new(Session::new(config)))
                .build_unchecked(links)
        }))
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

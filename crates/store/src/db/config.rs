//! The settings of a pool: how to reach Postgres, how many connections to take, and how long to wait.

use std::time::Duration;

use super::gate::Gate;

/// How to reach Postgres.
#[derive(Clone)]
pub struct DbConfig {
    /// `postgres://user:password@host:port/database`, or any libpq connection string.
    pub url: String,
    /// Most connections at once.
    pub pool_size: u32,
    /// Where the server has few: the part of them that is ours.
    pub share: Share,
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
    /// Whether calls may pass; the pools of a process share one.
    pub gate: Gate,
}

/// The part of a server's connections that a pool may have: several processes live on few.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    /// So many in any case.
    pub least: u32,
    /// Else one in so many.
    pub one_in: u32,
}

impl Share {
    /// As many as the pool wants.
    const ALL: Self = Self { least: u32::MAX, one_in: 1 };
}

impl DbConfig {
    /// A configuration with the usual limits: 4 s for a connection, 30 s for a statement, 10 s
    /// between two statements of a transaction, 10 s for a lock; and an open gate of its own.
    pub fn new(url: impl Into<String>, pool_size: u32) -> Self {
        Self {
            url: url.into(),
            pool_size,
            share: Share::ALL,
            acquire_timeout: Duration::from_secs(4),
            statement_timeout: Duration::from_secs(30),
            idle_in_transaction_timeout: Duration::from_secs(10),
            lock_timeout: Duration::from_secs(10),
            application_role: true,
            gate: Gate::open(),
        }
    }
}

//! What the gauges of the queue show.

mod storage;
mod webhooks;

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double};

use crate::db::Conn;
use crate::error::StoreError;
use crate::statement::{row, statement};
pub use storage::{Storage, storage};
pub use webhooks::{Webhooks, webhooks};

row!(
    /// The queue at one moment.
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub struct QueueDepth {
        /// Jobs that were not tried since they were last asked for.
        waiting: BigInt => i64,
        /// Jobs that wait after an unsuccessful attempt.
        retrying: BigInt => i64,
        /// Jobs under lease.
        leased: BigInt => i64,
        /// How long the oldest due job has been due, in seconds; 0 when none is.
        oldest_due_s: Double => f64,
        /// Webhooks that delivery has switched off.
        disabled_webhooks: BigInt => i64,
    }
);

statement!(uncached ReadQueueDepth = "stats/queue_depth.sql", () -> named QueueDepth);

/// Counts the queue: a scan of its narrow table.
///
/// # Errors
/// [`StoreError`].
pub fn queue_depth(conn: &mut Conn) -> Result<QueueDepth, StoreError> {
    Ok(ReadQueueDepth { lifetime: PhantomData }.get_result(conn)?)
}

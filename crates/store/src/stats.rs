//! What the gauges of the queue show.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double};

use crate::db::Conn;
use crate::error::StoreError;

/// The queue at one moment.
#[derive(Debug, Clone, Copy, PartialEq, QueryableByName)]
pub struct QueueDepth {
    /// Jobs that were not tried since they were last asked for.
    #[diesel(sql_type = BigInt)]
    pub waiting: i64,
    /// Jobs that wait after an unsuccessful attempt.
    #[diesel(sql_type = BigInt)]
    pub retrying: i64,
    /// Jobs under lease.
    #[diesel(sql_type = BigInt)]
    pub leased: i64,
    /// How long the oldest due job has been due, in seconds; 0 when none is.
    #[diesel(sql_type = Double)]
    pub oldest_due_s: f64,
    /// Webhooks that delivery has switched off.
    #[diesel(sql_type = BigInt)]
    pub disabled_webhooks: i64,
}

/// Counts the queue: a scan of its narrow table.
///
/// # Errors
/// [`StoreError`].
pub fn queue_depth(conn: &mut Conn) -> Result<QueueDepth, StoreError> {
    Ok(diesel::sql_query(include_str!("stats/queue_depth.sql")).get_result(conn)?)
}

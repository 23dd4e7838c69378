//! Maintenance: the log has its partitions, and what is kept no longer goes: payloads, old exports,
//! idempotency keys, sealed values.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Double, Text};
use domain::export::EndState;

use crate::db::{Conn, transaction};
use crate::error::StoreError;

/// How long the frozen bytes of an export are kept after its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayloadRetention {
    /// After a failure: time to repair the receiver and resend.
    pub failed: Duration,
    /// After a delivery.
    pub delivered: Duration,
}

impl PayloadRetention {
    /// After a cancellation.
    pub const CANCELLED: Duration = Duration::from_hours(24);

    /// How long the bytes stay after that end.
    pub fn of(&self, end: EndState) -> Duration {
        match end {
            EndState::Delivered => self.delivered,
            EndState::Failed => self.failed,
            EndState::Cancelled => Self::CANCELLED,
        }
    }

    /// No payload goes sooner than this after it was made.
    pub fn shortest(&self) -> Duration {
        self.failed.min(self.delivered).min(Self::CANCELLED)
    }
}

impl Default for PayloadRetention {
    /// 7 days after a failure, 72 h after a delivery.
    fn default() -> Self {
        Self { failed: Duration::from_hours(7 * 24), delivered: Duration::from_hours(72) }
    }
}

/// Makes the partitions of the log for this month and the next three.
///
/// # Errors
/// [`StoreError`].
pub fn make_partitions(conn: &mut Conn) -> Result<(), StoreError> {
    Ok(conn.batch_execute(include_str!("maintenance/make_partitions.sql"))?)
}

/// Deletes a batch of payloads whose time is over, with the response bodies of their exports,
/// and answers how many went.
///
/// # Errors
/// [`StoreError`].
pub fn drop_payloads(conn: &mut Conn, kept: PayloadRetention) -> Result<usize, StoreError> {
    let query = diesel::sql_query(include_str!("maintenance/drop_payloads.sql"));
    Ok(query.bind::<Double, _>(kept.shortest().as_secs_f64()).execute(conn)?)
}

/// Deletes a batch of ended exports that are older than what the log keeps, and answers how many.
///
/// # Errors
/// [`StoreError`].
pub fn drop_exports(conn: &mut Conn, log_retention: Duration) -> Result<usize, StoreError> {
    let query = diesel::sql_query(include_str!("maintenance/drop_exports.sql"));
    Ok(query.bind::<Double, _>(log_retention.as_secs_f64()).execute(conn)?)
}

/// How long an idempotency key stands for one request.
const IDEMPOTENCY_KEYS_KEPT: Duration = Duration::from_hours(24);

/// Forgets idempotency keys after 24 h.
///
/// # Errors
/// [`StoreError`].
pub fn drop_idempotency_keys(conn: &mut Conn) -> Result<usize, StoreError> {
    let query = "DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(secs => $1)";
    let kept_s = IDEMPOTENCY_KEYS_KEPT.as_secs_f64();
    Ok(diesel::sql_query(query).bind::<Double, _>(kept_s).execute(conn)?)
}

/// Destroys what is sealed of deleted webhooks that have nothing left to send, and their lanes.
///
/// # Errors
/// [`StoreError`].
pub fn destroy_sealed(conn: &mut Conn) -> Result<usize, StoreError> {
    // A delete that runs at the same time locks in another order: the loser runs again.
    transaction(conn, |conn| {
        Ok(diesel::sql_query(include_str!("maintenance/destroy_sealed.sql")).execute(conn)?)
    })
}

#[derive(QueryableByName)]
struct OldMonth {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    state: String,
}

/// Drops the months of the log that lie wholly before what is kept (by the database's clock), and
/// answers their names. `DETACH … CONCURRENTLY` cannot run in a transaction, and neither blocks
/// writers nor waits for them while it holds a lock; what an earlier run left half done is finished.
///
/// # Errors
/// [`StoreError`].
pub fn drop_partitions(
    conn: &mut Conn,
    log_retention: Duration,
) -> Result<Vec<String>, StoreError> {
    let query = diesel::sql_query(include_str!("maintenance/old_months.sql"));
    let months: Vec<OldMonth> = query.bind::<Double, _>(log_retention.as_secs_f64()).load(conn)?;
    for OldMonth { name, state } in &months {
        match state.as_str() {
            "attached" => conn.batch_execute(&format!(
                "ALTER TABLE attempts DETACH PARTITION {name} CONCURRENTLY"
            ))?,
            "pending" => conn
                .batch_execute(&format!("ALTER TABLE attempts DETACH PARTITION {name} FINALIZE"))?,
            _ => {}
        }
        conn.batch_execute(&format!("DROP TABLE IF EXISTS {name}"))?;
    }
    Ok(months.into_iter().map(|month| month.name).collect())
}

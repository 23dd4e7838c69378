//! Maintenance: the log has its partitions, and what is kept no longer goes: payloads, old exports,
//! idempotency keys, sealed values.

mod members;
mod sealed;

use std::marker::PhantomData;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bytea, Double, Text, Uuid as SqlUuid};
use domain::export::EndState;
use domain::sealing::{Context, Field};
use uuid::Uuid;

use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::statement::{row, statement};

pub use members::{drop_notifications, drop_usual, forget_members, forget_requesters};
pub use sealed::{SEALED, SealedColumn, SealedValue, replace_sealed, sealed_values};

/// Rows that one call deletes at most, of all organisations together, so that no transaction grows long.
const BATCH: i64 = 1_000;
/// Webhooks that one call destroys the secrets of at most.
const WEBHOOKS: i64 = 100;
/// How long the audit is kept.
const AUDIT_KEPT: Duration = Duration::from_hours(3 * 365 * 24);

/// How long an idempotency key stands for one request.
const IDEMPOTENCY_KEYS_KEPT: Duration = Duration::from_hours(24);

row!(
    struct OldMonth {
        name: Text => String,
        state: Text => String,
    }
);

statement!(uncached MakePartitions = "maintenance/make_partitions.sql", () -> ());

statement!(uncached DropPayloads = "maintenance/drop_payloads.sql", (
    payloads: BigInt => i64,
) -> ());

statement!(uncached NotePayloads = "maintenance/note_payloads.sql", (
    kept_s: Double => f64,
) -> ());

statement!(uncached DropExports = "maintenance/drop_exports.sql", (
    kept_s: Double => f64,
    exports: BigInt => i64,
) -> ());

statement!(uncached DropIdempotencyKeys = "maintenance/drop_idempotency_keys.sql", (
    kept_s: Double => f64,
    keys: BigInt => i64,
) -> ());

statement!(uncached DestroySealed = "maintenance/destroy_sealed.sql", (
    webhooks: BigInt => i64,
) -> ());

statement!(uncached DropLanes = "maintenance/drop_lanes.sql", (
    lanes: BigInt => i64,
) -> ());

statement!(uncached DropSecrets = "maintenance/drop_secrets.sql", (secrets: BigInt => i64) -> ());

statement!(uncached FindOldMonths = "maintenance/old_months.sql", (
    table: Text => &'a str,
    kept_s: Double => f64,
) -> named OldMonth);

row!(
    struct SampleRow {
        organisation_id: SqlUuid => Uuid,
        webhook_id: SqlUuid => Uuid,
        field: Text => String,
        value: Bytea => Vec<u8>,
    }
);

statement!(uncached ReadSealedSamples = "maintenance/sealed_samples.sql", () -> named SampleRow);

statement!(CurrentRole = "maintenance/current_role.sql", () -> Text);

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

/// A sealed value of a live webhook, and its place.
pub type Sealed = (Context, Vec<u8>);

/// Some sealed values of live webhooks under each key that sealed any: who cannot open them has not
/// the right keys.
///
/// # Errors
/// [`StoreError`].
pub fn sealed_samples(conn: &mut Conn) -> Result<Vec<Sealed>, StoreError> {
    let rows: Vec<SampleRow> = ReadSealedSamples { lifetime: PhantomData }.load(conn)?;
    let sealed = |row: SampleRow| {
        let field = match row.field.as_str() {
            "url" => Field::Url,
            "references" => Field::References,
            _ => Field::Secret,
        };
        let (organisation, webhook) = (row.organisation_id.into(), row.webhook_id.into());
        (Context { organisation, webhook, field }, row.value)
    };
    Ok(rows.into_iter().map(sealed).collect())
}

/// Makes the partitions of log and audit for this month and the next three.
///
/// # Errors
/// [`StoreError`].
pub fn make_partitions(conn: &mut Conn) -> Result<(), StoreError> {
    MakePartitions { lifetime: PhantomData }.execute(conn)?;
    Ok(())
}

/// Deletes a batch of payloads whose time is over, with the response bodies of their exports: those
/// that are over for longest first, whosever they are. Answers how many were looked at. Whoever reads
/// them takes them for gone already.
///
/// # Errors
/// [`StoreError`].
pub fn drop_payloads(conn: &mut Conn) -> Result<usize, StoreError> {
    Ok(DropPayloads { payloads: BATCH, lifetime: PhantomData }.execute(conn)?)
}

/// Finds payloads that are over and that [`drop_payloads`] does not know of, and answers how many: their
/// exports were ended by a process of an earlier version. It walks all payloads that are older than any
/// is kept.
///
/// # Errors
/// [`StoreError`].
pub fn note_payloads(conn: &mut Conn, kept: PayloadRetention) -> Result<usize, StoreError> {
    let kept_s = kept.shortest().as_secs_f64();
    Ok(NotePayloads { kept_s, lifetime: PhantomData }.execute(conn)?)
}

/// Deletes a batch of ended exports that are older than what the log keeps, and answers how many.
///
/// # Errors
/// [`StoreError`].
pub fn drop_exports(conn: &mut Conn, log_retention: Duration) -> Result<usize, StoreError> {
    let kept_s = log_retention.as_secs_f64();
    Ok(DropExports { kept_s, exports: BATCH, lifetime: PhantomData }.execute(conn)?)
}

/// Forgets a batch of idempotency keys after 24 h, and answers how many.
///
/// # Errors
/// [`StoreError`].
pub fn drop_idempotency_keys(conn: &mut Conn) -> Result<usize, StoreError> {
    let kept_s = IDEMPOTENCY_KEYS_KEPT.as_secs_f64();
    Ok(DropIdempotencyKeys { kept_s, keys: BATCH, lifetime: PhantomData }.execute(conn)?)
}

/// Destroys what is sealed of deleted webhooks once nothing is on the wire to them, and their lanes once
/// no job is left. Answers how many of either.
///
/// # Errors
/// [`StoreError`].
pub fn destroy_sealed(conn: &mut Conn) -> Result<usize, StoreError> {
    transaction(conn, |conn| {
        let destroyed = DestroySealed { webhooks: WEBHOOKS, lifetime: PhantomData };
        let destroyed = destroyed.execute(conn)?;
        let dropped = DropLanes { lanes: WEBHOOKS, lifetime: PhantomData }.execute(conn)?;
        Ok(destroyed.max(dropped))
    })
}

/// Destroys a batch of earlier signing secrets once they sign along no more, and answers how many.
///
/// # Errors
/// [`StoreError`].
pub fn drop_secrets(conn: &mut Conn) -> Result<usize, StoreError> {
    Ok(DropSecrets { secrets: BATCH, lifetime: PhantomData }.execute(conn)?)
}

/// Drops the months of log and audit that lie wholly before what is kept (by the database's clock),
/// and answers their names. `DETACH … CONCURRENTLY` cannot run in a transaction, and neither blocks
/// writers nor waits for them while it holds a lock; what an earlier run left half done is finished.
/// The application's role may not: the session goes back to its login role meanwhile.
///
/// # Errors
/// [`StoreError::NotOwner`] where the login role does not own the tables; other [`StoreError`]s.
pub fn drop_partitions(
    conn: &mut Conn,
    log_retention: Duration,
) -> Result<Vec<String>, StoreError> {
    let tables = [("attempts", log_retention), ("audit_events", AUDIT_KEPT)];
    as_login_role(conn, |conn| {
        let mut dropped = Vec::new();
        for (table, kept) in tables {
            dropped.extend(drop_months(conn, table, kept)?);
        }
        Ok(dropped)
    })
}

fn drop_months(
    conn: &mut Conn,
    table: &'static str,
    kept: Duration,
) -> Result<Vec<String>, StoreError> {
    let months = FindOldMonths { table, kept_s: kept.as_secs_f64(), lifetime: PhantomData };
    let months: Vec<OldMonth> = months.load(conn)?;
    // A name is no parameter.
    for OldMonth { name, state } in &months {
        let detach = format!("ALTER TABLE {table} DETACH PARTITION {name}");
        match state.as_str() {
            "attached" => conn.batch_execute(&format!("{detach} CONCURRENTLY"))?,
            "pending" => conn.batch_execute(&format!("{detach} FINALIZE"))?,
            _ => {}
        }
        conn.batch_execute(&format!("DROP TABLE IF EXISTS {name}"))?;
    }
    Ok(months.into_iter().map(|month| month.name).collect())
}

/// Runs `call` with the rights of the session's login role.
fn as_login_role<T>(
    conn: &mut Conn,
    call: impl FnOnce(&mut Conn) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let role: String = CurrentRole { lifetime: PhantomData }.get_result(conn)?;
    conn.batch_execute("RESET ROLE")?;
    let called = call(conn);
    conn.batch_execute(&format!("SET ROLE \"{role}\""))?;
    called.map_err(|error| if error.is_denied() { StoreError::NotOwner } else { error })
}

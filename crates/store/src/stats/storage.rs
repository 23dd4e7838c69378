//! What the gauges of storage show: how large the database is, and how far ahead log and audit have
//! their partitions.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::db::Conn;
use crate::error::StoreError;
use crate::statement::{row, statement};

row!(
    /// The storage at one moment.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Storage {
        /// Bytes of the whole database, its indexes included.
        database_bytes: BigInt => i64,
        /// Months after this one that the log has partitions for.
        attempts_months: BigInt => i64,
        /// Months after this one that the audit has partitions for.
        audit_months: BigInt => i64,
    }
);

statement!(uncached ReadStorage = "storage.sql", () -> named Storage);

/// Looks at it: some milliseconds, for each file of the database is looked at.
///
/// # Errors
/// [`StoreError`].
pub fn storage(conn: &mut Conn) -> Result<Storage, StoreError> {
    Ok(ReadStorage { lifetime: PhantomData }.get_result(conn)?)
}

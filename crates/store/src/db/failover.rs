//! Failover: what was connected to a server that takes no more writes is thrown away as a whole. The
//! first write that is refused for it (SQLSTATE 25006) begins a new generation of links; those of
//! an earlier one are never given out again.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::Bool;

use super::Conn;
use crate::statement::statement;

// So says a standby, too, while it recovers.
statement!(IsReadOnly = "read_only.sql", () -> Bool);

/// Whether the server would refuse to write now.
pub(super) fn is_read_only(conn: &mut Conn) -> QueryResult<bool> {
    IsReadOnly { lifetime: PhantomData }.get_result(conn)
}

/// Counts the failovers that a pool has seen.
#[derive(Debug, Clone, Default)]
pub(super) struct Generations(Arc<AtomicU64>);

impl Generations {
    /// The one that links are made in now.
    pub(super) fn current(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Ends one; nothing happens when it has ended already.
    pub(super) fn end(&self, generation: u64) {
        let next = generation.wrapping_add(1);
        let _ = self.0.compare_exchange(generation, next, Ordering::AcqRel, Ordering::Acquire);
    }

    /// Hears what a link of this generation was told, whoever uses it.
    pub(super) fn heard(&self, generation: u64, error: &DieselError) {
        if was_refused(error) {
            self.end(generation);
        }
    }
}

fn was_refused(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _))
}

//! How a call refuses: whatever it wrote by then is rolled back, and the caller gets a typed
//! reason instead of a failed statement.

use crate::db::{Conflict, Conn, transaction};
use crate::error::StoreError;

/// Why a transaction ended without a result.
pub(crate) enum Halt<R> {
    /// By the rules: the caller is told.
    Refused(R),
    /// By the database.
    Store(StoreError),
}

impl<R> From<StoreError> for Halt<R> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<R> From<diesel::result::Error> for Halt<R> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

impl<R> Conflict for Halt<R> {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// Runs `call` in a transaction that a refusal rolls back.
pub(crate) fn refusable<T, R>(
    conn: &mut Conn,
    call: impl FnMut(&mut Conn) -> Result<T, Halt<R>>,
) -> Result<Result<T, R>, StoreError> {
    match transaction(conn, call) {
        Ok(value) => Ok(Ok(value)),
        Err(Halt::Refused(reason)) => Ok(Err(reason)),
        Err(Halt::Store(error)) => Err(error),
    }
}

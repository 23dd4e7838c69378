//! How a call refuses: whatever it wrote by then is rolled back, and the caller gets a typed
//! reason instead of a failed statement.

use crate::db::{Conn, Remediable, transaction};
use crate::error::StoreError;

/// Why a transaction ended without a result.
pub(crate) enum Abort<R> {
    /// By the rules: the caller is told.
    Refused(R),
    /// By the database.
    Failed(StoreError),
}

impl<R> From<StoreError> for Abort<R> {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl<R> From<diesel::result::Error> for Abort<R> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl<R> Remediable for Abort<R> {
    fn failed(&self) -> Option<&StoreError> {
        match self {
            Self::Refused(_) => None,
            Self::Failed(error) => Some(error),
        }
    }
}

/// Runs `call` in a transaction that a refusal rolls back.
pub(crate) fn refusing_transaction<T, R>(
    conn: &mut Conn,
    call: impl FnMut(&mut Conn) -> Result<T, Abort<R>>,
) -> Result<Result<T, R>, StoreError> {
    match transaction(conn, call) {
        Ok(value) => Ok(Ok(value)),
        Err(Abort::Refused(reason)) => Ok(Err(reason)),
        Err(Abort::Failed(error)) => Err(error),
    }
}

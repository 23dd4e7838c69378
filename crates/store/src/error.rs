//! What can go wrong in the database. Never shown to a client: it may quote rows.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failed call.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No connection or lock in time, or the link broke: the call may be tried again.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The statement failed.
    #[error("the database refused: {0}")]
    Database(#[source] DieselError),
    /// A row holds what this version cannot read.
    #[error("unreadable row: {0}")]
    Unreadable(String),
}

impl StoreError {
    /// Whether the link is at fault rather than the statement or its data.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// The violated constraint, if that is what happened.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Database(DieselError::DatabaseError(_, information)) => {
                information.constraint_name()
            }
            _ => None,
        }
    }

    /// Whether the transaction lost against another one and should be run again at once
    /// (SQLSTATE 40001, 40P01).
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Database(DieselError::DatabaseError(kind, information)) => {
                matches!(kind, DatabaseErrorKind::SerializationFailure)
                    || information.message() == "deadlock detected"
            }
            _ => false,
        }
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::ReadOnlyTransaction,
                _,
            )
            | DieselError::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            DieselError::DatabaseError(_, information)
                if is_link_failure(information.message()) =>
            {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Database(error),
        }
    }
}

/// libpq gives no SQLSTATE to diesel: a broken link and a server that cannot serve now are told
/// by the texts that libpq and Postgres have for them (with `lc_messages` C, which `Db` sets).
fn is_link_failure(message: &str) -> bool {
    const TEXTS: [&str; 17] = [
        "server closed the connection unexpectedly",
        "no connection to the server",
        "could not receive data from server",
        "could not send data to server",
        "terminating connection",
        "connection to server",
        "SSL connection has been closed",
        "the database system is",
        "canceling statement due to statement timeout",
        "canceling statement due to lock timeout",
        // Not the link, but not the data either: it passes, and nothing may be given up for it.
        "No space left on device",
        "could not extend file",
        "could not write",
        "out of memory",
        "out of shared memory",
        "too many clients",
        "prepared statement",
    ];
    message.is_empty() || TEXTS.iter().any(|text| message.contains(text))
}

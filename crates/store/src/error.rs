//! What can go wrong in the database. Never shown to a client: it may quote rows.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::db::Wait;

/// A failed call.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, or the link to it broke: the call may be tried again. The log
    /// is told of it by the pool.
    #[error("the database cannot be reached: {0}")]
    Away(String),
    /// The process waits for something before it uses the database, and tells the log of it.
    #[error("{0}")]
    Waiting(Wait),
    /// No connection, lock or answer in time: the call may be tried again.
    #[error("the database is busy: {0}")]
    Unavailable(String),
    /// The database takes no writes: it is a standby, or was set so. The call may be tried again.
    #[error("the database takes no writes: {0}")]
    ReadOnly(String),
    /// The statement failed.
    #[error("the database refused: {0}")]
    Database(#[source] DieselError),
    /// The actor belongs to no organisation, and the call needs one.
    #[error("the actor belongs to no organisation")]
    NoOrganisation,
    /// The login role does not own the tables.
    #[error(
        "the login role does not own the tables, so that old months stay: grant it the role that \
         `talentats migrate` runs as"
    )]
    NotOwner,
    /// A row holds what this version cannot read.
    #[error("unreadable row: {0}")]
    Unreadable(String),
}

impl StoreError {
    /// Whether the link is at fault rather than the statement or its data.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_)) || self.is_told()
    }

    /// Whether this is an outage of the whole process, which is told to the log already: nobody whom
    /// it hinders has to tell it again.
    pub fn is_told(&self) -> bool {
        matches!(self, Self::Away(_) | Self::Waiting(_) | Self::ReadOnly(_))
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
                    || information.message() == DEADLOCK
            }
            _ => false,
        }
    }

    /// Whether a row had no partition to go to (SQLSTATE 23514 without a constraint's name).
    pub(crate) fn misses_partition(&self) -> bool {
        matches!(self, Self::Database(DieselError::DatabaseError(kind, information))
            if matches!(kind, DatabaseErrorKind::CheckViolation)
                && information.constraint_name().is_none())
    }

    /// Whether the session's role may not do this.
    pub(crate) fn is_denied(&self) -> bool {
        matches!(self, Self::Database(DieselError::DatabaseError(_, information))
            if DENIED.iter().any(|text| information.message().starts_with(text)))
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match Fault::of(&error) {
            Some(Fault::ReadOnly) => Self::ReadOnly(error.to_string()),
            Some(Fault::Away) => Self::Away(error.to_string()),
            Some(Fault::Busy | Fault::Shared) => Self::Unavailable(error.to_string()),
            None => Self::Database(error),
        }
    }
}

/// What is at fault where neither the statement nor its data are: it passes, and nothing may be given
/// up for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The link, or the server.
    Away,
    /// The server takes no writes.
    ReadOnly,
    /// The server has no time or room for this.
    Busy,
    /// A pooler that shares sessions between clients lost what we had prepared.
    Shared,
}

// diesel tells some SQLSTATEs by its own kinds and keeps the others to itself: of those there is
// only Postgres' text (with `lc_messages` C, which `Db` sets).

/// SQLSTATE 40P01.
const DEADLOCK: &str = "deadlock detected";
/// SQLSTATE 42501.
const DENIED: [&str; 2] = ["permission denied", "must be owner of"];

/// SQLSTATE 53100, at the end of what could not be done.
const DISK_FULL: &str = "No space left on device";

/// By the beginning of what the server says, or libpq (which has no SQLSTATE).
const FAULTS: [(&str, &str, Fault); 24] = [
    ("57014", "canceling statement due to statement timeout", Fault::Busy),
    ("55P03", "canceling statement due to lock timeout", Fault::Busy),
    ("53100", "could not extend file", Fault::Busy),
    ("58030", "could not write", Fault::Busy),
    ("53200", "out of memory", Fault::Busy),
    ("53200", "out of shared memory", Fault::Busy),
    ("26000, 42P05", "prepared statement \"", Fault::Shared),
    ("26000", "unnamed prepared statement", Fault::Shared),
    ("08P01", "bind message supplies", Fault::Shared),
    ("57P01", "terminating connection", Fault::Away),
    ("57P03", "the database system is", Fault::Away),
    ("53300", "too many clients", Fault::Away),
    ("53300", "sorry, too many clients", Fault::Away),
    // PgBouncer's own.
    ("08P01", "query_wait_timeout", Fault::Away),
    ("08P01", "server conn crashed", Fault::Away),
    ("08P01", "server login has been failing", Fault::Away),
    ("08P01", "pgbouncer cannot connect to server", Fault::Away),
    // libpq's.
    ("", "connection to server", Fault::Away),
    ("", "no connection to the server", Fault::Away),
    ("", "server closed the connection", Fault::Away),
    ("", "could not receive data from server", Fault::Away),
    ("", "could not send data to server", Fault::Away),
    ("", "SSL connection has been closed", Fault::Away),
    ("", "SSL error", Fault::Away),
];

impl Fault {
    pub(crate) fn of(error: &DieselError) -> Option<Self> {
        let DieselError::DatabaseError(kind, information) = error else {
            let broken = matches!(error, DieselError::BrokenTransactionManager);
            return broken.then_some(Self::Away);
        };
        let told = information.message();
        match kind {
            DatabaseErrorKind::ReadOnlyTransaction => Some(Self::ReadOnly),
            // Of a server that went away, and of a link that broke (diesel asks libpq).
            DatabaseErrorKind::ClosedConnection => Some(Self::Away),
            _ if told.is_empty() => Some(Self::Away),
            _ if told.contains(DISK_FULL) => Some(Self::Busy),
            _ => FAULTS.iter().find(|(_, text, _)| told.starts_with(text)).map(|row| row.2),
        }
    }
}

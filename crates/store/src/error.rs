//! What can go wrong in the database. Never shown to a client: it may quote rows.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failed call.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No connection or lock in time, or the link broke: the call may be tried again.
    #[error("the database cannot be reached: {0}")]
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
        matches!(self, Self::Unavailable(_) | Self::ReadOnly(_))
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
        if let DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) = &error {
            Self::ReadOnly(error.to_string())
        } else if is_passing(&error) {
            Self::Unavailable(error.to_string())
        } else {
            Self::Database(error)
        }
    }
}

// diesel tells some SQLSTATEs by its own kinds and keeps the others to itself: of those there is
// only Postgres' text (with `lc_messages` C, which `Db` sets).

/// SQLSTATE 40P01.
const DEADLOCK: &str = "deadlock detected";
/// SQLSTATE 42501.
const DENIED: [&str; 2] = ["permission denied", "must be owner of"];

/// SQLSTATE 53100, at the end of what could not be done.
const DISK_FULL: &str = "No space left on device";

/// Neither the statement nor its data are at fault: it passes, and nothing may be given up for it.
const PASSING: [(&str, &str); 16] = [
    ("57014", "canceling statement due to statement timeout"),
    ("55P03", "canceling statement due to lock timeout"),
    ("57P01", "terminating connection"),
    ("57P03", "the database system is"),
    ("53100", "could not extend file"),
    ("58030", "could not write"),
    ("53200", "out of memory"),
    ("53200", "out of shared memory"),
    ("53300", "too many clients"),
    // A pooler that shares sessions between clients lost what we had prepared.
    ("26000", "prepared statement"),
    // libpq's own, which have no SQLSTATE: the link could not be made, or broke.
    ("", "connection to server"),
    ("", "no connection to the server"),
    ("", "server closed the connection"),
    ("", "could not receive data from server"),
    ("", "could not send data to server"),
    ("", "SSL connection has been closed"),
];

fn is_passing(error: &DieselError) -> bool {
    match error {
        DieselError::BrokenTransactionManager => true,
        DieselError::DatabaseError(kind, information) => {
            let told = information.message();
            matches!(
                kind,
                // Of a server that went away, and of a link that broke (diesel asks libpq).
                DatabaseErrorKind::ClosedConnection
            ) || told.is_empty()
                || PASSING.iter().any(|(_, text)| told.starts_with(text))
                || told.contains(DISK_FULL)
        }
        _ => false,
    }
}

//! What can go wrong, each as one sentence that says what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why there is no cluster. `Display` is one sentence for the person at the terminal.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// No server binaries were found.
    NotInstalled,
    /// The binaries are of a major version before 14.
    TooOld(String),
    /// The folder was made by a major version that is not installed.
    OtherVersion(u32),
    /// Another process runs this cluster.
    InUse(PathBuf),
    /// The folder belongs to another account, and only root could become it.
    NotOurs(PathBuf),
    /// Postgres refuses to run as root, and no other account can run it.
    NoAccount,
    /// A name that is no plain identifier.
    Name(String),
    /// A program of Postgres failed; its own words.
    Refused(String),
    /// The server gave up while starting; the end of its log.
    Died(String),
    /// A file or folder could not be made or read.
    Io(String, io::Error),
}

impl Error {
    pub(crate) fn io(verb: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let what = format!("{verb} {}", path.display());
        move |error| Self::Io(what, error)
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let oldest = crate::installation::OLDEST;
        match self {
            Self::NotInstalled => write!(
                f,
                "no PostgreSQL server is installed: run script/bootstrap, or set DATABASE_URL to one (version {oldest} or later)"
            ),
            Self::TooOld(version) => write!(
                f,
                "PostgreSQL {version} is too old: install version {oldest} or later, or set DATABASE_URL to one"
            ),
            Self::OtherVersion(major) => write!(
                f,
                "the data folder was made by PostgreSQL {major}, which is not installed: install it, or start over with --fresh"
            ),
            Self::InUse(path) => write!(
                f,
                "{} is in use by another process: stop that one, or choose another data folder",
                path.display()
            ),
            Self::NotOurs(path) => write!(
                f,
                "{} belongs to another account: run as that account or as root, or choose another data folder",
                path.display()
            ),
            Self::NoAccount => f.write_str(
                "PostgreSQL does not run as root and there is no account to run it as: run as an ordinary user, or set DATABASE_URL",
            ),
            Self::Name(name) => write!(
                f,
                "`{name}` is no database name: use lower-case letters, digits and _, at most 63"
            ),
            Self::Refused(words) => write!(f, "PostgreSQL refused: {words}"),
            Self::Died(words) => write!(f, "PostgreSQL did not start: {words}"),
            Self::Io(what, error) => write!(f, "cannot {what}: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, error) => Some(error),
            _ => None,
        }
    }
}

//! A private Postgres cluster from installed binaries: found, initialised, started, stopped.
//! It knows nothing of talentATS. Reached through a Unix socket in a folder that only its
//! user may enter, so it needs no password and no port.

mod account;
mod error;
mod installation;
mod place;
mod server;

use std::path::{Path, PathBuf};

pub use error::Error;
pub use place::remove;

use account::Account;
use installation::Installation;
use server::Server;

/// The superuser of a cluster, who owns its databases.
pub const USER: &str = "postgres";

/// How to run a cluster.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder of the cluster; made when missing. Where the account that runs Postgres cannot
    /// reach it (root's own folders), it becomes a link to a folder under `/var/tmp`.
    pub data_dir: PathBuf,
    /// Whether a commit survives a power cut (fsync). Off only where the data are thrown away.
    pub durable: bool,
    /// Connections that all clients may have together.
    pub max_connections: u16,
}

impl Options {
    /// A cluster in this folder, durable, with 200 connections.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self { data_dir: data_dir.into(), durable: true, max_connections: 200 }
    }
}

/// A running cluster. It stops when this value is dropped, and when this process dies.
#[derive(Debug)]
pub struct Cluster {
    installation: Installation,
    account: Account,
    server: Server,
    socket_dir: PathBuf,
    throwaway: Option<PathBuf>,
    _lock: place::Lock,
}

impl Cluster {
    /// Initialises the cluster when its folder is empty, starts it, and returns once it takes
    /// connections.
    ///
    /// # Errors
    /// One sentence that says what to do: no Postgres installed, too old, another version's
    /// data, the folder in use or not ours, or what the server wrote before it gave up.
    pub fn start(options: &Options) -> Result<Self, Error> {
        let parent = options.data_dir.parent().filter(|parent| !parent.as_os_str().is_empty());
        std::fs::create_dir_all(parent.unwrap_or(Path::new(".")))
            .map_err(Error::io("make", &options.data_dir))?;
        let lock = place::lock(&options.data_dir)?;
        let account = Account::choose(&options.data_dir)?;
        let data_dir = place::data_dir(&options.data_dir, &account)?;
        let installation = Installation::find(place::initialised_by(&data_dir))?;
        if place::initialised_by(&data_dir).is_none() {
            server::initialise(&installation, &account, &data_dir, options.durable)?;
        }
        server::stop_orphan(&installation, &account, &data_dir)?;
        let socket_dir = place::socket_dir(&data_dir, &account)?;
        let server = Server::start(&installation, &account, &data_dir, &socket_dir, options)?;
        Ok(Self { installation, account, server, socket_dir, throwaway: None, _lock: lock })
    }

    /// A cluster for tests in a folder of its own under the system's temporary folder, without
    /// fsync. The folder goes with it; a process that ends without dropping it (a `static`)
    /// leaves the folder to the next one, which removes it.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn throwaway() -> Result<Self, Error> {
        let root = place::throwaway_dir()?;
        let mut cluster =
            Self::start(&Options { durable: false, ..Options::new(root.join("data")) })?;
        cluster.throwaway = Some(root);
        Ok(cluster)
    }

    /// What a libpq client connects to: `postgresql:///<database>?host=<socket folder>&user=…`.
    pub fn url(&self, database: &str) -> String {
        format!("postgresql:///{database}?host={}&user={USER}", self.socket_dir.display())
    }

    /// Makes an empty database (UTF-8), or does nothing when it is there.
    ///
    /// # Errors
    /// [`Error::Refused`] with the server's words.
    pub fn ensure_database(&self, name: &str) -> Result<(), Error> {
        check_name(name)?;
        let known = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
        if self.psql(&known)?.trim() == "1" {
            return Ok(());
        }
        self.psql(&format!("CREATE DATABASE {name}")).map(drop)
    }

    /// Makes a database as a copy of another one, to which nobody may be connected (≈ 0.1 s).
    ///
    /// # Errors
    /// [`Error::Refused`] with the server's words.
    pub fn create_database(&self, name: &str, template: &str) -> Result<(), Error> {
        check_name(name)?;
        check_name(template)?;
        self.psql(&format!("CREATE DATABASE {name} TEMPLATE {template}")).map(drop)
    }

    /// All that a database holds, as `pg_dump` writes it: what a backup is made of.
    ///
    /// # Errors
    /// [`Error::Refused`] with the program's words.
    pub fn dump(&self, database: &str) -> Result<String, Error> {
        check_name(database)?;
        let mut command = self.account.command(&self.installation.binary("pg_dump"));
        command.arg(self.url(database));
        server::output(command)
    }

    /// What the server wrote since it was started.
    ///
    /// # Errors
    /// [`Error::Io`] where its file cannot be read.
    pub fn log(&self) -> Result<String, Error> {
        self.server.log()
    }

    /// Whether the server is still up; it may be stopped from outside.
    pub fn is_running(&self) -> bool {
        self.server.is_running()
    }

    /// Folder of the socket, `.s.PGSQL.5432` in it, for whoever forwards connections.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// Version of the server, for example `15.18`.
    pub fn version(&self) -> &str {
        &self.installation.version
    }

    /// Ends open transactions, writes everything to disk and stops: what dropping it does too.
    pub fn stop(self) {}

    /// Stops at once, as a crash would: nothing is written out, and the next start recovers from
    /// the log (`pg_ctl stop -m immediate`). For tests of what survives it.
    pub fn stop_immediately(mut self) {
        self.server.stop_immediately(&self.installation, &self.account);
    }

    fn psql(&self, sql: &str) -> Result<String, Error> {
        let mut command = self.account.command(&self.installation.binary("psql"));
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql]);
        command.arg(self.url(USER));
        server::output(command)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.server.stop(&self.installation, &self.account);
        if let Some(root) = &self.throwaway {
            place::remove_throwaway(root);
        }
        place::forget_socket_dir(&self.socket_dir);
    }
}

fn check_name(name: &str) -> Result<(), Error> {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() || name.len() > 63 || !name.bytes().all(legal) {
        return Err(Error::Name(name.to_owned()));
    }
    Ok(())
}

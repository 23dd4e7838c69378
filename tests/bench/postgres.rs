//! A private Postgres with fsync on, its databases, and questions to them through psql: the
//! product's own crates offer no way around their functions.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use localpg::Cluster;
use support::database::open_folder;
use support::settings;
use tempfile::TempDir;

use crate::cpu::Group;
use crate::options::Options;

/// A cluster of its own, which goes with its data when dropped.
pub struct Postgres {
    cluster: Option<Cluster>,
    folder: TempDir,
    binary: PathBuf,
}

/// A database of it.
#[derive(Debug, Clone)]
pub struct Database {
    /// What `DATABASE_URL` is set to.
    pub url: String,
}

impl Postgres {
    /// Starts it for the binary under test. Where the data lies: the system's temporary folder, or
    /// `/var/tmp` for root.
    pub fn start(options: &Options) -> Self {
        let binary = options.binary.clone();
        let mut postgres = Self { cluster: None, folder: open_folder(), binary };
        postgres.restart(true);
        postgres
    }

    /// Starts it (again), durable or, to load data, not.
    pub fn restart(&mut self, durable: bool) {
        self.cluster = None;
        let options =
            localpg::Options { durable, ..localpg::Options::new(self.folder.path().join("data")) };
        self.cluster = Some(Cluster::start(&options).expect("a private Postgres"));
    }

    /// The binary under test.
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// A new database with the schema of the binary under test.
    pub fn database(&self) -> Database {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("bench_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.cluster().ensure_database(&name).expect("a database");
        let url = self.cluster().url(&name);
        let migrate = Command::new(&self.binary)
            .arg("migrate")
            .env_clear()
            .envs(settings::of_database(&url))
            .output();
        let migrate = migrate.expect("the binary under test");
        assert!(migrate.status.success(), "{}", String::from_utf8_lossy(&migrate.stderr));
        Database { url }
    }

    /// Its processes.
    pub fn processes(&self) -> Group {
        Group::of_postgres(self.cluster())
    }

    fn cluster(&self) -> &Cluster {
        self.cluster.as_ref().expect("a running cluster")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.cluster = None;
        if let Err(error) = localpg::remove(&self.folder.path().join("data")) {
            println!("the data of the private Postgres stays behind: {error}");
        }
    }
}

impl Database {
    /// Runs SQL; what it printed.
    pub fn sql(&self, sql: &str) -> String {
        let mut session = self.session();
        session.say(sql);
        session.end()
    }

    /// The one number that a query answers; NaN for null.
    pub fn number(&self, query: &str) -> f64 {
        let answer = self.sql(query);
        let answer = answer.trim();
        if answer.is_empty() { f64::NAN } else { answer.parse().expect("a number") }
    }

    /// Opens a session that stays until it is ended.
    pub fn session(&self) -> Session {
        let psql = Command::new("psql")
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", &self.url])
            .env("PGOPTIONS", "-c client_min_messages=warning")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("psql is installed");
        Session(Some(psql))
    }

    /// Fresh statistics, no dead rows, nothing left to write: the same start for every run.
    pub fn settle(&self) {
        self.sql("VACUUM ANALYZE");
        self.sql("CHECKPOINT");
    }
}

/// A psql.
pub struct Session(Option<Child>);

impl Session {
    /// Sends SQL without waiting for it.
    pub fn say(&mut self, sql: &str) {
        let stdin = self.0.as_mut().and_then(|psql| psql.stdin.as_mut()).expect("a pipe");
        stdin.write_all(sql.as_bytes()).expect("psql reads");
        stdin.write_all(b"\n;\n").expect("psql reads");
        stdin.flush().expect("psql reads");
    }

    /// Waits until it has done all; what it printed.
    pub fn end(mut self) -> String {
        let mut psql = self.0.take().expect("a running psql");
        drop(psql.stdin.take());
        let output = psql.wait_with_output().expect("psql ends");
        assert!(output.status.success(), "psql failed");
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(mut psql) = self.0.take() {
            // A benchmark that breaks off: whether it ended by itself does not matter.
            let _ = psql.kill();
            let _ = psql.wait();
        }
    }
}

//! A whole installation for one measurement: a database of its own with organisations, and the
//! processes of the binary with their default settings, but for loopback receivers over http.

use std::path::PathBuf;

use support::process::{Env, Process};
use support::settings;
use support::world::Api;
use tempfile::TempDir;

use crate::load::Callers;
use crate::postgres::{Database, Postgres};
use crate::tenants::add_organisations;

/// Makes a process leave when its stdin closes, which it does however this process ends.
const LIFELINE: &str = "--exit-with-stdin";

/// What tests shorten and benchmarks leave as it is in production.
const SHORTENED: [&str; 4] = ["RETRY_SCHEDULE", "REQUEST_TIMEOUT", "LEASE", "HEARTBEAT"];

/// A database and what runs on it; its processes end with it.
pub struct Installation {
    /// Its database.
    pub database: Database,
    /// Running workers.
    pub workers: Vec<Process>,
    api: Option<Api>,
    binary: PathBuf,
    env: Env,
    _folder: TempDir,
}

impl Installation {
    /// A database with the organisations of [`crate::tenants`], and no process yet.
    pub fn new(postgres: &Postgres) -> Self {
        let database = postgres.database();
        add_organisations(&database);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut env = settings::of_world(&database.url, folder.path());
        env.retain(|name, _| !SHORTENED.contains(&name.as_str()));
        let binary = postgres.binary().to_owned();
        Self { database, workers: Vec::new(), api: None, binary, env, _folder: folder }
    }

    /// Sets a variable for the processes that start from now on.
    pub fn set_env(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    /// Starts one more worker, and waits for nothing.
    pub fn start_worker(&mut self) {
        let worker = Process::start("worker", &self.binary, &["worker", LIFELINE], &self.env);
        self.workers.push(worker);
    }

    /// Starts the API, or starts it anew.
    pub async fn start_api(&mut self) {
        self.api = None;
        self.api = Some(Api::start(&self.binary, &self.env).await);
    }

    /// The running API.
    pub fn api(&self) -> &Api {
        self.api.as_ref().expect("a started API")
    }

    /// Recruiters of all organisations, with people to export.
    pub async fn callers(&self, people: usize) -> Callers {
        Callers::import(&self.api().anonymous(), &self.database, people).await
    }

    /// Whether a subcommand of the binary says that it takes this setting.
    pub fn takes_setting(&self, subcommand: &str, setting: &str) -> bool {
        let help = std::process::Command::new(&self.binary).args([subcommand, "--help"]).output();
        let help = help.expect("the binary under test").stdout;
        String::from_utf8_lossy(&help).contains(setting)
    }
}

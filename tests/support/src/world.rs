//! A whole installation for one test: a database of its own, `talentats api`, workers, two
//! organisations with people, and ports for receivers that webhooks may have.

mod builder;
mod organisation;

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use url::Url;

use crate::client::{Calls, Client};
use crate::database::{Database, OwnCluster};
use crate::process::{Env, Process};
use crate::receiver::{DEADLINE, Receiver};
use crate::settings;

pub use builder::Builder;
pub use organisation::{Organisation, Webhook, ask_for_export, id_of};

/// How many receivers a world can have.
const PORTS: usize = 4;
/// Makes a process leave when its stdin closes, which it does however this process ends.
const LIFELINE: &str = "--exit-with-stdin";
/// How often a state that only polling shows is read.
const POLL: std::time::Duration = std::time::Duration::from_millis(50);

/// An API process and its address.
#[derive(Debug)]
pub struct Api {
    /// The process.
    pub process: Process,
    /// `http://127.0.0.1:PORT/`.
    pub url: Url,
}

impl Api {
    /// Starts one and waits until it says where it listens.
    pub async fn start(binary: &Path, env: &Env) -> Self {
        let mut process = Process::start("api", binary, &["api", LIFELINE], env);
        let url = process.wait_for(address_in).await;
        Self { process, url }
    }

    /// A caller without a token.
    pub fn anonymous(&self) -> Client {
        Client::anonymous(self.url.clone(), Calls::default())
    }
}

/// The installation. Its processes end with it.
#[derive(Debug)]
pub struct World {
    /// The API.
    pub api: Api,
    /// The workers, in the order of their start.
    pub workers: Vec<Process>,
    /// The organisation of most stories.
    pub northwind: Organisation,
    /// Another one, which must never notice.
    pub contoso: Organisation,
    /// The support desk.
    pub support: Client,
    /// Nobody: a caller without a token.
    pub anonymous: Client,
    /// The Postgres that this test may stop, if it asked for one.
    pub cluster: Option<OwnCluster>,
    binary: PathBuf,
    env: Env,
    ports: Vec<TcpListener>,
    calls: Calls,
    covers: &'static [&'static str],
    _folder: TempDir,
}

impl World {
    /// A world of processes of this binary (`env!("CARGO_BIN_EXE_talentats")`).
    pub fn builder(binary: &str) -> Builder {
        let binary = PathBuf::from(binary);
        Builder::new(binary)
    }

    fn new(binary: PathBuf, env: Env, api: Api, database: Database, folder: TempDir) -> Self {
        let calls = Calls::default();
        let anonymous = Client::anonymous(api.url.clone(), calls.clone());
        let organisation = |id| Organisation::new(&anonymous, id);
        let northwind = organisation(database.template.northwind);
        let contoso = organisation(database.template.contoso);
        let support = anonymous.with_token(settings::identity().token("support", "Sue", None));
        let (cluster, ports, workers) = (None, Vec::new(), Vec::new());
        let covers = &[];
        Self {
            api,
            workers,
            northwind,
            contoso,
            support,
            anonymous,
            cluster,
            binary,
            env,
            ports,
            calls,
            covers,
            _folder: folder,
        }
    }

    /// Starts one more worker and waits until it is at work.
    pub async fn start_worker(&mut self) {
        let mut worker = self.worker(&self.env);
        worker.wait_for(|line| line.contains("worker starts").then_some(())).await;
        self.workers.push(worker);
    }

    /// One more worker, which need not get to work.
    pub fn worker(&self, env: &Env) -> Process {
        Process::start("worker", &self.binary, &["worker", LIFELINE], env)
    }

    /// A receiver on one of the ports that webhooks of this world may have.
    pub fn receiver(&mut self) -> Receiver {
        Receiver::on(self.ports.pop().expect("no more than PORTS receivers a world"))
    }

    /// A port that webhooks may have and where nobody listens.
    pub fn closed_port(&mut self) -> u16 {
        let listener = self.ports.pop().expect("no more than PORTS receivers a world");
        listener.local_addr().expect("a bound socket has an address").port()
    }

    /// Reads an export until `ended` likes it; fails with the last answer at the deadline.
    pub async fn until(
        &self,
        client: &Client,
        export: &str,
        ended: impl Fn(&Value) -> bool,
    ) -> Value {
        let mut tick = tokio::time::interval(POLL);
        let mut last = Value::Null;
        let reached = tokio::time::timeout(DEADLINE, async {
            loop {
                tick.tick().await;
                last = client.get("/v1/exports/{id}").id(export).await.expect(200);
                if ended(&last) {
                    return;
                }
            }
        });
        if reached.await.is_err() {
            panic!("the export stays like this: {last:#}");
        }
        last
    }

    /// Reads an export until it has this status, also while the API has no database.
    pub async fn until_ready(&self, client: &Client, export: &str, status: &str) -> Value {
        let mut tick = tokio::time::interval(POLL);
        let back = tokio::time::timeout(DEADLINE, async {
            while self.anonymous.get("/readyz").await.status != 200 {
                tick.tick().await;
            }
        });
        back.await.expect("the API finds its database again");
        self.until_status(client, export, status).await
    }

    /// Reads an export until it has this status.
    pub async fn until_status(&self, client: &Client, export: &str, status: &str) -> Value {
        self.until(client, export, |export| export["status"] == status).await
    }

    /// The attempts of an export, first try first.
    pub async fn attempts(&self, client: &Client, export: &str) -> Vec<Value> {
        let log = client.get("/v1/exports/{id}/attempts").id(export).await;
        let mut attempts = log.items();
        attempts.sort_by_key(|attempt| attempt["attempt_number"].as_u64());
        attempts
    }

    /// Sets a variable for the processes that start from now on.
    pub fn set_env(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    /// The environment of this world's processes.
    pub fn env(&self) -> &Env {
        &self.env
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let missing = self.calls.missing(self.covers);
            assert!(missing.is_empty(), "covered by name, but never called: {missing:?}");
        }
    }
}

/// The API's line "api listens on http://127.0.0.1:PORT".
fn address_in(line: &str) -> Option<Url> {
    let (_, address) = line.split_once("api listens on ")?;
    Url::parse(address.split_whitespace().next()?).ok()
}

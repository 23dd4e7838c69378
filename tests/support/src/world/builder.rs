//! What a world is made of, told before it starts.

use std::net::TcpListener;
use std::path::PathBuf;

use super::{Api, PORTS, World};
use crate::database::{self, OwnCluster};
use crate::process::Env;
use crate::settings;

/// What a world is made of; `start` makes it.
#[derive(Debug)]
pub struct Builder {
    binary: PathBuf,
    env: Env,
    without: Vec<String>,
    workers: usize,
    /// Of a Postgres of its own, how many connections it has.
    own_cluster: Option<u16>,
    password: Option<String>,
    covers: &'static [&'static str],
}

impl Builder {
    pub(super) fn new(binary: PathBuf) -> Self {
        let (env, without) = (Env::new(), Vec::new());
        let (own_cluster, password) = (None, None);
        Self { binary, env, without, workers: 1, own_cluster, password, covers: &[] }
    }

    /// Sets a variable for all processes.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Takes a variable away from all processes.
    #[must_use]
    pub fn without_env(mut self, name: &str) -> Self {
        self.without.push(name.to_owned());
        self
    }

    /// How many workers to start with (1).
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// Gives the world a Postgres that it may stop.
    #[must_use]
    pub fn own_cluster(self) -> Self {
        self.max_connections(200)
    }

    /// The same, with so many connections for all processes together.
    #[must_use]
    pub fn max_connections(mut self, connections: u16) -> Self {
        self.own_cluster = Some(connections);
        self
    }

    /// Gives all processes the database's URL with this password in it, which Postgres does not ask for.
    #[must_use]
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// Promises that this test sees each of these operations succeed; the world checks it at its
    /// end.
    #[must_use]
    pub fn covers(mut self, operations: &'static [&'static str]) -> Self {
        self.covers = operations;
        self
    }

    /// Starts everything.
    pub async fn start(self) -> World {
        let (cluster, mut database) = if let Some(connections) = self.own_cluster {
            let (cluster, database) = OwnCluster::start(&self.binary, connections).await;
            (Some(cluster), database)
        } else {
            (None, database::database(&self.binary).await)
        };
        if let Some(password) = &self.password {
            let user = format!("postgresql://{}:{password}@/", localpg::USER);
            database.url = database.url.replacen("postgresql:///", &user, 1);
        }
        let ports: Vec<_> = (0..PORTS).map(|_| free_port()).collect();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut env = settings::of_world(&database.url, folder.path());
        env.insert("ALLOW_PORTS".to_owned(), port_list(&ports));
        env.extend(self.env);
        env.retain(|name, _| !self.without.contains(name));
        let api = Api::start(&self.binary, &env).await;
        let mut world = World::new(self.binary, env, api, database, folder);
        (world.cluster, world.ports, world.covers) = (cluster, ports, self.covers);
        for _ in 0..self.workers {
            world.start_worker().await;
        }
        world
    }
}

fn free_port() -> TcpListener {
    TcpListener::bind(("127.0.0.1", 0)).expect("a free port")
}

fn port_list(ports: &[TcpListener]) -> String {
    let port = |listener: &TcpListener| listener.local_addr().map(|address| address.port());
    let ports: Result<Vec<_>, _> = ports.iter().map(port).collect();
    let ports = ports.expect("a bound socket has an address");
    ports.iter().map(u16::to_string).collect::<Vec<_>>().join(",")
}

//! Databases for worlds: one private cluster per test process, and in it one database per world,
//! copied from a template that has the schema, two organisations and their people.

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use localpg::{Cluster, Options};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::template::{self, Template};

/// The template's name in the shared cluster.
const TEMPLATE: &str = "template_world";

/// A database of its own, migrated and filled.
#[derive(Debug)]
pub struct Database {
    /// What `DATABASE_URL` is set to.
    pub url: String,
    /// Who lives in it.
    pub template: Template,
}

/// The next free database in the cluster of this process, which the first call starts. The
/// cluster lives in a static, which is never dropped: it stops with this process by the
/// parent-death signal, and the next run removes its folder.
pub async fn database(binary: &Path) -> Database {
    static FILLED: OnceCell<Template> = OnceCell::const_new();
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let cluster = blocking(shared_cluster).await;
    let filled = FILLED.get_or_init(|| async {
        blocking(move || cluster.ensure_database(TEMPLATE)).await.expect("a template database");
        template::fill(binary, &cluster.url(TEMPLATE)).await
    });
    let template = filled.await.clone();
    let name = format!("world_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let url = cluster.url(&name);
    blocking(move || cluster.create_database(&name, TEMPLATE)).await.expect("a copied database");
    Database { url, template }
}

fn shared_cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| Cluster::throwaway().expect("a Postgres cluster for tests"))
}

/// A cluster that one test has to itself, to stop it and to start it again.
#[derive(Debug)]
pub struct OwnCluster {
    cluster: Option<Cluster>,
    folder: TempDir,
    max_connections: u16,
}

impl OwnCluster {
    /// Starts it, with a migrated and filled database.
    pub async fn start(binary: &Path, max_connections: u16) -> (Self, Database) {
        let folder = open_folder();
        let mut own = Self { cluster: None, folder, max_connections };
        own.resume().await;
        own.running().ensure_database(TEMPLATE).expect("an empty database");
        let url = own.running().url(TEMPLATE);
        let template = template::fill(binary, &url).await;
        (own, Database { url, template })
    }

    /// All that its database holds, as a backup has it.
    pub fn dump(&self) -> String {
        self.running().dump(TEMPLATE).expect("a dump")
    }

    /// What the server wrote since it was started.
    pub fn log(&self) -> String {
        self.running().log().expect("the server's log")
    }

    fn running(&self) -> &Cluster {
        self.cluster.as_ref().expect("a running cluster")
    }

    /// Stops Postgres; what is connected is cut off.
    pub async fn stop(&mut self) {
        let cluster = self.cluster.take().expect("a running cluster");
        blocking(move || cluster.stop()).await;
    }

    /// Starts Postgres again on the same data and the same socket.
    pub async fn resume(&mut self) {
        let max_connections = self.max_connections;
        let data_dir = self.folder.path().join("data");
        let options = Options { durable: false, max_connections, ..Options::new(data_dir) };
        let started = blocking(move || Cluster::start(&options)).await;
        self.cluster = Some(started.expect("a Postgres cluster for tests"));
    }
}

impl Drop for OwnCluster {
    fn drop(&mut self) {
        // Before its folder goes.
        self.cluster = None;
    }
}

/// A temporary folder that the account which runs Postgres may pass through.
pub fn open_folder() -> TempDir {
    use std::os::unix::fs::PermissionsExt;
    let open = std::fs::Permissions::from_mode(0o755);
    tempfile::Builder::new().prefix("own-cluster-").permissions(open).tempdir().expect("a folder")
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("the work does not panic")
}

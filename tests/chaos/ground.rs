//! What all rounds stand on: a private Postgres with fsync on, and in it a template with the
//! schema and some organisations, of which each round gets a copy.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use localpg::{Cluster, Options};
use support::settings::{self, identity};
use support::{Client, people};

/// Organisations: 50 webhooks is the most that one may have.
pub const ORGANISATIONS: usize = 4;
/// People of each organisation's one vacancy; the last one is marked.
const PEOPLE: usize = 30;
const TEMPLATE: &str = "template_chaos";
/// First name of the marked person: a build with crash points panics over the payload.
pub const MARK: &str = "Panic-In-The-Sender";

/// The cluster. It stops when dropped.
pub struct Ground {
    cluster: Mutex<Option<Cluster>>,
    data_dir: PathBuf,
    socket_dir: PathBuf,
    /// Ids of the organisations.
    pub organisations: Vec<String>,
}

impl Ground {
    /// Starts a cluster in this folder and fills the template with this binary.
    pub async fn prepare(data_dir: PathBuf, binary: &Path) -> Self {
        let cluster = start(&data_dir);
        let socket_dir = cluster.socket_dir().to_owned();
        cluster.ensure_database(TEMPLATE).expect("a database");
        let url = cluster.url(TEMPLATE);
        let organisations = fill(binary, &url).await;
        Self { cluster: Mutex::new(Some(cluster)), data_dir, socket_dir, organisations }
    }

    /// A copy of the template; its name.
    pub fn database(&self) -> String {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("chaos_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.with(|cluster| cluster.create_database(&name, TEMPLATE).expect("a copied database"));
        name
    }

    /// Where the socket is.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// A way to a database that no proxy disturbs.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgresql:///{database}?host={}&user={}",
            self.socket_dir.display(),
            localpg::USER
        )
    }

    /// Runs SQL; what it printed.
    pub fn psql(&self, database: &str, sql: &str) -> String {
        self.run(database, sql).unwrap_or_else(|said| panic!("{sql}: {said}"))
    }

    /// Runs SQL that may well fail; what Postgres said against it.
    pub fn refusal(&self, database: &str, sql: &str) -> Option<String> {
        self.run(database, sql).err()
    }

    fn run(&self, database: &str, sql: &str) -> Result<String, String> {
        let output = Command::new("psql")
            .args(["-XqAt", "-v", "ON_ERROR_STOP=1", &self.url(database), "-c", sql])
            .output()
            .expect("psql is installed");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// Ends Postgres as a crash would, and starts it again, which recovers.
    pub fn crash(&self) {
        let mut cluster = self.cluster.lock().expect("nobody panics with it");
        cluster.take().expect("a running cluster").stop_immediately();
        *cluster = Some(start(&self.data_dir));
    }

    /// Starts Postgres again if it gave up.
    pub fn revive(&self) {
        let mut cluster = self.cluster.lock().expect("nobody panics with it");
        if !cluster.as_ref().is_some_and(Cluster::is_running) {
            drop(cluster.take());
            *cluster = Some(start(&self.data_dir));
        }
    }

    /// Which Postgres.
    pub fn version(&self) -> String {
        self.with(|cluster| cluster.version().to_owned())
    }

    fn with<T>(&self, work: impl FnOnce(&Cluster) -> T) -> T {
        work(self.cluster.lock().expect("nobody panics with it").as_ref().expect("running"))
    }
}

fn start(data_dir: &Path) -> Cluster {
    let options = Options::new(data_dir);
    Cluster::start(&options).unwrap_or_else(|error| panic!("{error}"))
}

/// Migrates, and gives each organisation a vacancy with people.
async fn fill(binary: &Path, url: &str) -> Vec<String> {
    let env = settings::of_database(url);
    support::run(binary, &["migrate"], &env).await;
    let folder = tempfile::tempdir().expect("a folder");
    let env = settings::of_world(url, folder.path());
    let mut api = support::world::Api::start(binary, &env).await;
    let mut organisations = Vec::new();
    for number in 0..ORGANISATIONS {
        let name = format!("Organisation {number}");
        let said = support::run(binary, &["organisation", "add", &name], &env).await;
        let id = said.split_whitespace().find(|word| uuid::Uuid::parse_str(word).is_ok());
        let id = id.unwrap_or_else(|| panic!("no id in {said}")).to_owned();
        let admin = identity().token("org_admin", "Ann", Some(&id));
        import(&api.anonymous().with_token(admin)).await;
        organisations.push(id);
    }
    api.process.kill().await;
    organisations
}

async fn import(admin: &Client) {
    let mut lines = people::vacancy_with_people("V-1", 0..PEOPLE);
    // After the vacancy come the people: the last of them bears the mark.
    lines[PEOPLE]["first_name"] = MARK.into();
    let lines = people::ndjson(&lines);
    admin.post("/v1/import").bytes("application/x-ndjson", lines).await.expect(200);
}

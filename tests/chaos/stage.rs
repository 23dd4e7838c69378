//! One round: a fresh database, `talentats api`, workers behind two links of their own, a
//! receiver, clients, and a watch over it all.

mod drain;
mod targets;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use store::{Db, DbConfig};
use support::Process;
use support::process::Env;
use support::proxy::Proxy;
use support::settings;
use support::world::Api;
use tempfile::TempDir;
use uuid::Uuid;

use crate::ground::Ground;
use crate::load::{Amount, Clients, Load, Target};
use crate::receiver::{Manner, Receiver};
use crate::watch::{Sides, Watch};

/// Makes a process leave when its stdin closes, which it does however this one ends.
pub const LIFELINE: &str = "--exit-with-stdin";
/// Exports that a webhook has when it is deleted.
const DOOMED: usize = 20;
/// Delays between tries: short, and enough of them that nothing gives up.
const DELAY: Duration = Duration::from_millis(200);
const TRIES: usize = 40;
/// Shortest wait after a try that may have arrived.
const AMBIGUOUS_DELAY: Duration = Duration::from_millis(600);

/// How a round is set up.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The binary under test.
    pub binary: PathBuf,
    /// Workers.
    pub workers: usize,
    /// Lease of their jobs.
    pub lease: Duration,
    /// Webhooks, and so lanes; one more is deleted in mid-round.
    pub webhooks: usize,
    /// More settings.
    pub env: Vec<(&'static str, String)>,
}

impl Plan {
    /// Four workers with a lease of 2 s over 40 webhooks.
    pub fn of(binary: &std::path::Path) -> Self {
        let lease = Duration::from_secs(2);
        Self { binary: binary.to_owned(), workers: 4, lease, webhooks: 40, env: Vec::new() }
    }
}

/// The round.
pub struct Stage {
    /// What it stands on.
    pub ground: Arc<Ground>,
    /// Its database.
    pub database: String,
    /// How it was set up.
    pub plan: Plan,
    /// Whom it sends to.
    pub receiver: Arc<Receiver>,
    /// Who asks.
    pub clients: Arc<Clients>,
    /// Who looks.
    pub watch: Watch,
    /// Before the API's database.
    pub api_link: Proxy,
    /// Before the workers' database: even workers use the first, odd ones the second.
    pub links: [Proxy; 2],
    /// The API.
    pub api: Api,
    /// The workers.
    pub workers: Vec<Process>,
    db: Db,
    env: Env,
    doomed: (Target, String),
    hurried: HashSet<(Uuid, i32)>,
    begun: Instant,
    _folder: TempDir,
}

impl Stage {
    /// Sets everything up.
    pub async fn set(ground: &Arc<Ground>, plan: Plan) -> Self {
        let database = ground.database();
        let db = Db::new(&DbConfig::new(ground.url(&database), 2)).expect("an address");
        let link = || Proxy::start(ground.socket_dir().to_owned());
        let (api_link, links) = (link().await, [link().await, link().await]);
        let folder = tempfile::tempdir().expect("a folder");
        let mut env = settings::of_world("", folder.path());
        env.extend(settings_of(&plan));
        let own = [("DATABASE_URL", api_link.url(&database, localpg::USER)), ("API_ADDR", free())];
        let api_env: Env = with(&env, own);
        let api = Api::start(&plan.binary, &api_env).await;
        let receiver = Arc::new(Receiver::start().await);
        let (clients, doomed) = targets::register(ground, &database, &api, &receiver, &plan).await;
        env.insert("API_ADDR".to_owned(), api_env["API_ADDR"].clone());
        let sides = Sides {
            receiver: receiver.clone(),
            clients: clients.clone(),
            schedule: schedule(),
            ambiguous_delay: AMBIGUOUS_DELAY,
            sql: asks(ground, &database),
        };
        let watch = Watch::start(db.clone(), sides);
        let (workers, hurried) = (Vec::new(), HashSet::new());
        let ground = Arc::clone(ground);
        let begun = Instant::now();
        let mut stage = Self {
            ground,
            database,
            plan,
            receiver,
            clients,
            watch,
            api_link,
            links,
            api,
            workers,
            db,
            env,
            doomed,
            hurried,
            begun,
            _folder: folder,
        };
        for _ in 0..stage.plan.workers {
            let worker = stage.start_worker(&[]);
            stage.workers.push(worker);
        }
        for worker in &mut stage.workers {
            worker.wait_for(at_work).await;
        }
        stage
    }

    /// Starts a worker and waits until it is at work.
    pub async fn worker(&self) -> Process {
        let mut worker = self.start_worker(&[]);
        worker.wait_for(at_work).await;
        worker
    }

    /// Starts a worker with more settings, and does not wait.
    pub fn start_worker(&self, more: &[(&'static str, String)]) -> Process {
        Process::start("worker", &self.plan.binary, &["worker", LIFELINE], &self.worker_env(more))
    }

    /// The environment of the next worker.
    pub fn worker_env(&self, more: &[(&'static str, String)]) -> Env {
        let link = &self.links[self.workers.len() % self.links.len()];
        let url = link.url(&self.database, localpg::USER);
        let more = more.iter().cloned();
        with(&self.env, more.chain([("DATABASE_URL", url)]))
    }

    /// Kills a worker and puts a new one in its place.
    pub async fn replace_worker(&mut self, index: usize) {
        self.workers[index].kill().await;
        let worker = self.worker().await;
        self.workers[index] = worker;
    }

    /// Kills the API, and starts it again at the same address.
    pub async fn replace_api(&mut self) {
        self.api.process.kill().await;
        let url = self.api_link.url(&self.database, localpg::USER);
        let env = with(&self.env, [("DATABASE_URL", url)]);
        self.api = Api::start(&self.plan.binary, &env).await;
    }

    /// Sets clients to work, with a receiver that has a bad day.
    pub fn load(&self, amount: Amount) -> Load {
        self.load_in(Manner::MOODY, amount)
    }

    /// The same, with a receiver in another mood.
    pub fn load_in(&self, manner: Manner, amount: Amount) -> Load {
        self.receiver.set(manner);
        Load::start(&self.clients, amount)
    }

    /// Exports to the webhook that was registered for it, and deletes it with what waits.
    pub async fn delete_one_webhook(&self) {
        let (target, admin) = &self.doomed;
        for number in 0..DOOMED {
            self.clients.export_to(target, &format!("doomed-{number}"), 0).await;
        }
        self.clients.delete(target, admin).await;
    }

    /// How many jobs each process has under lease, by its id.
    pub async fn leased_by(&self, pid: u32) -> usize {
        let prefix = format!("{pid}-");
        let queue = self.db.run(store::invariants::queue).await;
        let jobs = queue.map(|queue| queue.jobs).unwrap_or_default();
        let theirs = jobs.iter().filter_map(|job| job.worker.as_deref());
        theirs.filter(|worker| worker.starts_with(&prefix)).count()
    }

    /// Waits until a worker has jobs under lease; false when it has none for 10 s.
    pub async fn until_busy(&self, pid: u32, jobs: usize) -> bool {
        for _ in 0..500 {
            if self.leased_by(pid).await >= jobs {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }

    /// Since it was set up.
    pub fn took(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Runs SQL on its database.
    pub fn sql(&self, sql: &str) -> String {
        self.ground.psql(&self.database, sql)
    }
}

/// The delay before each try.
fn schedule() -> Vec<Duration> {
    let mut schedule = vec![Duration::ZERO];
    schedule.extend([DELAY; TRIES]);
    schedule
}

fn asks(ground: &Arc<Ground>, database: &str) -> Arc<dyn Fn(&str) -> String + Send + Sync> {
    let (ground, database) = (Arc::clone(ground), database.to_owned());
    Arc::new(move |sql| ground.psql(&database, sql))
}

/// Whether a line says that the worker is at work.
pub fn at_work(line: &str) -> Option<()> {
    line.contains("worker starts").then_some(())
}

fn settings_of(plan: &Plan) -> Env {
    let tries: Vec<_> = schedule().iter().map(|delay| format!("{}ms", delay.as_millis())).collect();
    let settings = [
        ("RETRY_SCHEDULE", tries.join(",")),
        ("AMBIGUOUS_DELAY", format!("{}ms", AMBIGUOUS_DELAY.as_millis())),
        ("LEASE", format!("{}ms", plan.lease.as_millis())),
        ("REQUEST_TIMEOUT", "2s".to_owned()),
        ("SHUTDOWN_GRACE", "2s".to_owned()),
        ("RUST_LOG", "info,actix_web=warn,tracing_actix_web=warn".to_owned()),
    ];
    with(&Env::new(), settings.into_iter().chain(plan.env.iter().cloned()))
}

fn with(env: &Env, more: impl IntoIterator<Item = (&'static str, String)>) -> Env {
    let mut env = env.clone();
    env.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
    env
}

/// An address that nobody listens on now; the API keeps it over its restarts.
fn free() -> String {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("bound").to_string()
}

//! Gate: whether calls of a process may use the database yet, and what the log is told of it. Each
//! process has one, which all of its pools share.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::result::Error as DieselError;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::look::{Found, Unsuitable, look};
use super::{Conn, DbConfig, reason};
use crate::error::{Fault, StoreError};
use crate::outage::Outage;

/// How soon it is looked again while something is missing.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How long a look may take before that is told: behind a pooler it may wait for long.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a process waits for before it uses the database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wait {
    /// The first look at the database.
    #[error("the database was not looked at yet")]
    Look,
    /// A Postgres that answers.
    #[error("the database cannot be reached: {0}")]
    Postgres(String),
    /// A Postgres that is new enough.
    #[error("Postgres {0} is too old: version 14 or newer is needed")]
    Newer(String),
    /// Another way to Postgres.
    #[error("{0}")]
    Pooler(Unsuitable),
    /// The migrations of this version.
    #[error("the database lacks migrations of this version: run `talentats migrate`")]
    Migrations,
}

/// The gate of a process; a clone is the same one.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    wait: watch::Sender<Option<Wait>>,
    /// Connections that all clients may have together; 0: not known.
    max_connections: AtomicU32,
    postgres: Outage,
    connections: Outage,
    writes: Outage,
    pooler: Outage,
    migrations: Outage,
    works: Mutex<BTreeMap<&'static str, Outage>>,
}

impl Gate {
    /// One that lets everything pass: for commands, and until a link finds an unsuitable pooler.
    pub fn open() -> Self {
        Self::new(None)
    }

    /// One that stays shut until [`Gate::keep`] has found everything in order.
    pub fn shut() -> Self {
        Self::new(Some(Wait::Look))
    }

    fn new(wait: Option<Wait>) -> Self {
        Self(Arc::new(Inner {
            wait: watch::Sender::new(wait),
            max_connections: AtomicU32::new(0),
            postgres: Outage::new("Postgres is away", "Postgres is back"),
            connections: Outage::new(
                "Postgres gives no more connections, so everything is slower",
                "Postgres gives connections again",
            ),
            writes: Outage::new("Postgres takes no writes", "Postgres takes writes again"),
            pooler: Outage::new("nothing is done", "the way to Postgres is a suitable one now"),
            migrations: Outage::new("nothing is done", "the migrations have run"),
            works: Mutex::default(),
        }))
    }

    /// What is waited for, if anything.
    pub fn waits_for(&self) -> Option<Wait> {
        self.0.wait.borrow().clone()
    }

    /// Returns once calls may pass.
    pub async fn opened(&self) {
        // It fails only when the sender is gone, which we hold.
        drop(self.0.wait.subscribe().wait_for(Option::is_none).await);
    }

    /// Looks at the database until everything is in order, opens, and looks again when it was shut
    /// since. `admit` has the last word, on a link.
    ///
    /// # Errors
    /// What `admit` refuses: it is not waited for.
    pub async fn keep<E, F>(&self, config: DbConfig, admit: F) -> Result<Infallible, E>
    where
        E: Send + 'static,
        F: Fn(&mut Conn) -> Result<Result<(), E>, StoreError> + Clone + Send + 'static,
    {
        let config = DbConfig { gate: self.clone(), ..config };
        loop {
            let (config, admit) = (config.clone(), admit.clone());
            match self.patiently(tokio::task::spawn_blocking(move || look(&config, admit))).await {
                Ok(Ok(found)) => {
                    self.pass(&found);
                    drop(self.0.wait.subscribe().wait_for(Option::is_some).await);
                }
                Ok(Err(refused)) => return Err(refused),
                Err(wait) => self.wait_for(wait),
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Waits for a look, and tells of one that takes long.
    async fn patiently<T>(
        &self,
        mut looking: tokio::task::JoinHandle<Result<T, Wait>>,
    ) -> Result<T, Wait> {
        let begun = Instant::now();
        loop {
            match timeout_at(Instant::now() + PATIENCE, &mut looking).await {
                Ok(looked) => {
                    let failed = |error| Err(Wait::Postgres(format!("the look failed: {error}")));
                    return looked.unwrap_or_else(failed);
                }
                Err(_) => {
                    let silent = format!("no answer for {} s", begun.elapsed().as_secs());
                    self.0.postgres.met(&silent);
                }
            }
        }
    }

    fn pass(&self, found: &Found) {
        self.0.max_connections.store(found.max_connections, Ordering::Relaxed);
        for outage in [&self.0.postgres, &self.0.pooler, &self.0.migrations] {
            outage.over();
        }
        if found.role_stays {
            tracing::warn!(
                "the pooler gives one connection to several clients, so that the role talentats_app \
                 which one takes stays for the next: give API and workers a login role of their own \
                 (docs/operation.md, \"Roles in the database\")"
            );
        }
        self.0.wait.send_replace(None);
    }

    /// Shuts until another look finds everything in order.
    fn wait_for(&self, wait: Wait) {
        match &wait {
            Wait::Look => {}
            Wait::Postgres(reason) => self.0.postgres.met(reason),
            Wait::Newer(_) | Wait::Pooler(_) => self.0.pooler.met(&wait),
            Wait::Migrations => self.0.migrations.met(&wait),
        }
        self.0.wait.send_replace(Some(wait));
    }

    /// # Errors
    /// [`StoreError::Waiting`], while it is shut.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.waits_for().map_or(Ok(()), |wait| Err(StoreError::Waiting(wait)))
    }

    pub(super) fn work(&self, verb: &'static str) -> Outage {
        let mut works = self.0.works.lock().unwrap_or_else(PoisonError::into_inner);
        works.entry(verb).or_insert_with(|| Outage::of_work(verb)).clone()
    }

    /// How many connections a pool may have that wants `most`, of the few that there may be.
    pub(super) fn share(&self, most: u32, least: u32, one_in: u32) -> u32 {
        match self.0.max_connections.load(Ordering::Relaxed) {
            0 => most,
            all => (all / one_in).clamp(least.min(most), most),
        }
    }

    /// A link was made, and is set up.
    pub(super) fn connected(&self) {
        self.0.postgres.over();
        self.0.connections.over();
    }

    /// No link was made: libpq says why.
    pub(super) fn refused(&self, told: &str) {
        let reason = reason::in_one_line(told);
        let outage = if reason::is_full(told) { &self.0.connections } else { &self.0.postgres };
        outage.met(&reason);
    }

    /// The way to Postgres mixes up what several clients do.
    pub(super) fn found(&self, unsuitable: Unsuitable) {
        self.wait_for(Wait::Pooler(unsuitable));
    }

    /// What a statement was answered, on any link.
    pub(super) fn heard(&self, error: Option<&DieselError>) {
        let Some(error) = error else { return self.0.postgres.over() };
        if let Some(unsuitable) = Unsuitable::of(error) {
            return self.found(unsuitable);
        }
        match Fault::of(error) {
            Some(Fault::Away) => self.0.postgres.met(error),
            Some(Fault::ReadOnly) => self.0.writes.met(error),
            Some(Fault::Busy | Fault::Shared) | None => {}
        }
    }

    /// A server was asked whether it takes writes.
    pub(super) fn takes_writes(&self, takes: bool) {
        if takes {
            self.0.writes.over();
        } else {
            self.0.writes.met(&"it is a standby, or read-only");
        }
    }

    /// Whether Postgres is away, and not only busy.
    pub(super) fn is_away(&self) -> bool {
        self.0.postgres.lasts() || self.0.connections.lasts()
    }
}

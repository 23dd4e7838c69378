//! Listens for new jobs: a thread of its own asks its connection every few milliseconds, which
//! costs next to nothing, because libpq cannot wait for a notification and a socket alike.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use store::queue::{Channel, Listener, notify};
use store::{Db, Outage, StoreError};
use tokio::runtime::Handle;
use tokio::sync::Notify;

/// How often the connection is asked while there is something to hear.
const ASK: Duration = Duration::from_millis(6);

/// How often it is asked at rest, where nothing was heard for so long.
const ASK_AT_REST: Duration = Duration::from_millis(20);
const REST: Duration = Duration::from_secs(5);

/// How soon a lost connection is made anew. Meanwhile the worker polls.
const RECONNECT: Duration = Duration::from_secs(2);

/// How soon a notification that we sent ourselves must come.
const TEST: Duration = Duration::from_secs(2);

/// What the thread listens with.
struct Ear {
    url: SecretString,
    /// Sends the test, on the way that notifications take.
    db: Db,
    runtime: Handle,
    outage: Outage,
}

/// # Errors
/// When the address is none that libpq reads.
pub(crate) fn check(url: &SecretString) -> anyhow::Result<()> {
    store::db::check_url(url.expose_secret())
        .map_err(|form| anyhow::anyhow!("DATABASE_LISTEN_URL is not a connection string: {form}"))
}

/// Starts the thread; it ends once nobody holds the answer any more. `db` is what exports are notified
/// on: what is sent there must be heard here.
///
/// # Errors
/// When the system gives no thread.
pub(crate) fn start(url: SecretString, db: Db) -> anyhow::Result<Arc<Notify>> {
    let new_jobs = Arc::new(Notify::new());
    let waiting = Arc::downgrade(&new_jobs);
    let outage = Outage::new(
        "no wake-ups for now, so exports start up to half a second later",
        "wake-ups are back",
    );
    let ear = Ear { url, db, runtime: Handle::current(), outage };
    let thread = thread::Builder::new().name("listener".to_owned());
    thread.spawn(move || ear.run(&waiting)).context("no thread for the listener")?;
    Ok(new_jobs)
}

impl Ear {
    fn run(&self, waiting: &Weak<Notify>) {
        while waiting.strong_count() > 0 {
            match self.listen(waiting) {
                Ok(()) => {}
                // It is told by the pool that could not send.
                Err(Deaf::Unsent(error)) if error.is_told() => thread::sleep(RECONNECT),
                Err(deaf) => {
                    self.outage.met(&deaf);
                    thread::sleep(RECONNECT);
                }
            }
        }
    }

    /// Passes notifications on until the connection is lost.
    fn listen(&self, waiting: &Weak<Notify>) -> Result<(), Deaf> {
        let mut listener = Listener::connect(self.url.expose_secret(), Channel::Jobs)?;
        // On another connection: behind a pooler that shares one between clients, ours would hear
        // what it sends itself, and nothing else ever.
        // What came before is no answer to it: a session that others used may have some left.
        listener.received()?;
        let test = self.db.run(|conn| notify(conn, &[]));
        self.runtime.block_on(test).map_err(Deaf::Unsent)?;
        let sent = Instant::now();
        let (mut works, mut heard) = (false, sent);
        while let Some(new_jobs) = waiting.upgrade() {
            if listener.received()? {
                (works, heard) = (true, Instant::now());
                self.outage.over();
                new_jobs.notify_one();
            }
            drop(new_jobs);
            if !works && sent.elapsed() > TEST {
                return Err(Deaf::Unheard);
            }
            thread::sleep(if heard.elapsed() < REST { ASK } else { ASK_AT_REST });
        }
        Ok(())
    }
}

/// Why nothing is heard.
#[derive(Debug, thiserror::Error)]
enum Deaf {
    #[error(transparent)]
    Lost(#[from] StoreError),
    #[error("no test could be sent: {0}")]
    Unsent(StoreError),
    /// The connection stands.
    #[error(
        "notifications do not come through: DATABASE_LISTEN_URL (without it DATABASE_URL) must lead \
         to the same database, and to Postgres itself or a pooler that pools by session"
    )]
    Unheard,
}

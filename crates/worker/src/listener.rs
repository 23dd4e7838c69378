//! Listens for new jobs: a thread of its own asks its connection every few milliseconds, which
//! costs next to nothing, because libpq cannot wait for a notification and a socket alike.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use store::StoreError;
use store::queue::Listener;
use tokio::sync::Notify;

/// How often the connection is asked while there is something to hear.
const ASK: Duration = Duration::from_millis(6);

/// How often it is asked at rest, where nothing was heard for so long.
const ASK_AT_REST: Duration = Duration::from_millis(20);
const REST: Duration = Duration::from_secs(5);

/// How soon a lost connection is made anew. Meanwhile the worker polls.
const RECONNECT: Duration = Duration::from_secs(2);

/// How soon a notification of our own must come back.
const TEST: Duration = Duration::from_secs(2);

/// Starts the thread; it ends once nobody holds the answer any more.
///
/// # Errors
/// When the address is none that libpq reads, or the system gives no thread.
pub(crate) fn start(url: SecretString) -> anyhow::Result<Arc<Notify>> {
    store::db::check_url(url.expose_secret()).map_err(|form| {
        anyhow::anyhow!("DATABASE_LISTEN_URL is not a connection string: {form}")
    })?;
    let new_jobs = Arc::new(Notify::new());
    let waiting = Arc::downgrade(&new_jobs);
    let thread = thread::Builder::new().name("listener".to_owned());
    thread.spawn(move || run(&url, &waiting)).context("no thread for the listener")?;
    Ok(new_jobs)
}

fn run(url: &SecretString, waiting: &Weak<Notify>) {
    let mut lost = false;
    while waiting.strong_count() > 0 {
        if let Err(error) = listen(url, waiting, &mut lost) {
            if !lost {
                tracing::warn!(
                    "no wake-ups for now, so exports start up to half a second later: {error}"
                );
            }
            lost = true;
            thread::sleep(RECONNECT);
        }
    }
}

/// Passes notifications on until the connection is lost.
fn listen(url: &SecretString, waiting: &Weak<Notify>, lost: &mut bool) -> Result<(), StoreError> {
    let mut listener = Listener::connect(url.expose_secret())?;
    listener.send_test()?;
    let begun = Instant::now();
    let mut heard = begun;
    let mut works = false;
    while let Some(new_jobs) = waiting.upgrade() {
        if listener.received()? {
            works = true;
            heard = Instant::now();
            if std::mem::take(lost) {
                tracing::info!("wake-ups are back");
            }
            new_jobs.notify_one();
        }
        drop(new_jobs);
        if !works && begun.elapsed() > TEST {
            return Err(StoreError::Unavailable(
                "notifications do not come through; behind a pooler DATABASE_LISTEN_URL must lead to Postgres itself".to_owned(),
            ));
        }
        thread::sleep(if heard.elapsed() < REST { ASK } else { ASK_AT_REST });
    }
    Ok(())
}

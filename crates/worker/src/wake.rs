//! Hears of new jobs at once: a thread of its own asks its connection every few milliseconds,
//! which costs next to nothing, because libpq cannot wait for a notification and a socket alike.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use store::StoreError;
use store::queue::Listener;
use tokio::sync::Notify;

/// How often the connection is asked.
const ASK: Duration = Duration::from_millis(6);

/// How soon a lost connection is made anew. Meanwhile the worker polls.
const RECONNECT: Duration = Duration::from_secs(2);

/// How soon a notification of our own must come back.
const TRY_OUT: Duration = Duration::from_secs(2);

/// Starts the thread; it ends once nobody holds the answer any more.
///
/// # Errors
/// When the address is none that libpq reads, or the system gives no thread.
pub(crate) fn listen(url: SecretString) -> anyhow::Result<Arc<Notify>> {
    store::db::check_url(url.expose_secret()).map_err(|form| {
        anyhow::anyhow!("DATABASE_LISTEN_URL is not a connection string: {form}")
    })?;
    let woken = Arc::new(Notify::new());
    let told = Arc::downgrade(&woken);
    let thread = thread::Builder::new().name("wake-up".to_owned());
    thread.spawn(move || run(&url, &told)).context("no thread for wake-ups")?;
    Ok(woken)
}

fn run(url: &SecretString, told: &Weak<Notify>) {
    let mut lost = false;
    while told.strong_count() > 0 {
        if let Err(error) = hear(url, told, &mut lost) {
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

/// Passes wake-ups on until the connection is lost.
fn hear(url: &SecretString, told: &Weak<Notify>, lost: &mut bool) -> Result<(), StoreError> {
    let mut listener = Listener::connect(url.expose_secret())?;
    listener.send_test()?;
    let begun = Instant::now();
    let mut hears = false;
    while let Some(woken) = told.upgrade() {
        if listener.received()? {
            hears = true;
            if std::mem::take(lost) {
                tracing::info!("wake-ups are back");
            }
            woken.notify_one();
        }
        drop(woken);
        if !hears && begun.elapsed() > TRY_OUT {
            return Err(StoreError::Unavailable(
                "notifications do not come through; behind a pooler DATABASE_LISTEN_URL must lead to Postgres itself".to_owned(),
            ));
        }
        thread::sleep(ASK);
    }
    Ok(())
}

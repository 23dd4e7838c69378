//! Hears of new jobs at once: a thread of its own asks its connection every few milliseconds,
//! which costs next to nothing, because libpq cannot wait for a notification and a socket alike.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use store::StoreError;
use store::queue::Listener;
use tokio::sync::Notify;

/// How often the connection is asked.
const ASK: Duration = Duration::from_millis(3);

/// How soon a lost connection is made anew. Meanwhile the worker polls.
const RECONNECT: Duration = Duration::from_secs(2);

/// Starts the thread; it ends once nobody holds the answer any more.
///
/// # Errors
/// When the system gives no thread.
pub(crate) fn listen(url: SecretString) -> anyhow::Result<Arc<Notify>> {
    let woken = Arc::new(Notify::new());
    let told = Arc::downgrade(&woken);
    let thread = thread::Builder::new().name("wake-up".to_owned());
    thread.spawn(move || run(&url, &told)).context("no thread for wake-ups")?;
    Ok(woken)
}

fn run(url: &SecretString, told: &Weak<Notify>) {
    let mut quiet = false;
    while told.strong_count() > 0 {
        if let Err(error) = hear(url, told) {
            if !quiet {
                tracing::warn!(
                    "no wake-ups for now, so exports start up to half a second later: {error}"
                );
            }
            quiet = true;
            thread::sleep(RECONNECT);
        }
    }
}

/// Passes wake-ups on until the connection is lost.
fn hear(url: &SecretString, told: &Weak<Notify>) -> Result<(), StoreError> {
    let mut listener = Listener::connect(url.expose_secret())?;
    while let Some(woken) = told.upgrade() {
        if listener.heard()? {
            woken.notify_one();
        }
        drop(woken);
        thread::sleep(ASK);
    }
    Ok(())
}

//! Hears that exports changed: a thread of its own asks its connection every few milliseconds, because
//! libpq cannot wait for a notification and a socket alike. Without it events come up to a second later.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use store::StoreError;
use store::queue::{Channel, Listener};
use tokio::sync::Notify;

/// How often the connection is asked.
const ASK: Duration = Duration::from_millis(10);

/// How soon a lost connection is made anew.
const RECONNECT: Duration = Duration::from_secs(2);

/// Keeps the thread alive.
pub(super) struct Ear(#[expect(dead_code, reason = "its end is what counts")] Arc<()>);

/// Starts the thread, which ends with the answer.
pub(super) fn start(url: SecretString, changed: Arc<Notify>) -> Ear {
    let alive = Arc::new(());
    let wanted = Arc::downgrade(&alive);
    let run = move || {
        while wanted.strong_count() > 0 {
            // The pool tells that the database is away.
            if let Err(error) = listen(&url, &changed, &wanted) {
                tracing::debug!(%error, "no notifications of exports for now");
                thread::sleep(RECONNECT);
            }
        }
    };
    if let Err(error) = thread::Builder::new().name("ear".to_owned()).spawn(run) {
        tracing::warn!(%error, "no thread to listen: events come up to a second later");
    }
    Ear(alive)
}

fn listen(url: &SecretString, changed: &Notify, wanted: &Weak<()>) -> Result<(), StoreError> {
    let mut listener = Listener::connect(url.expose_secret(), Channel::Changes)?;
    while wanted.strong_count() > 0 {
        if listener.received()? {
            changed.notify_one();
        }
        thread::sleep(ASK);
    }
    Ok(())
}

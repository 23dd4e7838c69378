//! Mail to members: what waits becomes mails, and mails go to the operator's SMTP server, beside the
//! deliveries and never in their way. Nothing of the database is held while the server is talked to. A
//! mail is marked as sent after the server took it: a worker that dies in between leaves it to be sent
//! again, under the same Message-ID.

mod config;
mod letter;
mod server;

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use futures_util::stream::iter;
use store::mails::{self, Mail, Unreadable};
use store::{Db, Outage};
use tokio::time::Instant;
use uuid::Uuid;

pub use config::MailConfig;
use letter::Letter;
use server::{Fault, Server};

use crate::maintenance::{Stopped, next, step, ticks};
use crate::metrics;

/// How often it is looked for mails.
const PERIOD: Duration = Duration::from_secs(1);

/// How often those that wait are counted.
const COUNTED: Duration = Duration::from_secs(15);

/// Mails that one worker sends at once, each over a connection of its own.
const AT_ONCE: usize = 8;

/// How long a mail is tried, and how old what it tells may be when it is made.
const GIVEN_UP: Duration = Duration::from_hours(24);

/// How long after a failed try the next one is; the last counts for all that follow.
const DELAYS: [Duration; 4] = [
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(15),
    Duration::from_hours(1),
];

/// How much longer than a conversation may take a mail is left to whoever has it.
const SPARE: Duration = Duration::from_secs(2);

const WHAT: &str = "send mail";

/// What sends mail.
pub(crate) struct Post {
    server: Server,
    letter: Letter,
    outage: Outage,
}

impl Post {
    /// As the settings say; none where no server is given.
    ///
    /// # Errors
    /// A sentence that says which setting is wrong, without a secret.
    pub(crate) fn new(config: &crate::WorkerConfig) -> anyhow::Result<Option<Self>> {
        let Some(settings) = config.mail.read(config.extra_ca_file.as_deref())? else {
            return Ok(None);
        };
        let outage = Outage::new("could not send mail", "mail is sent again");
        Ok(Some(Self { server: settings.server, letter: settings.letter, outage }))
    }

    /// Sends what is due until the worker stops.
    pub(crate) async fn run(self, db: Db, mut stopped: Stopped) {
        let mut ticks = ticks(PERIOD);
        let mut counted: Option<Instant> = None;
        while next(&mut ticks, &mut stopped).await {
            if counted.is_none_or(|at| at.elapsed() >= COUNTED) {
                counted = Some(Instant::now());
                if let Ok(waiting) = db.run(mails::waiting).await {
                    metrics::mails_waiting(waiting);
                }
            }
            let found = db.run(mails::look).await;
            db.work(WHAT).heard(&found);
            let Ok(found) = found else { continue };
            let mut more = false;
            if found.to_make {
                more |= step(&db, WHAT, |conn| mails::make(conn, GIVEN_UP)).await;
            }
            if found.to_send {
                more |= self.send_batch(&db).await;
            }
            if more {
                ticks.reset_immediately();
            }
        }
    }

    /// Whether there may be more.
    async fn send_batch(&self, db: &Db) -> bool {
        let lease = self.server.timeout() + SPARE;
        let claimed = db.run(move |conn| mails::claim(conn, AT_ONCE, lease)).await;
        db.work(WHAT).heard(&claimed);
        let claimed = claimed.unwrap_or_default();
        let more = claimed.len() == AT_ONCE;
        // None waits for another one.
        let one = async |claimed| match claimed {
            Ok(mail) => self.send(db, mail).await,
            Err(unreadable) => put_off(db, unreadable).await,
        };
        iter(claimed).for_each_concurrent(AT_ONCE, one).await;
        more
    }

    async fn send(&self, db: &Db, mail: Mail) {
        let (id, tries, made_at) = (mail.id, mail.tries, mail.made_at);
        let done = match self.letter.to(&mail, Utc::now()) {
            Ok(message) => self.server.send(message).await,
            Err(fault) => Err(fault),
        };
        let delay = match &done {
            Ok(()) => {
                self.outage.over();
                metrics::mail("sent");
                let marked = db.run(move |conn| mails::sent(conn, id)).await;
                return db.work(WHAT).heard(&marked);
            }
            Err(Fault::Refused(reason)) => {
                tracing::warn!(mail.id = %id, %reason, "a mail was refused and is given up");
                None
            }
            Err(Fault::Away(reason)) => {
                self.outage.met(reason);
                delay_of(tries, made_at)
            }
        };
        failed(db, id, tries, delay).await;
    }
}

/// A worker of the version that made it may send it meanwhile.
async fn put_off(db: &Db, Unreadable { id, made_at, tries, reason }: Unreadable) {
    tracing::warn!(mail.id = %id, %reason, "a mail cannot be read by this version");
    failed(db, id, tries, delay_of(tries, made_at)).await;
}

async fn failed(db: &Db, id: Uuid, tries: u32, delay: Option<Duration>) {
    metrics::mail(if delay.is_some() { "postponed" } else { "given_up" });
    let marked = db.run(move |conn| mails::failed(conn, id, tries, delay)).await;
    db.work(WHAT).heard(&marked);
}

/// When it is tried again; none where that would be past a day.
fn delay_of(tries: u32, made_at: DateTime<Utc>) -> Option<Duration> {
    let place = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    let delay = DELAYS[place.min(DELAYS.len() - 1)];
    let age = (Utc::now() - made_at).to_std().unwrap_or_default();
    (age + delay <= GIVEN_UP).then_some(delay)
}

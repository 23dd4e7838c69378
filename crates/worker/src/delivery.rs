//! One export from its claim to its result: body, signature, request. A result always comes.

mod lacks;
mod stop;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use chrono::TimeDelta;
use domain::attempt::{Attempt, OwnFault};
use domain::outcome::Outcome;
use domain::webhook_url::UrlRefusal;
use futures_util::FutureExt;
use store::Db;
use store::queue::{Lease, read_body};
use tokio::sync::Semaphore;

use crate::probe::Probe;
use crate::request::{RequestError, Signer};
use crate::send::Sender;
use crate::stage::{Leased, Sent, Signed};

use lacks::Lacks;
pub(crate) use stop::Stop;

/// What every delivery needs.
pub(crate) struct Delivery {
    db: Db,
    sender: Sender,
    signer: Signer,
    /// Large payloads are read one by one.
    reading: Semaphore,
    lacks: Lacks,
}

impl Delivery {
    /// `db` is a pool of one connection, for large payloads only.
    pub(crate) fn new(db: Db, sender: Sender, signer: Signer) -> Self {
        Self { db, sender, signer, reading: Semaphore::new(1), lacks: Lacks::default() }
    }

    /// Delivers a leased job, unless it is broken off.
    pub(crate) async fn run(&self, leased: Leased, mut stop: Stop) -> Sent {
        let (lease, asked_at) = (leased.job.lease.clone(), leased.claimed.asked_at);
        let probe = Arc::new(Probe::start());
        let attempt = AssertUnwindSafe(self.attempt(leased, &probe)).catch_unwind();
        let attempt = tokio::select! {
            // First whether it may go on: after a long stall nothing must leave any more.
            biased;
            () = stop.now() => broken_off(&probe),
            attempt = attempt => attempt.unwrap_or_else(|_| {
                probe.break_off(Attempt::of_own_fault(OwnFault::Defect))
            }),
        };
        self.lacks.tell(&lease, &attempt);
        let jitter = rand::random_range(-1.0..=1.0);
        Sent { lease, attempt, elapsed: asked_at.elapsed(), jitter }
    }

    async fn attempt(&self, leased: Leased, probe: &Arc<Probe>) -> Attempt {
        match self.sign(leased).await {
            Ok(signed) => self.sender.send_probed(probe, signed).await,
            Err(nothing_sent) => nothing_sent,
        }
    }

    /// The signed request; else what comes of the attempt without one.
    async fn sign(&self, mut leased: Leased) -> Result<Signed, Attempt> {
        let lease = &leased.job.lease;
        let body = match leased.job.body.take() {
            Some(body) => body,
            None => self.read_body(lease).await?,
        };
        store::crash::panic_over(&body);
        // Counted from the answer, so that the signature is never ahead of the database's clock.
        let elapsed = TimeDelta::from_std(leased.claimed.answered_at.elapsed()).unwrap_or_default();
        let now = lease.started_at + elapsed;
        let signed = self.signer.sign(&leased.job, Bytes::from(body), now);
        signed.map_err(|error| unsendable(&error))
    }

    async fn read_body(&self, lease: &Lease) -> Result<Vec<u8>, Attempt> {
        let (organisation, export) = (lease.organisation, lease.export);
        let _turn = self.reading.acquire().await;
        match self.db.run(move |conn| read_body(conn, organisation, export)).await {
            Ok(Some(body)) => Ok(body),
            Ok(None) => Err(Attempt::of_own_fault(OwnFault::Payload)),
            Err(error) => {
                if !error.is_told() {
                    tracing::warn!(export.id = %export, %error, "could not read a payload");
                }
                Err(if error.is_unavailable() {
                    Attempt::without_request(Outcome::Aborted)
                } else {
                    Attempt::of_own_fault(OwnFault::Payload)
                })
            }
        }
    }
}

/// An answer that had come already stands; else the attempt is aborted, with what had left.
fn broken_off(probe: &Probe) -> Attempt {
    probe.break_off(Attempt::without_request(Outcome::Aborted))
}

fn unsendable(error: &RequestError) -> Attempt {
    match error {
        // A forbidden address always looks the same, whether a name leads there or it was written.
        RequestError::Url(UrlRefusal::ForbiddenAddress) => {
            Attempt::without_request(Outcome::BlockedAddress)
        }
        RequestError::Url(refusal) => {
            let mut attempt = Attempt::without_request(Outcome::InvalidUrl);
            attempt.facts.url_rule = Some(refusal.rule().to_owned());
            attempt
        }
        RequestError::Sealed => Attempt::of_own_fault(OwnFault::Sealed),
    }
}

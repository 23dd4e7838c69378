//! One job from its claim to its result: body, signature, request. A result always comes.

mod stop;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use chrono::TimeDelta;
use domain::attempt::Attempt;
use domain::outcome::Outcome;
use domain::webhook_url::UrlRefusal;
use futures_util::FutureExt;
use store::Db;
use store::queue::{Job, Sent, read_body};
use tokio::sync::Semaphore;

use crate::probe::Probe;
use crate::request::{RequestError, Signer};
use crate::send::Sender;

pub(crate) use stop::{Claimed, Stop};

/// What every delivery needs.
pub(crate) struct Delivery {
    db: Db,
    sender: Sender,
    signer: Signer,
    /// Large payloads are read one by one.
    reading: Semaphore,
}

impl Delivery {
    /// `db` is a pool of one connection, for large payloads only.
    pub(crate) fn new(db: Db, sender: Sender, signer: Signer) -> Self {
        Self { db, sender, signer, reading: Semaphore::new(1) }
    }

    /// Delivers a job, unless it is broken off.
    pub(crate) async fn run(&self, mut job: Job, mut stop: Stop) -> Sent {
        let claimed = stop.claimed;
        let body = job.body.take();
        let probe = Arc::new(Probe::start());
        let attempt = AssertUnwindSafe(self.attempt(&job, body, claimed, &probe)).catch_unwind();
        let attempt = tokio::select! {
            // First whether it may go on: after a long stall nothing must leave any more.
            biased;
            () = stop.now() => broken_off(&probe),
            attempt = attempt => attempt.unwrap_or_else(|_| {
                tracing::error!(export.id = %job.lease.export, attempt.id = %job.lease.attempt, "delivery panicked");
                Attempt::without_request(Outcome::InternalError)
            }),
        };
        Sent {
            lease: job.lease,
            attempt,
            elapsed: claimed.asked_at.elapsed(),
            jitter: rand::random_range(-1.0..=1.0),
        }
    }

    async fn attempt(
        &self,
        job: &Job,
        body: Option<Vec<u8>>,
        claimed: Claimed,
        probe: &Arc<Probe>,
    ) -> Attempt {
        let body = match body {
            Some(body) => body,
            None => match self.read_body(job).await {
                Ok(body) => body,
                Err(outcome) => return Attempt::without_request(outcome),
            },
        };
        store::crash::panic_over(&body);
        // Counted from the answer, so that the signature is never ahead of the database's clock.
        let elapsed = TimeDelta::from_std(claimed.answered_at.elapsed()).unwrap_or_default();
        let now = job.lease.started_at + elapsed;
        match self.signer.sign(job, Bytes::from(body), now) {
            Ok(request) => {
                self.sender.send_probed(probe, job.lease.organisation, request, now).await
            }
            Err(error) => unsendable(job, &error),
        }
    }

    async fn read_body(&self, job: &Job) -> Result<Vec<u8>, Outcome> {
        let (organisation, export) = (job.lease.organisation, job.lease.export);
        let _turn = self.reading.acquire().await;
        match self.db.run(move |conn| read_body(conn, organisation, export)).await {
            Ok(Some(body)) => Ok(body),
            Ok(None) => {
                tracing::error!(export.id = %export, "the payload of a queued export is missing");
                Err(Outcome::InternalError)
            }
            Err(error) => {
                tracing::warn!(export.id = %export, %error, "could not read a payload");
                let passing = error.is_unavailable();
                Err(if passing { Outcome::Aborted } else { Outcome::InternalError })
            }
        }
    }
}

/// An answer that had come already stands; else the attempt is aborted, with what had left.
fn broken_off(probe: &Probe) -> Attempt {
    probe.break_off(Attempt::without_request(Outcome::Aborted))
}

fn unsendable(job: &Job, error: &RequestError) -> Attempt {
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
        RequestError::Sealed(reason) => {
            tracing::error!(webhook.id = %job.lease.webhook, export.id = %job.lease.export, reason, "cannot sign");
            Attempt::without_request(Outcome::InternalError)
        }
    }
}

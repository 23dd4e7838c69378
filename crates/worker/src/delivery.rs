//! One job from its claim to its result: body, signature, request. A result always comes.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use chrono::TimeDelta;
use domain::attempt::Attempt;
use domain::outcome::Outcome;
use futures_util::FutureExt;
use store::Db;
use store::queue::{Finished, Job, read_body};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use crate::flight::Flights;
use crate::probe::Probe;
use crate::request::{RequestError, Signer};
use crate::send::Sender;

/// What every delivery needs.
pub(crate) struct Delivery {
    db: Db,
    sender: Sender,
    signer: Signer,
    flights: Arc<Flights>,
    /// Large payloads are read a few at a time: they must not take the pool from the queue.
    reading: Semaphore,
}

/// Large payloads that are read at once.
const READERS: usize = 2;

impl Delivery {
    pub(crate) fn new(db: Db, sender: Sender, signer: Signer, flights: Arc<Flights>) -> Self {
        Self { db, sender, signer, flights, reading: Semaphore::new(READERS) }
    }

    /// Delivers a job that was claimed at `claimed_at`; `abort` turning true breaks it off.
    pub(crate) async fn run(
        &self,
        mut job: Job,
        claimed_at: Instant,
        mut abort: watch::Receiver<bool>,
    ) -> Finished {
        let body = job.body.take();
        let probe = Arc::new(Probe::start());
        let attempt = AssertUnwindSafe(self.attempt(&job, body, claimed_at, &probe)).catch_unwind();
        let attempt = tokio::select! {
            // First whether it may go on: after a long stall nothing must leave any more.
            biased;
            () = self.flights.lease_over(claimed_at) => broken_off(&probe),
            _ = abort.wait_for(|abort| *abort) => broken_off(&probe),
            attempt = attempt => attempt.unwrap_or_else(|_| {
                tracing::error!(export.id = %job.export, attempt.id = %job.attempt, "delivery panicked");
                Attempt::without_request(Outcome::InternalError)
            }),
        };
        Finished {
            job,
            attempt,
            elapsed: claimed_at.elapsed(),
            jitter: rand::random_range(-1.0..=1.0),
        }
    }

    async fn attempt(
        &self,
        job: &Job,
        body: Option<Vec<u8>>,
        claimed_at: Instant,
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
        let elapsed = TimeDelta::from_std(claimed_at.elapsed()).unwrap_or_default();
        let now = job.started_at + elapsed;
        match self.signer.sign(job, Bytes::from(body), now) {
            Ok(request) => self.sender.send_probed(probe, job.organisation, request, now).await,
            Err(error) => unsendable(job, &error),
        }
    }

    async fn read_body(&self, job: &Job) -> Result<Vec<u8>, Outcome> {
        let (organisation, export) = (job.organisation, job.export);
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
        RequestError::Url(refusal) => {
            let mut attempt = Attempt::without_request(Outcome::InvalidUrl);
            attempt.facts.url_rule = Some(refusal.rule().to_owned());
            attempt
        }
        RequestError::Sealed(reason) => {
            tracing::error!(webhook.id = %job.webhook, export.id = %job.export, reason, "cannot sign");
            Attempt::without_request(Outcome::InternalError)
        }
    }
}

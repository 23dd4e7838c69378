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
use tokio::sync::watch;
use tokio::time::Instant;

use crate::flight::Flights;
use crate::request::{RequestError, Signer};
use crate::send::Sender;

/// What every delivery needs.
pub(crate) struct Delivery {
    db: Db,
    sender: Sender,
    signer: Signer,
    flights: Arc<Flights>,
}

impl Delivery {
    pub(crate) fn new(db: Db, sender: Sender, signer: Signer, flights: Arc<Flights>) -> Self {
        Self { db, sender, signer, flights }
    }

    /// Delivers a job that was claimed at `claimed_at`; `abort` turning true breaks it off.
    pub(crate) async fn run(
        &self,
        mut job: Job,
        claimed_at: Instant,
        mut abort: watch::Receiver<bool>,
    ) -> Finished {
        let body = job.body.take();
        let attempt = AssertUnwindSafe(self.attempt(&job, body, claimed_at)).catch_unwind();
        let attempt = tokio::select! {
            attempt = attempt => attempt.unwrap_or_else(|_| {
                tracing::error!(export.id = %job.export, attempt.id = %job.attempt, "delivery panicked");
                Attempt::without_request(Outcome::InternalError)
            }),
            () = self.flights.lease_over(claimed_at) => broken_off(claimed_at),
            _ = abort.wait_for(|abort| *abort) => broken_off(claimed_at),
        };
        Finished {
            job,
            attempt,
            elapsed: claimed_at.elapsed(),
            jitter: rand::random_range(-1.0..=1.0),
        }
    }

    async fn attempt(&self, job: &Job, body: Option<Vec<u8>>, claimed_at: Instant) -> Attempt {
        let body = match body {
            Some(body) => body,
            None => match self.read_body(job).await {
                Ok(body) => body,
                Err(outcome) => return Attempt::without_request(outcome),
            },
        };
        let elapsed = TimeDelta::from_std(claimed_at.elapsed()).unwrap_or_default();
        let now = job.started_at + elapsed;
        match self.signer.sign(job, Bytes::from(body), now) {
            Ok(request) => self.sender.send(job.organisation, request, now).await,
            Err(error) => unsendable(job, &error),
        }
    }

    async fn read_body(&self, job: &Job) -> Result<Vec<u8>, Outcome> {
        let (organisation, export) = (job.organisation, job.export);
        match self.db.run(move |conn| read_body(conn, organisation, export)).await {
            Ok(Some(body)) => Ok(body),
            Ok(None) => {
                tracing::error!(export.id = %export, "the payload of a queued export is missing");
                Err(Outcome::InternalError)
            }
            Err(error) => {
                tracing::warn!(export.id = %export, %error, "could not read a payload");
                Err(Outcome::Aborted)
            }
        }
    }
}

fn broken_off(claimed_at: Instant) -> Attempt {
    let mut attempt = Attempt::without_request(Outcome::Aborted);
    attempt.timing.total_ms = u32::try_from(claimed_at.elapsed().as_millis()).unwrap_or(u32::MAX);
    attempt
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

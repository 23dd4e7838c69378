//! Admission: who may go now. Organisations and hosts that are saturated are left out of a claim,
//! and receivers that may hang leave room for those that answer. The requests under way and the
//! clock come in as arguments.

mod responsiveness;
mod saturation;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::id::{OrganisationId, WebhookId};
use domain::outcome::Outcome;
use store::queue::{OtherLeases, Saturated, Target, UnresponsiveLimit};
use tokio::time::Instant;

use crate::stage::Sent;
use responsiveness::Responsiveness;

/// The caps of a worker. They are soft: a claim may go beyond them by its own size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caps {
    /// Most requests of this worker.
    pub(crate) concurrency: u32,
    /// Most requests per organisation, over all workers.
    pub(crate) organisation: u32,
    /// Most requests per host, over all workers.
    pub(crate) host: u32,
    /// A webhook that answers sooner is responsive.
    pub(crate) responsive_within: Duration,
}

/// A request that is under way.
pub(crate) struct Request {
    pub(crate) organisation: OrganisationId,
    pub(crate) webhook: WebhookId,
    pub(crate) target: Arc<Target>,
    pub(crate) claimed_at: Instant,
}

/// The caps, and what is known of receivers and of other workers.
pub(crate) struct Admission {
    caps: Caps,
    known: Mutex<Known>,
}

struct Known {
    responsiveness: Responsiveness,
    others: Vec<OtherLeases>,
}

impl Admission {
    pub(crate) fn new(caps: Caps) -> Self {
        let responsiveness = Responsiveness::new(caps.responsive_within);
        Self { caps, known: Mutex::new(Known { responsiveness, others: Vec::new() }) }
    }

    /// Who is left out of the next claim of so many jobs, and how its room is shared.
    pub(crate) fn of_claim(
        &self,
        jobs: u32,
        requests: &[Request],
        now: Instant,
    ) -> (Saturated, Option<UnresponsiveLimit>) {
        let known = self.known();
        let limit = known.responsiveness.limit(self.caps.concurrency, jobs, requests, now);
        (saturation::saturated(&self.caps, requests, &known.others), limit)
    }

    /// A request has ended: its webhook is responsive, or is no longer. What failed on our side says
    /// nothing about it.
    pub(crate) fn learn(&self, sent: &Sent, now: Instant) {
        if sent.attempt.outcome == Outcome::InternalError {
            return;
        }
        let answered_after = sent.attempt.response.is_some().then_some(sent.elapsed);
        self.known().responsiveness.learn(sent.lease.webhook, answered_after, now);
    }

    /// What the other workers have under lease now.
    pub(crate) fn set_others(&self, others: Vec<OtherLeases>) {
        self.known().others = others;
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
fn request(organisation: u128, webhook: u128, host: &str, claimed_at: Instant) -> Request {
    Request {
        organisation: uuid::Uuid::from_u128(organisation).into(),
        webhook: uuid::Uuid::from_u128(webhook).into(),
        target: Arc::new(Target { host: host.to_owned(), ..Target::default() }),
        claimed_at,
    }
}

//! What the operator sees of deliveries. No organisation and no host is ever a label.

use ::metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use domain::export::EndState;
use domain::outcome::Outcome;
use store::queue::Saturated;
use store::stats::QueueDepth;

use crate::stage::Settled;

const ATTEMPTS: &str = "talentats_attempts_total";
const LATE: &str = "talentats_attempts_late_total";
const ENDED: &str = "talentats_exports_ended_total";
const DELIVERY: &str = "talentats_delivery_seconds";
const DISABLED: &str = "talentats_webhooks_disabled_total";
const IN_FLIGHT: &str = "talentats_requests_in_flight";
const SATURATED: &str = "talentats_saturated";
const JOBS: &str = "talentats_queue_jobs";
const OLDEST_DUE: &str = "talentats_queue_oldest_due_seconds";
const DISABLED_NOW: &str = "talentats_webhooks_disabled";

/// Describes the metrics of this process.
pub fn describe_metrics() {
    describe_counter!(ATTEMPTS, "Attempts by outcome");
    describe_counter!(LATE, "Results that came after their lease was lost");
    describe_counter!(ENDED, "Exports that ended, by end state");
    describe_histogram!(
        DELIVERY,
        ::metrics::Unit::Seconds,
        "From the send request to the receiver's acceptance"
    );
    describe_counter!(DISABLED, "Webhooks that delivery switched off, by reason");
    describe_gauge!(IN_FLIGHT, "Requests of this worker that are under way");
    describe_gauge!(
        SATURATED,
        "Organisations, and hosts, whose exports wait because enough is in flight"
    );
    describe_gauge!(JOBS, "Jobs of the whole queue: waiting, retrying, leased");
    describe_gauge!(OLDEST_DUE, ::metrics::Unit::Seconds, "How long the oldest due job has waited");
    describe_gauge!(DISABLED_NOW, "Webhooks that are switched off now");
}

pub(crate) fn settled(settled: &Settled) {
    let recorded = &settled.recorded;
    for sent in settled.sent.iter() {
        attempts(sent.attempt.outcome, 1);
    }
    counter!(LATE).increment(recorded.late as u64);
    for (state, elapsed) in &recorded.ended {
        counter!(ENDED, "state" => state.as_str()).increment(1);
        if *state == EndState::Delivered {
            histogram!(DELIVERY).record(elapsed.as_secs_f64());
        }
    }
    for (_, reason) in &recorded.disabled {
        counter!(DISABLED, "reason" => reason.as_str()).increment(1);
    }
}

pub(crate) fn attempts(outcome: Outcome, attempts: usize) {
    counter!(ATTEMPTS, "outcome" => outcome.as_str()).increment(attempts as u64);
}

pub(crate) fn in_flight(requests: u32) {
    gauge!(IN_FLIGHT).set(requests);
}

pub(crate) fn saturated(saturated: &Saturated) {
    gauge!(SATURATED, "by" => "organisation").set(saturated.organisations.len() as f64);
    gauge!(SATURATED, "by" => "host").set(saturated.hosts.len() as f64);
}

pub(crate) fn queue(depth: &QueueDepth) {
    gauge!(JOBS, "state" => "waiting").set(depth.waiting as f64);
    gauge!(JOBS, "state" => "retrying").set(depth.retrying as f64);
    gauge!(JOBS, "state" => "leased").set(depth.leased as f64);
    gauge!(OLDEST_DUE).set(depth.oldest_due_s);
    gauge!(DISABLED_NOW).set(depth.disabled_webhooks as f64);
}

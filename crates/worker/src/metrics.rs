//! What the operator sees of deliveries. No organisation and no host is ever a label.

use ::metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use domain::export::EndState;
use domain::outcome::Outcome;
use store::ConnectionCount;
use store::queue::{Recorded, Saturated};
use store::stats::{QueueDepth, Storage};

use crate::stage::Settled;

const ATTEMPTS: &str = "talentats_attempts_total";
const LATE: &str = "talentats_attempts_late_total";
const ENDED: &str = "talentats_exports_ended_total";
const DELIVERY: &str = "talentats_delivery_seconds";
const DISABLED: &str = "talentats_webhooks_disabled_total";
const NOTIFICATIONS: &str = "talentats_notifications_total";
const MAILS: &str = "talentats_mails_total";
const MAILS_WAITING: &str = "talentats_mails_waiting";
const IN_FLIGHT: &str = "talentats_requests_in_flight";
const SATURATED: &str = "talentats_saturated";
const JOBS: &str = "talentats_queue_jobs";
const OLDEST_DUE: &str = "talentats_queue_oldest_due_seconds";
const DISABLED_NOW: &str = "talentats_webhooks_disabled";
const CONNECTIONS: &str = "talentats_database_connections";
const DATABASE: &str = "talentats_database_bytes";
const PARTITIONS: &str = "talentats_partitions_ahead";

/// What a gauge that tells of the whole database says about adding them up.
macro_rules! of_all {
    ($text:literal) => {
        concat!($text, ". The same from every worker: max(), not sum()")
    };
}

/// Describes the metrics of this process.
pub fn describe_metrics() {
    describe_counter!(ATTEMPTS, "Attempts by outcome; each once, a lost one as worker_lost");
    describe_counter!(LATE, "Attempts whose result came after they were counted as worker_lost");
    describe_counter!(
        ENDED,
        "Exports that ended here, by end state. The API counts those that a member cancels under the same name: sum() over all processes"
    );
    describe_histogram!(
        DELIVERY,
        Unit::Seconds,
        "From the send request to the receiver's acceptance"
    );
    describe_counter!(DISABLED, "Webhooks that delivery switched off, by reason");
    describe_counter!(NOTIFICATIONS, "Notifications of members that were made");
    describe_counter!(
        MAILS,
        "Tries to send a mail to a member, by result: sent, postponed, given_up"
    );
    describe_gauge!(MAILS_WAITING, of_all!("Mails that wait to be sent"));
    describe_gauge!(IN_FLIGHT, "Requests of this worker that are under way. All workers: sum()");
    describe_gauge!(
        SATURATED,
        of_all!("Organisations, and hosts, whose exports wait because enough is in flight")
    );
    describe_gauge!(JOBS, of_all!("Jobs of the whole queue: waiting, retrying, leased"));
    describe_gauge!(OLDEST_DUE, Unit::Seconds, of_all!("How long the oldest due job has waited"));
    describe_gauge!(DISABLED_NOW, of_all!("Webhooks that are switched off now"));
    describe_gauge!(
        CONNECTIONS,
        "Connections of this process to the database, by state: in_use, idle. All processes: sum()"
    );
    describe_gauge!(
        DATABASE,
        Unit::Bytes,
        of_all!("Size of the whole database, its indexes included")
    );
    describe_gauge!(
        PARTITIONS,
        of_all!(
            "Months after this one that log and audit have partitions for, by table; below 1 something keeps them from being made"
        )
    );
}

pub(crate) fn settled(settled: &Settled) {
    let recorded = &settled.recorded;
    for sent in settled.sent.iter() {
        // It was counted as lost, when it was rescued.
        if !recorded.late.contains(&sent.lease.attempt) {
            attempts(sent.attempt.outcome, 1);
        }
    }
    counter!(LATE).increment(recorded.late.len() as u64);
    recorded_ends(recorded);
}

/// What ended by results, also by those of lost workers.
pub(crate) fn recorded_ends(recorded: &Recorded) {
    for (state, elapsed) in &recorded.ended {
        ended(*state, 1);
        if *state == EndState::Delivered {
            histogram!(DELIVERY).record(elapsed.as_secs_f64());
        }
    }
    for (_, reason) in &recorded.disabled {
        counter!(DISABLED, "reason" => reason.as_str()).increment(1);
    }
}

/// Exports that ended without a result of this worker, too: swept ones.
pub(crate) fn ended(state: EndState, exports: usize) {
    counter!(ENDED, "state" => state.as_str()).increment(exports as u64);
}

pub(crate) fn attempts(outcome: Outcome, attempts: usize) {
    counter!(ATTEMPTS, "outcome" => outcome.as_str()).increment(attempts as u64);
}

pub(crate) fn notified(notifications: u64) {
    counter!(NOTIFICATIONS).increment(notifications);
}

pub(crate) fn mail(result: &'static str) {
    counter!(MAILS, "result" => result).increment(1);
}

pub(crate) fn mails_waiting(mails: u64) {
    gauge!(MAILS_WAITING).set(mails as f64);
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

pub(crate) fn connections(connections: ConnectionCount) {
    gauge!(CONNECTIONS, "state" => "in_use").set(connections.in_use);
    gauge!(CONNECTIONS, "state" => "idle").set(connections.idle);
}

pub(crate) fn storage(storage: &Storage) {
    gauge!(DATABASE).set(storage.database_bytes as f64);
    gauge!(PARTITIONS, "table" => "attempts").set(storage.attempts_months as f64);
    gauge!(PARTITIONS, "table" => "audit_events").set(storage.audit_months as f64);
}

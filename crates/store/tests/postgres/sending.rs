//! Webhooks, exports and a worker's rounds, as far as tests of other things need them.

use chrono::DateTime;
use std::time::Duration;

use domain::actor::Actor;
use domain::attempt::{Attempt, Response};
use domain::export::LeaveOut;
use domain::id::{ApplicationId, ExportId, VacancyId, WebhookId};
use domain::include::Include;
use domain::outcome::Outcome;
use domain::retry::RetryPolicy;
use store::exports::{self, Accepted, CreateRefusal, Limits, NewExport, Picked};
use store::maintenance::PayloadRetention;
use store::queue::{ClaimLimits, Job, RecordPolicy, Saturated, Sent, claim, notify, record};
use store::webhooks::{self, NewWebhook, WebhookName};
use store::{Conn, Connect, StoreError};

/// What production allows.
pub(crate) const LIMITS: Limits = Limits { max_candidates: 10_000, max_payload_bytes: 32 << 20 };

/// A webhook whose URL is told from others by one byte.
pub(crate) fn new_webhook(conn: &mut Conn, name: &str, url: u8) -> NewWebhook {
    NewWebhook {
        id: webhooks::new_id(conn).expect("Postgres"),
        name: WebhookName::Asked(name.to_owned()),
        purpose: None,
        owner: None,
        host: "hooks.example.com".to_owned(),
        url_sealed: vec![url],
        url_hmacs: vec![[url; 32]],
        url_marks: vec![[url; 32]],
        secret_sealed: vec![1, 2, 3],
        include: Include::default(),
        replaces: None,
    }
}

/// Registers a webhook.
pub(crate) fn webhook(conn: &mut Conn, actor: &Actor, url: u8) -> WebhookId {
    let new = new_webhook(conn, &format!("Webhook {url}"), url);
    webhooks::create(conn, actor, &new).expect("Postgres").expect("a free name and URL");
    new.id
}

/// What somebody asks for.
pub(crate) fn new_export(
    webhook_id: WebhookId,
    vacancy_id: VacancyId,
    application_ids: &[ApplicationId],
) -> NewExport {
    NewExport {
        vacancy_id,
        webhook_id,
        picked: Picked::Ids(application_ids.to_vec()),
        leave_out: LeaveOut::Refuse,
        selection_digest: None,
        limits: LIMITS,
        hold_s: 0,
        idempotency_key: None,
    }
}

/// Asks for an export.
pub(crate) fn try_export(
    conn: &mut Conn,
    actor: &Actor,
    new: &NewExport,
) -> Result<Accepted, CreateRefusal> {
    create(conn, actor, new).expect("Postgres")
}

/// The same over any connection, whatever was noticed.
pub(crate) fn create(
    db: &mut impl Connect,
    actor: &Actor,
    new: &NewExport,
) -> Result<Result<Accepted, CreateRefusal>, StoreError> {
    let created = exports::create(db, actor, new)?;
    Ok(created.map(|(accepted, _)| accepted))
}

/// Asks for a test export as somebody, and wakes its lane.
pub(crate) fn test_export(conn: &mut Conn, actor: &Actor, webhook: WebhookId) -> ExportId {
    let made = exports::create_test(conn, actor, webhook, None);
    let export = made.expect("Postgres").expect("accepted").export;
    notify(conn, &[(export.organisation_id, webhook)]).expect("Postgres");
    export.id
}

/// Leases up to that many jobs. A round that visits an empty lane parks it; the next one goes on.
pub(crate) fn lease(conn: &mut Conn, jobs: u32) -> Vec<Job> {
    let limits = ClaimLimits {
        jobs,
        payload_bytes: 64 << 20,
        oversized: true,
        lane_cap: 8,
        lease: Duration::from_secs(30),
        worker: "worker-1".into(),
        due_since: DateTime::UNIX_EPOCH,
        saturated: Saturated::default(),
        unresponsive: None,
    };
    let mut rounds = (0..3).map(|_| claim(conn, &limits).expect("Postgres"));
    rounds.find(|jobs| !jobs.is_empty()).unwrap_or_default()
}

/// Records that these jobs were answered with a status.
pub(crate) fn answer(conn: &mut Conn, jobs: Vec<Job>, status: u16) {
    let results: Vec<_> = jobs.into_iter().map(|job| sent(job, status)).collect();
    let recorded = record(conn, &policy(), &results).expect("Postgres");
    assert_eq!(recorded.recorded, results.len());
}

/// What failed is tried again in an hour, if at all.
pub(crate) fn policy() -> RecordPolicy {
    RecordPolicy {
        retry: RetryPolicy {
            schedule: vec![Duration::ZERO, Duration::from_hours(1)],
            ..RetryPolicy::default()
        },
        lane_cap: 8,
        retention: PayloadRetention::default(),
    }
}

/// A job that was answered with a status.
pub(crate) fn sent(job: Job, status: u16) -> Sent {
    let mut attempt = Attempt::without_request(Outcome::of_status(status));
    attempt.request_bytes_sent = usize::try_from(job.lease.payload_bytes).expect("small");
    attempt.response = Some(Response {
        status,
        headers: vec![("server".to_owned(), "tests".to_owned())],
        body: b"noted".to_vec(),
        truncated: false,
        too_large: false,
    });
    Sent { lease: job.lease, attempt, elapsed: Duration::from_millis(20), jitter: 0.0 }
}

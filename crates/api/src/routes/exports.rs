//! Exports: how they look to each role, with where they stand in plain words.

mod asked;
pub mod control;
pub mod create;
pub mod events;
pub mod flagged;
pub mod people;
mod picked;
pub mod preview;
pub mod read;
pub mod receipt;
pub(crate) mod refused;
pub mod resend;
pub mod summary;
mod warned;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, HttpResponseBuilder};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::explanation::{ActBy, Contacts, Explanation};
use domain::export::{EndedBy, ExportStatus, ExportType, LeftOutReason};
use domain::id::{ExportId, OrganisationId, VacancyId, WebhookId};
use domain::outcome::Outcome;
use domain::requester::Requester;
use domain::role::Role;
use serde::Serialize;
use store::Conn;
use store::exports::Accepted;
use utoipa::ToSchema;

use self::flagged::ExportFlag;
use crate::authorized::Caller;
use crate::redaction;
use crate::replay;
use crate::state::State;

/// One confirmed batch of applications for one webhook. Support sees no vacancy.
#[derive(Serialize, ToSchema)]
pub struct Export {
    /// Its id: the `webhook-id` that the receiver sees.
    pub id: ExportId,
    /// Its organisation.
    pub organisation_id: OrganisationId,
    /// What it is called, for support; null for others.
    #[schema(example = "Northwind")]
    pub organisation_name: Option<String>,
    /// Where it stands.
    pub status: ExportStatus,
    /// Where it stands, in words.
    #[schema(example = "Accepted by hooks.zapier.com")]
    pub status_label: String,
    /// What it carries.
    #[serde(rename = "type")]
    pub kind: ExportType,
    /// The vacancy; null for a test, and for support.
    pub vacancy_id: Option<VacancyId>,
    /// Title of the vacancy as it was then; null for a test, and for support.
    #[schema(example = "Backend Engineer")]
    pub vacancy_title: Option<String>,
    /// The webhook.
    pub webhook_id: WebhookId,
    /// Name of the webhook.
    #[schema(example = "Zapier: new hires")]
    pub webhook_name: String,
    /// When the webhook was deleted; null while it lives. What went there stays readable, the webhook does not.
    pub webhook_deleted_at: Option<DateTime<Utc>>,
    /// Host of the webhook.
    #[schema(example = "hooks.zapier.com")]
    pub host: String,
    /// Who asked for it.
    pub requested_by: Requester,
    /// When they did.
    pub requested_at: DateTime<Utc>,
    /// People in it.
    #[schema(example = 25)]
    pub candidate_count: u32,
    /// Bytes of the payload.
    #[schema(example = 48_213)]
    pub payload_bytes: u64,
    /// SHA-256 of the payload, hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub payload_sha256: String,
    /// Until when the payload is kept; null before the end and after the deletion.
    pub payload_kept_until: Option<DateTime<Utc>>,
    /// Attempts so far, that under way included.
    #[schema(example = 1)]
    pub attempt_count: u32,
    /// The export that this one was derived from; null for one that was asked for.
    pub resent_from: Option<ExportId>,
    /// People who were asked for, or were in `resent_from`, and were left out, for they may not be
    /// sent: how many for which reason; empty where nobody was.
    pub left_out: Vec<LeftOut>,
    /// The export that was derived last from this one: it carries on with those who may be sent. Null again
    /// once this one is itself sent again.
    pub continued_as: Option<ExportId>,
    /// When it is tried next, at the earliest, pauses of the webhook included; null on the wire and
    /// after the end.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Until when it is held back (`hold_seconds`): cancelled before then, nothing of it has reached the
    /// receiver. Null once it may go, and after the end.
    pub held_until: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Who brought the end.
    pub ended_by: Option<EndedBy>,
    /// What came of the last attempt.
    pub outcome: Option<Outcome>,
    /// It was not accepted, and may have arrived all the same; so also while it is tried again.
    pub ambiguous: bool,
    /// When the receiver first accepted it. What was accepted stays `delivered`, also when a later
    /// resend fails: `outcome` and `explanation` tell of that.
    pub first_accepted_at: Option<DateTime<Utc>>,
    /// What is unusual about it, told within seconds after it was accepted; empty where nothing is. Nothing
    /// stops for it. Null for recruiters.
    pub flags: Option<Vec<ExportFlag>>,
    /// What happened, in plain words.
    #[schema(
        example = "hooks.zapier.com accepted all 25 candidates at 14:05 UTC, 23 Nov (try 1)."
    )]
    pub explanation: String,
    /// What to do about it.
    pub advice: String,
    /// Who has to do it.
    pub act_by: ActBy,
}

/// People who were left out for one reason.
#[derive(Serialize, ToSchema)]
pub struct LeftOut {
    /// Why they may not be sent.
    pub reason: LeftOutReason,
    /// How many.
    #[schema(example = 2, minimum = 1)]
    pub count: u32,
}

impl LeftOut {
    fn list(left_out: domain::export::LeftOut) -> Vec<Self> {
        left_out.by_reason().map(|(reason, count)| Self { reason, count }).collect()
    }
}

impl Export {
    fn new(row: store::exports::Export, role: Role, contacts: &Contacts) -> Self {
        let host = redaction::host(role, &row.host);
        let Explanation { status_label, explanation, advice, act_by } =
            row.explained(role, contacts, Utc::now());
        let flags = (role != Role::Recruiter).then(|| ExportFlag::list(&row, &host));
        let sees_vacancy = role != Role::Support;
        let last = row.last_attempt.as_ref();
        Self {
            id: row.id,
            organisation_id: row.organisation_id,
            organisation_name: row.organisation_name,
            status: row.status,
            status_label,
            kind: row.kind,
            vacancy_id: row.vacancy_id.filter(|_| sees_vacancy),
            vacancy_title: row.vacancy_title.filter(|_| sees_vacancy),
            webhook_id: row.webhook_id,
            webhook_name: row.webhook_name,
            webhook_deleted_at: row.webhook_deleted_at,
            host,
            requested_by: row.requested_by,
            requested_at: row.requested_at,
            candidate_count: row.candidate_count,
            payload_bytes: row.payload_bytes,
            payload_sha256: redaction::hexadecimal(&row.payload_sha256),
            payload_kept_until: row.payload_kept_until,
            attempt_count: row.attempt_count,
            resent_from: row.resent_from,
            left_out: LeftOut::list(row.left_out),
            continued_as: row.continued_as,
            next_attempt_at: row.next_attempt_at,
            held_until: row.held_until,
            finished_at: row.finished_at,
            ended_by: row.ended_by,
            outcome: row.outcome.or(last.map(|last| last.outcome)),
            ambiguous: row.ambiguous,
            first_accepted_at: row.first_accepted_at,
            flags,
            explanation,
            advice,
            act_by,
        }
    }
}

/// The answer to what was queued, after its commit: its lane is notified. With `Prefer: wait` it comes
/// with the outcome, if that comes in time.
pub(crate) async fn accepted(state: &State, caller: &Caller, accepted: Accepted) -> HttpResponse {
    let (mut response, export) = queued(state, caller, accepted).await;
    response.json(export)
}

/// The same, with what else the answer tells.
async fn queued(
    state: &State,
    caller: &Caller,
    accepted: Accepted,
) -> (HttpResponseBuilder, Export) {
    let Accepted { mut export, replayed } = accepted;
    // Before it goes out: the end is heard.
    let waiting = caller.patience.begin(state, export.id);
    if !replayed {
        state.notifier.notify(export.organisation_id, export.webhook_id);
    }
    if let Some(waiting) = waiting {
        if export.status.in_progress() {
            waiting.end(state).await;
        }
        export = read_again(state, caller, export).await;
    }
    let mut response = replay::answer(StatusCode::ACCEPTED, replayed);
    response.insert_header((LOCATION, format!("/v1/exports/{}", export.id)));
    if let Some(applied) = caller.patience.applied() {
        response.insert_header(("Preference-Applied", applied));
    }
    (response, Export::new(export, caller.role, &state.contacts))
}

/// As it stands now; as it stood, where that cannot be read: it was queued all the same.
async fn read_again(
    state: &State,
    caller: &Caller,
    before: store::exports::Export,
) -> store::exports::Export {
    let id = before.id;
    let get = move |conn: &mut Conn, actor: &Actor| store::exports::get(conn, actor, id);
    caller.run(state, get).await.ok().flatten().unwrap_or(before)
}

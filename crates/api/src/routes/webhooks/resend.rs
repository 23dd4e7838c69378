//! Sending again all that failed for a webhook.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::id::WebhookId;
use serde::{Deserialize, Serialize};
use store::Conn;
use store::webhooks::{ResendFailed, ResendFailedRefusal, Resent};
use utoipa::ToSchema;
use validator::Validate;

use crate::authorized::{Authorized, ManageWebhooks};
use crate::extract::{IdempotencyKey, Json, NoParameters, PathId, Query, instant};
use crate::problem::{Kind, Problem};
use crate::replay;
use crate::routes::exports::refused::disabled;
use crate::routes::exports::resend::unknown_target;
use crate::state::State;

/// What of a webhook is sent again.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "since": "2026-11-23T00:00:00Z", "dry_run": true }))]
pub struct ResendWebhookExports {
    /// What failed at this instant or later.
    #[serde(deserialize_with = "instant::start")]
    since: DateTime<Utc>,
    /// Another live webhook that gets it; left out or null: the same one.
    #[serde(default)]
    webhook_id: Option<WebhookId>,
    /// Only count, and change nothing.
    #[serde(default)]
    #[schema(default = false)]
    dry_run: bool,
}

/// How many failed exports were sent again; with `dry_run`, how many would be.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct ResentExports {
    /// Sent again.
    #[schema(example = 12)]
    pub resent: u64,
    /// Of these, as derived exports with ids of their own: to another webhook, or without those who may
    /// not be sent any more.
    #[schema(example = 1)]
    pub derived: u64,
    /// Not sent again.
    pub skipped: SkippedExports,
    /// Nothing was changed.
    pub dry_run: bool,
}

/// How many failed exports were not sent again, and why.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct SkippedExports {
    /// Their data is no longer kept: export the candidates again.
    #[schema(example = 0)]
    pub payload_gone: u64,
    /// Nobody in them may be sent any more.
    #[schema(example = 0)]
    pub nobody_left: u64,
    /// Another export carries them on already (`continued_as`).
    #[schema(example = 0)]
    pub carried_on: u64,
    /// Somebody sent them again meanwhile, or the webhook was switched off: call again.
    #[schema(example = 0)]
    pub changed: u64,
}

/// What is read of a request.
type Input = (PathId<WebhookId>, Query<NoParameters>, IdempotencyKey, Json<ResendWebhookExports>);

/// Resend what failed for a webhook
///
/// All exports of it that failed since an instant: same ids and bytes, or derived exports where
/// somebody in them may not be sent any more, and always for another webhook. What was accepted
/// once, tests, and what another export carries on stay as they are. It works in short steps: where a
/// call breaks off, call again; what is in progress again is not queued twice.
#[utoipa::path(
    tag = "webhooks",
    request_body = ResendWebhookExports,
    params(
        ("id" = WebhookId, Path, description = "Id of the webhook; with webhook_id also of a deleted one")
    ),
    responses((
        status = 200,
        description = "What was sent again",
        body = ResentExports
    ))
)]
#[post("/v1/webhooks/{id}/resend")]
pub(crate) async fn resend_webhook_exports(
    state: web::Data<State>,
    call: Authorized<ManageWebhooks, Input>,
) -> Result<HttpResponse, Problem> {
    let organisation = call.caller.organisation()?;
    let (PathId(id), _, key, Json(body)) = call.input;
    let key = key.scoped(&call.caller, "resend_webhook_exports", &(id, &body))?;
    let asked = ResendFailed { since: body.since, to: body.webhook_id, dry_run: body.dry_run };
    let resend = move |conn: &mut Conn, actor: &Actor| {
        store::webhooks::resend_failed(conn, actor, id, &asked, key.as_ref())
    };
    let (resent, replayed) = call.caller.run(&state, resend).await?.map_err(not_resent)?;
    if resent.resent > 0 && !replayed && !asked.dry_run {
        state.notifier.notify(organisation, asked.to.unwrap_or(id));
    }
    let resent = ResentExports::new(resent, asked.dry_run);
    Ok(replay::answer(StatusCode::OK, replayed).json(resent))
}

impl ResentExports {
    fn new(counts: Resent, dry_run: bool) -> Self {
        let Resent { resent, derived, payload_gone, nobody_left, carried_on, changed } = counts;
        let skipped = SkippedExports { payload_gone, nobody_left, carried_on, changed };
        Self { resent, derived, skipped, dry_run }
    }
}

fn not_resent(refusal: ResendFailedRefusal) -> Problem {
    match refusal {
        ResendFailedRefusal::Unknown => Problem::not_found(),
        ResendFailedRefusal::Deleted => Problem::new(
            Kind::WebhookDeleted,
            "This webhook was deleted: name another one in webhook_id, which gets what failed.",
        ),
        ResendFailedRefusal::TargetUnknown(webhook) => unknown_target(webhook),
        ResendFailedRefusal::Disabled { reason, .. } => disabled(reason),
        ResendFailedRefusal::KeyReused => replay::key_reused(),
    }
}

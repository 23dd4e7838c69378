//! Sending an export again: as it is to the same webhook, derived to another one.

use actix_web::{HttpResponse, post, web};
use domain::actor::Actor;
use domain::id::{ExportId, WebhookId};
use serde::{Deserialize, Serialize};
use store::Conn;
use store::exports::ResendRefusal;
use utoipa::ToSchema;
use validator::Validate;

use super::refused::disabled;
use super::{Export, accepted};
use crate::authorized::{self, Authorized};
use crate::extract::{IdempotencyKey, NoParameters, OptionalJson, PathId, Query};
use crate::problem::{Kind, Problem};
use crate::replay;
use crate::state::State;

/// Where an export is sent again.
#[derive(Default, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "webhook_id": crate::openapi::examples::WEBHOOK }))]
pub struct ResendExport {
    /// Another live webhook; left out or null: the one that it went to.
    #[serde(default)]
    webhook_id: Option<WebhookId>,
}

/// What is read of a request.
type Input = (PathId<ExportId>, Query<NoParameters>, IdempotencyKey, OptionalJson<ResendExport>);

/// Resend an export
///
/// From an end state. To the same webhook: same id, same bytes; attempt numbers go on. Where somebody
/// in it was restricted or withdrew since, a derived export with the others goes out instead:
/// `resent_from` names this one, `left_out` says how many. To another webhook always as a derived
/// export, signed with that one's secret, also out of a disabled or deleted webhook: it carries no
/// more than what both webhooks receive (`include`). One that is in progress is refused for another
/// webhook, too: it may still be accepted, and then two receivers would have it. Cancel it first. So is
/// one that another export in progress carries on (`continued_as`, and what carries on that one): two
/// would have it at once.
#[utoipa::path(
    tag = "exports",
    request_body = Option<ResendExport>,
    params(
        ("id" = ExportId, Path, description = "Id of the export")
    ),
    responses((
        status = 202,
        description = "Queued again",
        body = Export,
        headers(
            ("Location" = String, description = "Where the export is")
        )
    ))
)]
#[post("/v1/exports/{id}/resend")]
pub(crate) async fn resend_export(
    state: web::Data<State>,
    call: Authorized<authorized::Export, Input>,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), _, key, OptionalJson(body)) = call.input;
    let key = match body.webhook_id {
        // As in versions that knew no other webhook.
        None => key.scoped(&call.caller, "resend_export", &id)?,
        Some(webhook) => key.scoped(&call.caller, "resend_export", &(id, webhook))?,
    };
    let resend = move |conn: &mut Conn, actor: &Actor| match body.webhook_id {
        None => store::exports::resend(conn, actor, id, key.as_ref()),
        Some(webhook) => store::exports::resend_to(conn, actor, id, webhook, key.as_ref()),
    };
    let export = call.caller.run(&state, resend).await?.map_err(not_resent)?;
    Ok(accepted(&state, &call.caller, export).await)
}

fn not_resent(refusal: ResendRefusal) -> Problem {
    match refusal {
        ResendRefusal::Unknown => Problem::not_found(),
        ResendRefusal::InProgress => {
            let detail = "This export is in progress and may still be accepted: wait for its end, or \
                          cancel it first.";
            Problem::new(Kind::ExportInProgress, detail)
        }
        ResendRefusal::CarriedOn => {
            let detail = "This export is carried on by another one (continued_as) that is in progress: \
                          wait for the end of that one, or cancel it first.";
            Problem::new(Kind::ExportInProgress, detail)
        }
        ResendRefusal::PayloadGone => Problem::new(
            Kind::PayloadNotKept,
            "The data of this export is no longer kept: export the candidates again.",
        ),
        ResendRefusal::WebhookDeleted => Problem::new(
            Kind::WebhookDeleted,
            "The webhook was deleted: resend this export to another one (webhook_id).",
        ),
        ResendRefusal::WebhookDisabled { reason, .. } => disabled(reason),
        ResendRefusal::NobodyLeft => Problem::new(
            Kind::NobodyLeft,
            "Nobody in this export may be sent any more: they were restricted or withdrew.",
        ),
        ResendRefusal::TargetUnknown(webhook) => unknown_target(webhook),
        ResendRefusal::OfATest => Problem::invalid_value(
            "/webhook_id",
            "none: a test goes to its own webhook; test the other one",
        ),
        ResendRefusal::KeyReused => replay::key_reused(),
    }
}

/// No live webhook of the organisation to send to.
pub(crate) fn unknown_target(webhook: WebhookId) -> Problem {
    Problem::invalid_value("/webhook_id", "not found").with_not_found(vec![webhook.into()])
}

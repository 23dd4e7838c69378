//! Replacing a webhook, which cannot be edited: a new one in its place, and what was under way with it.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::export::EndState;
use domain::id::{OrganisationId, WebhookId};
use domain::sealing::SealingKeys;
use domain::signature::SigningSecret;
use domain::webhook_url::{WebhookUrl, warnings};
use serde::{Deserialize, Serialize};
use store::idempotency_keys::IdempotencyKey as StoredKey;
use store::webhooks::{ReplaceRefusal, Replaced, Replacement};
use store::{Conn, StoreError};
use utoipa::ToSchema;
use validator::Validate;

use super::create::{asked_name, refused, url_refused};
use super::sealed::Sealed;
use super::{UrlShown, Webhook};
use crate::authorized::{Authorized, ManageWebhooks};
use crate::extract::{IdempotencyKey, Json, NoParameters, PathId, Query, instant};
use crate::observe;
use crate::problem::Problem;
use crate::replay;
use crate::state::State;

/// What takes the place of a webhook.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "url": crate::openapi::examples::RECEIVER, "carry_over": "failed" }))]
pub struct ReplaceWebhook {
    /// Where exports go from now on; the URL of the replaced webhook will do.
    #[validate(length(max = 2048, message = "at most 2,048 characters"))]
    #[schema(format = "uri", min_length = 1, max_length = 2048)]
    url: String,
    /// By default that of the replaced webhook.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Which exports of the replaced webhook go on to the new one.
    carry_over: CarryOver,
    /// Which failed exports: those that failed at this instant (`2026-11-23T10:14:59Z`) or later. By
    /// default all of which the data is still kept.
    #[serde(default, deserialize_with = "instant::from")]
    since: Option<DateTime<Utc>>,
    /// Only count, and change nothing.
    #[serde(default)]
    #[schema(default = false)]
    dry_run: bool,
}

/// Which exports of a replaced webhook go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CarryOver {
    /// None: what waits is cancelled.
    None,
    /// Those that failed; what waits is cancelled.
    Failed,
    /// Those that failed, those that wait, and those on the wire that are not accepted.
    All,
}

/// How many exports go on from a replaced webhook, each as an export of its own (`resent_from`), without
/// those who may not be sent any more. Tests stay behind.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct CarriedOver {
    /// Failed ones.
    #[schema(example = 3)]
    pub failed: u64,
    /// Those that waited.
    #[schema(example = 2)]
    pub waiting: u64,
    /// Those on the wire, once it is known that they were not accepted.
    #[schema(example = 0)]
    pub sending: u64,
    /// Those that waited and are cancelled instead.
    #[schema(example = 0)]
    pub cancelled: u64,
    /// Failed ones that do not go on, for their data is no longer kept.
    #[schema(example = 0)]
    pub payload_gone: u64,
}

/// A webhook in the place of another one, with what is shown only now.
#[derive(Serialize, ToSchema)]
pub struct ReplacedWebhook {
    /// The signing secret (`whsec_…`): keep it, it is never shown again. Null when the answer is
    /// repeated under an `Idempotency-Key`.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")]
    pub secret: Option<String>,
    /// The webhook.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// What to watch out for at this receiver.
    pub warnings: Vec<String>,
    /// What goes on to it.
    pub carried_over: CarriedOver,
}

/// What a replacement would do.
#[derive(Serialize, ToSchema)]
pub struct ReplacementPreview {
    /// What to watch out for at this receiver.
    pub warnings: Vec<String>,
    /// What would go on to it.
    pub carried_over: CarriedOver,
}

/// What is read of a request.
type Input = (PathId<WebhookId>, Query<NoParameters>, IdempotencyKey, Json<ReplaceWebhook>);

/// Replace a webhook
///
/// A webhook can't be edited; this is the way to another URL: it registers a new webhook with the name,
/// purpose and field groups of this one, deletes this one, and carries over what failed or waits, all
/// or nothing. What is on the wire finishes. The exports go on within seconds, each with an id of its
/// own; the answer is the only one that shows the new signing secret. With `dry_run` it only counts.
#[utoipa::path(
    tag = "webhooks",
    request_body = ReplaceWebhook,
    params(
        ("id" = WebhookId, Path, description = "Id of the webhook")
    ),
    responses(
        (
            status = 201,
            description = "Replaced",
            body = ReplacedWebhook,
            headers(
                ("Location" = String, description = "Where the new webhook is")
            )
        ),
        (status = 200, description = "What it would do (`dry_run`)", body = ReplacementPreview)
    )
)]
#[post("/v1/webhooks/{id}/replace")]
pub(crate) async fn replace_webhook(
    state: web::Data<State>,
    call: Authorized<ManageWebhooks, Input>,
) -> Result<HttpResponse, Problem> {
    let organisation = call.caller.organisation()?;
    let (PathId(old), _, key, Json(body)) = call.input;
    let key = key.scoped(&call.caller, "replace_webhook", &(old, &body))?;
    let dry_run = body.dry_run;
    let successor = Successor::new(&state, body)?;
    let (secret, warnings) = (successor.secret.reveal(), warnings(&successor.url));
    let shared = state.clone();
    if dry_run {
        let count = move |conn: &mut Conn, actor: &Actor| {
            let new = successor.sealed(conn, &shared.keys, organisation)?;
            store::webhooks::would_replace(conn, actor, old, &new)
        };
        let carried = call.caller.run(&state, count).await?.map_err(not_replaced)?;
        let carried_over = carried.into();
        return Ok(HttpResponse::Ok().json(ReplacementPreview { warnings, carried_over }));
    }
    let replace = move |conn: &mut Conn, actor: &Actor| {
        successor.replace(conn, actor, &shared.keys, (organisation, old), key.as_ref())
    };
    let (replaced, row, carried) = call.caller.run(&state, replace).await?.map_err(not_replaced)?;
    observe::ended(EndState::Cancelled, replaced.written);
    let row = row.ok_or_else(replay::gone)?;
    let webhook = Webhook::new(row, call.caller.role, &state.keys, UrlShown::Whole)?;
    let location = (LOCATION, format!("/v1/webhooks/{}", webhook.id));
    let secret = (!replaced.replayed).then_some(secret);
    let answer = ReplacedWebhook { secret, webhook, warnings, carried_over: carried.into() };
    let mut response = replay::answer(StatusCode::CREATED, replaced.replayed);
    Ok(response.insert_header(location).json(answer))
}

/// A webhook that may take the place, before it has an id.
struct Successor {
    url: WebhookUrl,
    name: Option<String>,
    carry_over: store::webhooks::CarryOver,
    secret: SigningSecret,
}

/// What was done, the new webhook, and what goes on to it.
type Done = (Replaced, Option<store::webhooks::Webhook>, store::webhooks::CarriedOver);

impl Successor {
    fn new(state: &State, body: ReplaceWebhook) -> Result<Self, Problem> {
        let url = state.rules.check(&body.url).map_err(|refusal| url_refused(&refusal))?;
        let carry_over = match body.carry_over {
            CarryOver::None if body.since.is_some() => {
                let detail = "only where carry_over is failed or all";
                return Err(Problem::invalid_value("/since", detail));
            }
            CarryOver::None => store::webhooks::CarryOver::None,
            CarryOver::Failed => store::webhooks::CarryOver::Failed(body.since),
            CarryOver::All => store::webhooks::CarryOver::All(body.since),
        };
        let name = body.name.as_deref().map(asked_name).transpose()?;
        let secret = SigningSecret::from_random(rand::random());
        Ok(Self { url, name, carry_over, secret })
    }

    fn sealed(
        self,
        conn: &mut Conn,
        keys: &SealingKeys,
        organisation: OrganisationId,
    ) -> Result<Replacement, StoreError> {
        let sealed = Sealed::new(conn, keys, organisation, (&self.url, &self.secret))?;
        Ok(Replacement {
            id: sealed.id,
            name: self.name,
            host: sealed.host,
            url_sealed: sealed.url,
            url_hmacs: sealed.url_hmacs,
            url_marks: sealed.url_marks,
            secret_sealed: sealed.secret,
            carry_over: self.carry_over,
        })
    }

    fn replace(
        self,
        conn: &mut Conn,
        actor: &Actor,
        keys: &SealingKeys,
        (organisation, old): (OrganisationId, WebhookId),
        key: Option<&StoredKey>,
    ) -> Result<Result<Done, ReplaceRefusal>, StoreError> {
        let new = self.sealed(conn, keys, organisation)?;
        let replaced = match store::webhooks::replace(conn, actor, old, &new, key)? {
            Ok(replaced) => replaced,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let row = store::webhooks::get(conn, actor, replaced.webhook)?;
        let carried = store::webhooks::carried_over(conn, actor, replaced.webhook)?;
        Ok(Ok((replaced, row, carried)))
    }
}

fn not_replaced(refusal: ReplaceRefusal) -> Problem {
    match refusal {
        ReplaceRefusal::Unknown => Problem::not_found(),
        ReplaceRefusal::Create(refusal) => refused(refusal),
        ReplaceRefusal::KeyReused => replay::key_reused(),
    }
}

impl From<store::webhooks::CarriedOver> for CarriedOver {
    fn from(counts: store::webhooks::CarriedOver) -> Self {
        let store::webhooks::CarriedOver { failed, waiting, sending, cancelled, payload_gone } =
            counts;
        Self { failed, waiting, sending, cancelled, payload_gone }
    }
}

//! Registering a webhook. The only answer that ever shows its first signing secret.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, post, web};
use chrono::Utc;
use domain::actor::Actor;
use domain::id::{OrganisationId, WebhookId};
use domain::include::Include;
use domain::name::{self, NameRefusal};
use domain::sealing::SealingKeys;
use domain::signature::SigningSecret;
use domain::webhook_url::{UrlRefusal, WebhookUrl, mask_host, warnings};
use serde::{Deserialize, Serialize};
use store::idempotency_keys::{Once, once_called};
use store::webhooks::{CreateRefusal, NewWebhook, WebhookName};
use store::{Conn, StoreError};
use utoipa::ToSchema;
use validator::Validate;

use super::sealed::Sealed;
use super::{UrlShown, Webhook};
use crate::authorized::{Authorized, Caller, ManageWebhooks};
use crate::extract::{IdempotencyKey, Json, NoParameters, Query, printable};
use crate::problem::{Extras, FieldError, Kind, Problem};
use crate::replay;
use crate::state::State;

/// Characters of a name.
const NAME: usize = 100;

/// What registers a webhook.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "url": crate::openapi::examples::RECEIVER,
    "name": "New hires",
    "purpose": "Onboarding list of the people team"
}))]
pub struct CreateWebhook {
    /// Where exports go: https, reachable from the internet.
    #[validate(length(max = 2048, message = "at most 2,048 characters"))]
    #[schema(format = "uri", min_length = 1, max_length = 2048)]
    url: String,
    /// Unique among your live webhooks, without regard to case; by default made of the host, the
    /// day and your name. Kept trimmed, in NFC, with single blanks and without invisible and
    /// bidirectional characters.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Why data goes there.
    #[serde(default)]
    #[validate(length(min = 1, max = 200, message = "1 to 200 characters"), custom(function = printable))]
    #[schema(min_length = 1, max_length = 200)]
    purpose: Option<String>,
    /// Who answers for it, by name or e-mail address; by default you.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 200, message = "1 to 200 characters"), custom(function = printable))]
    #[schema(min_length = 1, max_length = 200)]
    owner: Option<String>,
    /// Field groups of the payload, fixed with the webhook; by default what most receivers need.
    #[serde(default)]
    include: Option<Include>,
    /// A deleted webhook that this one takes over from.
    #[serde(default)]
    replaces: Option<WebhookId>,
}

/// A webhook just registered, with what is shown only now.
#[derive(Serialize, ToSchema)]
pub struct CreatedWebhook {
    /// The signing secret (`whsec_…`): keep it, it is never shown again. Null when an earlier request
    /// under the same `Idempotency-Key` registered the webhook: rotate-secret makes a new one.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")]
    pub secret: Option<String>,
    /// The webhook.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// What to watch out for at this receiver.
    pub warnings: Vec<String>,
}

/// Create a webhook
///
/// Registers a URL. The answer is the only one that shows the signing secret.
#[utoipa::path(
    tag = "webhooks",
    request_body = CreateWebhook,
    responses((
        status = 201,
        description = "Registered",
        body = CreatedWebhook,
        headers(("Location" = String, description = "Where the webhook is"))
    ))
)]
#[post("/v1/webhooks")]
pub(crate) async fn create_webhook(
    state: web::Data<State>,
    call: Authorized<ManageWebhooks, (Query<NoParameters>, IdempotencyKey, Json<CreateWebhook>)>,
) -> Result<HttpResponse, Problem> {
    let organisation = call.caller.organisation()?;
    let (_, key, Json(body)) = call.input;
    let key = key.scoped(&call.caller, "create_webhook", &body)?;
    let registration = Registration::new(&state, &call.caller, body)?;
    let (secret, warnings) = (registration.secret.reveal(), warnings(&registration.url));
    let shared = state.clone();
    let register = move |conn: &mut Conn, actor: &Actor| {
        let new = registration.new_webhook(conn, &shared.keys, organisation)?;
        let once = once_called(conn, actor, key.as_ref(), |conn| {
            let created = store::webhooks::create(conn, actor, &new)?;
            Ok(created.map(|()| ((), new.id.into())))
        })?;
        let Ok(once) = once else { return Ok(once.map(|once| (once, None))) };
        let id = if let Once::Replayed { resource } = once { resource.into() } else { new.id };
        Ok(Ok((once, store::webhooks::get(conn, actor, id)?)))
    };
    let (once, row) = call.caller.run(&state, register).await?.map_err(refused)?;
    let replayed = replay::is_replay(&once)?;
    let row = row.ok_or_else(replay::gone)?;
    let webhook = Webhook::new(row, call.caller.role, &state.keys, UrlShown::Whole)?;
    let location = (LOCATION, format!("/v1/webhooks/{}", webhook.id));
    let secret = (!replayed).then_some(secret);
    let created = CreatedWebhook { webhook, secret, warnings };
    Ok(replay::answer(StatusCode::CREATED, replayed).insert_header(location).json(created))
}

/// A webhook that may be registered, before it has an id.
struct Registration {
    url: WebhookUrl,
    name: WebhookName,
    purpose: Option<String>,
    owner: Option<String>,
    include: Include,
    replaces: Option<WebhookId>,
    secret: SigningSecret,
}

impl Registration {
    fn new(state: &State, caller: &Caller, body: CreateWebhook) -> Result<Self, Problem> {
        let url = state.rules.check(&body.url).map_err(|refusal| url_refused(&refusal))?;
        let name = match body.name {
            Some(name) => WebhookName::Asked(asked_name(&name)?),
            None => WebhookName::Default(default_name(&url, caller)),
        };
        Ok(Self {
            url,
            name,
            purpose: body
                .purpose
                .as_deref()
                .map(|text| asked_words("/purpose", text))
                .transpose()?
                .flatten(),
            owner: body
                .owner
                .as_deref()
                .map(|text| asked_words("/owner", text))
                .transpose()?
                .flatten(),
            include: body.include.unwrap_or_default(),
            replaces: body.replaces,
            secret: SigningSecret::from_random(rand::random()),
        })
    }

    fn new_webhook(
        self,
        conn: &mut Conn,
        keys: &SealingKeys,
        organisation: OrganisationId,
    ) -> Result<NewWebhook, StoreError> {
        let sealed = Sealed::new(conn, keys, organisation, (&self.url, &self.secret))?;
        Ok(NewWebhook {
            id: sealed.id,
            name: self.name,
            purpose: self.purpose,
            owner: self.owner,
            host: sealed.host,
            url_sealed: sealed.url,
            url_hmacs: sealed.url_hmacs,
            url_marks: sealed.url_marks,
            secret_sealed: sealed.secret,
            include: self.include,
            replaces: self.replaces,
        })
    }
}

/// A name as it is kept.
///
/// # Errors
/// 422 when it is none, too long, or has a secret in it.
pub(crate) fn asked_name(name: &str) -> Result<String, Problem> {
    name_as_kept(name).map_err(|why| Problem::invalid_value("/name", why))
}

/// The same, or why it is none.
pub(super) fn name_as_kept(name: &str) -> Result<String, String> {
    let name = name::clean(name).map_err(|why| why.to_string())?;
    if name::carries_secret(&name) {
        return Err(PASTED.to_owned());
    }
    if name.chars().count() > NAME {
        return Err("1 to 100 characters".to_owned());
    }
    Ok(name)
}

const PASTED: &str = "has an API key or a signing secret in it: write a name in its place, and replace \
                      that secret, since it was sent where it does not belong";

/// Everybody who may pick a webhook reads these words, and the audit keeps them.
fn refuse_secret(pointer: &str, text: &str) -> Result<(), Problem> {
    if name::carries_secret(text) { Err(Problem::invalid_value(pointer, PASTED)) } else { Ok(()) }
}

/// In the form of a name; what has nothing that can be seen is none.
pub(super) fn asked_words(pointer: &str, text: &str) -> Result<Option<String>, Problem> {
    match name::clean(text) {
        Ok(text) => refuse_secret(pointer, &text).map(|()| Some(text)),
        Err(NameRefusal::Blank) => Ok(None),
        Err(why) => Err(Problem::invalid_value(pointer, why.to_string())),
    }
}

/// Shown to everybody who may pick a webhook: the host as they may see it.
pub(super) fn default_name(url: &WebhookUrl, caller: &Caller) -> String {
    let actor = &caller.actor;
    let who = actor.name.as_deref().or(actor.email.as_deref()).unwrap_or(&actor.id);
    let name =
        format!("{} · added {} by {who}", mask_host(url.host()), Utc::now().format("%-d %b"));
    let name: String = name.chars().filter(|char| !char.is_control()).collect();
    let name: String = name::clean(&name).unwrap_or(name).chars().take(190).collect();
    name.trim_end().to_owned()
}

pub(super) fn url_refused(refusal: &UrlRefusal) -> Problem {
    let extras = Extras { rule: Some(refusal.rule().to_owned()), ..Extras::default() };
    Problem::new(Kind::UrlRefused, refusal.to_string())
        .with_errors(vec![FieldError::new("/url", refusal.to_string())])
        .with_extras(extras)
}

pub(super) fn refused(refusal: CreateRefusal) -> Problem {
    let detail = in_words(&refusal);
    match refusal {
        CreateRefusal::ReplacesUnknown(id) => {
            Problem::invalid_value("/replaces", detail).with_not_found(vec![id.into()])
        }
        CreateRefusal::ReplacesLive => Problem::invalid_value("/replaces", detail),
        CreateRefusal::UrlExists { id, .. } => {
            let extras = Extras { webhook_id: Some(id), ..Extras::default() };
            Problem::new(Kind::WebhookExists, detail).with_extras(extras)
        }
        CreateRefusal::NameTaken => Problem::new(Kind::WebhookNameTaken, detail),
        CreateRefusal::TooMany { limit } => {
            let extras = Extras { limit: u64::try_from(limit).ok(), ..Extras::default() };
            Problem::new(Kind::TooManyWebhooks, detail).with_extras(extras)
        }
    }
}

/// Why, in words.
pub(super) fn in_words(refusal: &CreateRefusal) -> String {
    match refusal {
        CreateRefusal::ReplacesUnknown(_) => "not found".to_owned(),
        CreateRefusal::ReplacesLive => "a deleted webhook; this one is live".to_owned(),
        CreateRefusal::UrlExists { id, name } => {
            format!("The webhook {name} already uses this URL. Its id is {id}.")
        }
        CreateRefusal::NameTaken => {
            "Another live webhook has this name, perhaps in another case; choose another."
                .to_owned()
        }
        CreateRefusal::TooMany { limit } => {
            format!("Your organisation has {limit} live webhooks; delete one first.")
        }
    }
}

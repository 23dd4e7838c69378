//! A URL judged as one types it, by the rules and in the words of registering.

use actix_web::{post, web};
use domain::actor::Actor;
use domain::webhook_url::{Verdict, WebhookRule, WebhookUrl, warnings};
use serde::{Deserialize, Serialize};
use store::Conn;
use store::webhooks::{CreateRefusal, WebhookName, WouldCreate};
use utoipa::ToSchema;
use validator::Validate;

use super::create::{default_name, in_words, name_as_kept};
use crate::authorized::{Authorized, Caller, ManageWebhooks};
use crate::extract::{Json, NoParameters, Query};
use crate::problem::Problem;
use crate::state::State;

/// What somebody is about to register.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "url": crate::openapi::examples::RECEIVER, "name": "New hires" }))]
pub struct CheckWebhook {
    /// As far as it is typed.
    url: String,
    /// The same of its name.
    #[serde(default)]
    name: Option<String>,
}

/// What stands in the way of a registration, rule by rule.
#[derive(Serialize, ToSchema)]
pub struct WebhookCheck {
    /// The URL as it would be kept; null where it is refused.
    #[schema(example = "https://hooks.zapier.com/hooks/catch/1/a")]
    pub url: Option<String>,
    /// Its host; null where it is refused.
    #[schema(example = "hooks.zapier.com")]
    pub host: Option<String>,
    /// All rules, in the order in which they are judged; the first that does not hold decides about those
    /// of the URL.
    pub rules: Vec<JudgedRule>,
    /// What to watch out for at this receiver.
    pub warnings: Vec<String>,
    /// What the webhook would be called: the name as it would be kept, or by default one that is free. Null
    /// where the name, or without one the URL, is refused.
    #[schema(example = "hooks.zapier.com · added 3 May by Ada Example")]
    pub name: Option<String>,
}

/// Whether a rule holds.
#[derive(Serialize, ToSchema)]
pub struct JudgedRule {
    /// The rule.
    pub rule: WebhookRule,
    /// The same in a few words.
    #[schema(example = "Starts with https://")]
    pub title: &'static str,
    /// Whether it holds; null where an earlier one has to hold first.
    pub passed: Option<bool>,
    /// What to do, where it does not hold: what a registration would say.
    pub detail: Option<String>,
}

/// Check a webhook
///
/// Judges a URL, and a name, as a registration would, rule by rule; for a form that tells while one types.
/// Changes nothing. A registration looks again: others may come meanwhile.
#[utoipa::path(
    tag = "webhooks",
    request_body = CheckWebhook,
    responses((status = 200, description = "What stands in the way, if anything", body = WebhookCheck))
)]
#[post("/v1/webhooks/check")]
pub(crate) async fn check_webhook(
    state: web::Data<State>,
    call: Authorized<ManageWebhooks, (Query<NoParameters>, Json<CheckWebhook>)>,
) -> Result<web::Json<WebhookCheck>, Problem> {
    let organisation = call.caller.organisation()?;
    let (_, Json(body)) = call.input;
    let (url, mut verdicts) = state.rules.verdicts(&body.url);
    let name = asked(body.name.as_deref(), url.as_ref(), &call.caller);
    let hmacs = url.as_ref().map(|url| state.keys.url_hmacs(organisation, url.as_str()));
    let wanted = name.as_ref().and_then(|name| name.as_ref().ok().cloned());
    let look = move |conn: &mut Conn, actor: &Actor| {
        store::webhooks::would_create(conn, actor, hmacs.as_deref(), wanted.as_ref())
    };
    let WouldCreate { url: free, name: named, room } = call.caller.run(&state, look).await?;
    let named = match name {
        Some(Err(why)) => Some(Err(why)),
        _ => named.map(told),
    };
    verdicts.push(verdict(WebhookRule::NotRegistered, free.map(told)));
    verdicts.push(verdict(WebhookRule::NameFree, named.clone().map(|named| named.map(drop))));
    verdicts.push(verdict(WebhookRule::Room, Some(told(room))));
    let rules = verdicts.into_iter().map(|it| JudgedRule {
        rule: it.rule,
        title: state.rules.title(it.rule),
        passed: it.passed,
        detail: it.detail,
    });
    Ok(web::Json(WebhookCheck {
        rules: rules.collect(),
        warnings: url.as_ref().map(warnings).unwrap_or_default(),
        host: url.as_ref().map(|url| url.host().to_owned()),
        url: url.as_ref().map(|url| url.as_str().to_owned()),
        name: named.and_then(Result::ok),
    }))
}

/// The name that is asked for, or why it is none; else the default one, where the URL is known.
fn asked(
    name: Option<&str>,
    url: Option<&WebhookUrl>,
    caller: &Caller,
) -> Option<Result<WebhookName, String>> {
    match name {
        Some(name) => Some(name_as_kept(name).map(WebhookName::Asked)),
        None => url.map(|url| Ok(WebhookName::Default(default_name(url, caller)))),
    }
}

fn told<T>(judged: Result<T, CreateRefusal>) -> Result<T, String> {
    judged.map_err(|refusal| in_words(&refusal))
}

fn verdict(rule: WebhookRule, judged: Option<Result<(), String>>) -> Verdict {
    judged.map_or_else(|| Verdict::unknown(rule), |judged| Verdict::of(rule, judged))
}

//! Reviews of a webhook: an admin looked at it, and it is still needed.

use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, Months, Utc};
use domain::actor::Actor;
use domain::id::WebhookId;
use serde::{Deserialize, Serialize};
use store::Conn;
use store::webhooks::Review;
use utoipa::ToSchema;
use validator::Validate;

use super::Webhook;
use super::control::changed;
use super::create::asked_words;
use crate::authorized::{Authorized, ManageWebhooks};
use crate::extract::{
    IdempotencyKey, NoParameters, OptionalJson, PathId, Query, instant, printable,
};
use crate::problem::Problem;
use crate::state::State;

/// How far ahead the next review may be.
const AHEAD: Months = Months::new(24);

/// What a review says.
#[derive(Default, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "owner": "ben@northwind.example" }))]
pub struct ReviewWebhook {
    /// Who answers for it from now on, by name or e-mail address; left out or null: whoever does.
    #[serde(default)]
    #[validate(length(min = 1, max = 200, message = "1 to 200 characters"), custom(function = printable))]
    #[schema(min_length = 1, max_length = 200)]
    owner: Option<String>,
    /// When it is to be reviewed again: an instant (`2027-11-23T10:14:59Z`) or a date, in the future and
    /// two years ahead at most; left out or null: in a year.
    #[serde(default, deserialize_with = "instant::from")]
    review_by: Option<DateTime<Utc>>,
}

/// What is read of a request.
type Input = (PathId<WebhookId>, Query<NoParameters>, IdempotencyKey, OptionalJson<ReviewWebhook>);

/// Review a webhook
///
/// Says that it is still needed, who answers for it, and when that is asked again. Nothing else about it
/// changes: what is not needed any more is deleted.
#[utoipa::path(
    tag = "webhooks",
    request_body = Option<ReviewWebhook>,
    params(
        ("id" = WebhookId, Path, description = "Id of the webhook")
    ),
    responses((status = 200, description = "Reviewed", body = Webhook))
)]
#[post("/v1/webhooks/{id}/reviewed")]
pub(crate) async fn review_webhook(
    state: web::Data<State>,
    call: Authorized<ManageWebhooks, Input>,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), _, key, OptionalJson(body)) = call.input;
    let key = key.scoped(&call.caller, "review_webhook", &(id, &body))?;
    let review = body.review(Utc::now())?;
    let work =
        move |conn: &mut Conn, actor: &Actor| store::webhooks::review(conn, actor, id, &review);
    changed(&state, &call.caller, (id, key), work).await
}

impl ReviewWebhook {
    fn review(self, now: DateTime<Utc>) -> Result<Review, Problem> {
        if let Some(next) = self.review_by {
            let latest = now.checked_add_months(AHEAD).unwrap_or(DateTime::<Utc>::MAX_UTC);
            if next <= now || next > latest {
                let detail = "in the future, and two years ahead at most";
                return Err(Problem::invalid_value("/review_by", detail));
            }
        }
        let owner = self.owner.as_deref().map(|text| asked_words("/owner", text)).transpose()?;
        Ok(Review { owner: owner.flatten(), review_by: self.review_by })
    }
}

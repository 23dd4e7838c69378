//! How the caller wishes to be told.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, put, web};
use domain::actor::Actor;
use domain::notification::Preferences;
use serde::Deserialize;
use store::Conn;
use store::notifications as store_of;
use validator::{Validate, ValidationErrors};

use crate::authorized::{Authorized, BeNotified};
use crate::extract::{IdempotencyKey, Json, NoParameters, Query};
use crate::problem::Problem;
use crate::replay;
use crate::state::State;

/// Show how you are told
///
/// For each kind of notification: `off`, `in_app` (the list and live streams) or `email` (these, and by
/// mail where the operator has set it up, as long as you called within the last 30 days). Only for a person.
#[utoipa::path(
    tag = "notifications",
    security(("bearer" = [])),
    responses((status = 200, description = "How you are told", body = Preferences))
)]
#[get("/v1/notifications/preferences")]
pub(crate) async fn get_notification_preferences(
    state: web::Data<State>,
    call: Authorized<BeNotified, Query<NoParameters>>,
) -> Result<web::Json<Preferences>, Problem> {
    Ok(web::Json(call.caller.run(&state, store_of::preferences).await?))
}

/// A body of domain's type: all that there is to check is in it.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Wishes(Preferences);

impl Validate for Wishes {
    fn validate(&self) -> Result<(), ValidationErrors> {
        Ok(())
    }
}

/// Choose how you are told
///
/// All kinds at once; from now on. Only for a person.
#[utoipa::path(
    tag = "notifications",
    request_body = Preferences,
    security(("bearer" = [])),
    responses((status = 200, description = "How you are told from now on", body = Preferences))
)]
#[put("/v1/notifications/preferences")]
pub(crate) async fn set_notification_preferences(
    state: web::Data<State>,
    call: Authorized<BeNotified, (Query<NoParameters>, IdempotencyKey, Json<Wishes>)>,
) -> Result<HttpResponse, Problem> {
    let (_, key, Json(Wishes(wishes))) = call.input;
    let key = key.scoped(&call.caller, "set_notification_preferences", &wishes)?;
    let prefer = move |conn: &mut Conn, actor: &Actor| {
        let once = store_of::prefer(conn, actor, &wishes, key.as_ref())?;
        Ok((once, store_of::preferences(conn, actor)?))
    };
    let (once, now) = call.caller.run(&state, prefer).await?;
    let replayed = replay::is_replay(&once)?;
    Ok(replay::answer(StatusCode::OK, replayed).json(now))
}

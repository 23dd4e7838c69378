//! What the caller has seen of what they were told.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post, web};
use domain::actor::Actor;
use domain::id::NotificationId;
use serde::{Deserialize, Serialize};
use store::Conn;
use store::notifications::{self as store_of, Seen};
use utoipa::ToSchema;
use validator::Validate;

use super::COUNTED;
use crate::authorized::{Authorized, BeNotified};
use crate::extract::{IdempotencyKey, Json, NoParameters, Query};
use crate::problem::{FieldError, Kind, Problem};
use crate::replay;
use crate::state::State;

/// What you have seen: exactly one of both.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "up_to": "019aafc6-7d10-7cc1-9e5b-6f0c5b3f2a11" }))]
pub struct MarkSeen {
    /// These; what is not yours is left aside.
    #[validate(length(max = 1_000, message = "1,000 at most"))]
    #[schema(max_items = 1000)]
    ids: Option<Vec<NotificationId>>,
    /// This one, and all before it.
    up_to: Option<NotificationId>,
}

/// What is left.
#[derive(Serialize, ToSchema)]
pub struct Unseen {
    /// How many you have not seen; 101 stands for more than 100.
    #[schema(example = 0, maximum = 101)]
    pub unseen: u64,
}

/// Mark notifications as seen
///
/// Once seen they stay so; to mark them again changes nothing. Only for a person.
#[utoipa::path(
    tag = "notifications",
    request_body = MarkSeen,
    security(("bearer" = [])),
    responses((status = 200, description = "Marked", body = Unseen))
)]
#[post("/v1/notifications/seen")]
pub(crate) async fn mark_notifications_seen(
    state: web::Data<State>,
    call: Authorized<BeNotified, (Query<NoParameters>, IdempotencyKey, Json<MarkSeen>)>,
) -> Result<HttpResponse, Problem> {
    let (_, key, Json(body)) = call.input;
    let key = key.scoped(&call.caller, "mark_notifications_seen", &body)?;
    let seen = seen(body)?;
    let mark = move |conn: &mut Conn, actor: &Actor| {
        let once = store_of::see(conn, actor, &seen, key.as_ref())?;
        Ok((once, store_of::unseen(conn, actor, COUNTED + 1)?))
    };
    let (once, unseen) = call.caller.run(&state, mark).await?;
    let replayed = replay::is_replay(&once)?;
    Ok(replay::answer(StatusCode::OK, replayed).json(Unseen { unseen }))
}

fn seen(body: MarkSeen) -> Result<Seen, Problem> {
    match (body.ids, body.up_to) {
        (Some(ids), None) => Ok(Seen::Ids(ids)),
        (None, Some(id)) => Ok(Seen::UpTo(id)),
        _ => {
            let error = |pointer: &str| FieldError::new(pointer, "one of the two");
            let errors = vec![error("/ids"), error("/up_to")];
            Err(Problem::new(Kind::ChooseOne, "Give either ids or up_to.").with_errors(errors))
        }
    }
}

//! What the caller is told without looking.

pub mod preferences;
pub mod seen;

use actix_web::{get, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::explanation::Contacts;
use domain::id::{ExportId, NotificationId, WebhookId};
use domain::notification::{NotificationKind, Words, link};
use domain::role::Role;
use serde::{Deserialize, Serialize};
use store::Conn;
use store::notifications as store_of;
use utoipa::ToSchema;
use validator::Validate;

use crate::authorized::{Authorized, BeNotified};
use crate::extract::Query;
use crate::page::{DEFAULT_LIMIT, LARGEST_LIMIT, Listing};
use crate::problem::Problem;
use crate::state::State;

/// Unseen ones are counted up to here.
const COUNTED: u32 = 100;

/// What you were told.
#[derive(Serialize, ToSchema)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// What happened.
    pub kind: NotificationKind,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Whether you marked it as seen.
    pub seen: bool,
    /// What happened, in plain words.
    #[schema(
        example = "The webhook \u{201c}CRM\u{201d} (hooks.zapier.com) takes what is sent again."
    )]
    pub sentence: String,
    /// What to do about it.
    #[schema(example = "Nothing to do.")]
    pub advice: String,
    /// The export that it is about; null where it is about a webhook.
    pub export_id: Option<ExportId>,
    /// The webhook that it is about, or that of the export.
    pub webhook_id: WebhookId,
    /// Name of the webhook.
    pub webhook_name: Option<String>,
    /// When the webhook was deleted; null while it lives.
    pub webhook_deleted_at: Option<DateTime<Utc>>,
    /// Its host, as you may see it.
    #[schema(example = "hooks.zapier.com")]
    pub host: Option<String>,
    /// Where your application shows it; null where the operator names none.
    #[schema(example = "https://app.example.com/webhooks/019aafc6-7d10-7cc1-9e5b-6f0c5b3f2a11")]
    pub link: Option<String>,
}

/// A page of notifications.
#[derive(Serialize, ToSchema)]
pub struct NotificationList {
    /// Newest first.
    pub items: Vec<Notification>,
    /// Send it as `cursor` for the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// How many you have not seen, whatever is listed; 101 stands for more than 100.
    #[schema(example = 3, maximum = 101)]
    pub unseen: u64,
}

/// Parameters of the list.
#[derive(Deserialize, Serialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationsQuery {
    /// Only those that you have not seen.
    #[serde(default)]
    #[param(default = false)]
    unseen: bool,
    /// Items of a page.
    #[validate(range(min = 1, max = LARGEST_LIMIT, message = "1 to 200"))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// List notifications
///
/// What you were told of, newest first, for 90 days: an export of yours that failed, or was accepted after
/// it had failed; of webhooks that you registered, and of all of them for an admin, that one fails, was
/// disabled or works again; and, for an admin, an export of the organisation that is unusual. The sentences say how things stand now. New ones come as `event: notification`
/// in `GET /v1/exports/events`. Only for a person.
#[utoipa::path(
    tag = "notifications",
    params(NotificationsQuery),
    security(("bearer" = [])),
    responses((status = 200, description = "A page of notifications", body = NotificationList))
)]
#[get("/v1/notifications")]
pub(crate) async fn list_notifications(
    state: web::Data<State>,
    call: Authorized<BeNotified, Query<NotificationsQuery>>,
) -> Result<web::Json<NotificationList>, Problem> {
    let Query(query) = call.input;
    let listing = Listing::new("notifications", &call.caller, &query)?;
    let after = listing.position(query.cursor.as_deref())?;
    let (unseen, limit) = (query.unseen, query.limit.unwrap_or(DEFAULT_LIMIT));
    let list = move |conn: &mut Conn, actor: &Actor| {
        let page = store_of::list(conn, actor, unseen, after, limit)?;
        Ok((page, store_of::unseen(conn, actor, COUNTED + 1)?))
    };
    let (page, unseen) = call.caller.run(&state, list).await?;
    let (role, now) = (call.caller.role, Utc::now());
    let app_url = state.app_url.as_deref();
    let page =
        listing.page(page, |row| Notification::new(row, role, &state.contacts, app_url, now));
    let (items, next_cursor) = (page.items, page.next_cursor);
    Ok(web::Json(NotificationList { items, next_cursor, unseen }))
}

impl Notification {
    fn new(
        row: store_of::Notification,
        role: Role,
        contacts: &Contacts,
        app_url: Option<&str>,
        now: DateTime<Utc>,
    ) -> Self {
        let Words { sentence, advice } = row.words(role, contacts, now);
        let host = row.host.is_some().then(|| row.host_for(role));
        Self {
            id: row.id,
            kind: row.kind,
            at: row.at,
            seen: row.seen_at.is_some(),
            sentence,
            advice,
            link: link(app_url, row.export_id, row.webhook_id),
            export_id: row.export_id,
            webhook_id: row.webhook_id,
            webhook_name: row.webhook_name,
            webhook_deleted_at: row.webhook_deleted_at,
            host,
        }
    }
}

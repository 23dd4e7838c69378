//! The audit as people read it: who did what, when, to what.

mod asked;
pub(crate) mod download;

use actix_web::{get, web};
use chrono::{DateTime, Utc};
use domain::actor::{Actor, ActorKind};
use domain::audit::{self, Action, ObjectType, Who, sentence};
use domain::id::{AuditEventId, OrganisationId};
use domain::role::Role;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::Conn;
use store::audit::AuditFilter;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::authorized::{Authorized, ReadAudit};
use crate::extract::{Query, instant, several};
use crate::page::{DEFAULT_LIMIT, LARGEST_LIMIT, List, Listing, filter};
use crate::problem::Problem;
use crate::state::State;
use asked::Actions;

/// Something that was done. Nobody can change or delete one.
#[derive(Serialize, ToSchema)]
pub struct AuditEvent {
    /// Its id.
    pub id: AuditEventId,
    /// When it was done.
    pub at: DateTime<Utc>,
    /// Whose data it is about; null where support was refused, which belongs to no organisation.
    pub organisation_id: Option<OrganisationId>,
    /// Name of that organisation; null for its members, and once it was removed.
    pub organisation_name: Option<String>,
    /// Who did it.
    pub actor: AuditActor,
    /// What was done, as object.verb.
    #[schema(value_type = Action)]
    pub action: String,
    /// What it was done to.
    pub object: AuditObject,
    /// What happened, in plain words.
    #[schema(example = "Ada Admin deleted the webhook CRM intake.")]
    pub sentence: String,
    /// More about it: ids, counts and words of closed sets. Which members there are depends on the action.
    #[schema(value_type = Object)]
    pub details: Map<String, Value>,
    /// The `x-request-id` of the answer; null for what the service did by itself.
    pub request_id: Option<Uuid>,
}

/// Who did something, as they were called then.
#[derive(Serialize, ToSchema)]
pub struct AuditActor {
    /// What kind of actor.
    #[serde(rename = "type")]
    pub kind: ActorKind,
    /// Subject of the token, id of the API key, or name of the process.
    #[schema(example = "auth0|ada")]
    pub id: String,
    /// Name; of an API key, its name.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Role; null for the service itself.
    pub role: Option<Role>,
}

/// What something was done to.
#[derive(Serialize, ToSchema)]
pub struct AuditObject {
    /// What kind of thing.
    #[serde(rename = "type")]
    #[schema(value_type = ObjectType)]
    pub kind: String,
    /// Its id; null where several are meant, and for support where it is a person's application.
    pub id: Option<Uuid>,
}

/// Parameters of the audit.
#[derive(Deserialize, Serialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditEventsQuery {
    /// Only what this member, API key or process did: an id, or an e-mail address. Where the audit tells of
    /// nobody of it: 422.
    #[param(min_length = 1)]
    actor: Option<String>,
    /// Only these actions, separated by commas; `webhook` or `webhook.*` means all of that kind.
    #[serde(default, deserialize_with = "several::words")]
    #[param(style = Form, explode = false, min_items = 1, value_type = Vec<String>)]
    action: Vec<Actions>,
    /// Only what was done to things of this kind.
    object_type: Option<ObjectType>,
    /// Only what was done to the thing of this id.
    object: Option<Uuid>,
    /// Only what was done at or after this instant (`2026-11-23T10:14:59Z`); a date without a time is a whole UTC day.
    #[serde(default, deserialize_with = "instant::from")]
    from: Option<DateTime<Utc>>,
    /// Only what was done before this instant; a date without a time is a whole UTC day, and what was
    /// done on it is meant, too.
    #[serde(default, deserialize_with = "instant::to")]
    to: Option<DateTime<Utc>>,
    /// Support only: what is about this organisation.
    organisation_id: Option<OrganisationId>,
    /// Items of a page.
    #[validate(range(min = 1, max = LARGEST_LIMIT, message = "1 to 200"))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// List audit events
///
/// Who did what, newest first: for admins their organisation's, looks of the support desk included; for
/// support all. That somebody asked for what is another organisation's, support alone reads. Kept for three
/// years.
#[utoipa::path(
    tag = "audit",
    security(("bearer" = [])),
    params(AuditEventsQuery),
    responses((status = 200, description = "A page of audit events", body = List<AuditEvent>))
)]
#[get("/v1/audit-events")]
pub(crate) async fn list_audit_events(
    state: web::Data<State>,
    call: Authorized<ReadAudit, Query<AuditEventsQuery>>,
) -> Result<web::Json<List<AuditEvent>>, Problem> {
    let Query(query) = call.input;
    let listing = Listing::new("audit events", &call.caller, &query)?;
    let after = listing.position(query.cursor.as_deref())?;
    let caller = call.caller.within(query.organisation_id)?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let wanted = query.filter()?;
    let list = move |conn: &mut Conn, actor: &Actor| {
        store::audit::list(conn, actor, &wanted, after, limit)
    };
    let page = caller.run(&state, list).await?.map_err(filter::unknown)?;
    let role = caller.role;
    Ok(web::Json(listing.page(page, |row| AuditEvent::new(row, role))))
}

impl AuditEventsQuery {
    fn filter(&self) -> Result<AuditFilter, Problem> {
        filter::check_window(self.from, self.to)?;
        Ok(AuditFilter {
            actor: self.actor.clone(),
            actions: Actions::all_of(&self.action),
            object_type: self.object_type,
            object: self.object,
            from: self.from,
            to: self.to,
        })
    }
}

impl AuditEvent {
    /// An event as this role sees it.
    fn new(row: store::audit::AuditEvent, role: Role) -> Self {
        let is_support = role == Role::Support;
        let shows_object = !is_support || audit::shows_object(&row.object_type);
        let object_id = row.object_id.filter(|_| shows_object);
        let details = if is_support { audit::shown_to_support(row.details) } else { row.details };
        let who = Who {
            kind: row.actor_type,
            id: &row.actor_id,
            name: row.actor_name.as_deref(),
            email: row.actor_email.as_deref(),
        };
        let told = sentence(&audit::Event {
            who,
            action: &row.action,
            object_type: &row.object_type,
            object_id,
            details: &details,
            names: &row.names,
        });
        Self {
            id: row.id,
            at: row.at,
            organisation_id: row.organisation_id,
            organisation_name: row.organisation_name.filter(|_| is_support),
            actor: AuditActor {
                kind: row.actor_type,
                id: row.actor_id,
                name: row.actor_name,
                email: row.actor_email,
                role: row.actor_role,
            },
            action: row.action,
            object: AuditObject { kind: row.object_type, id: object_id },
            sentence: told,
            details,
            request_id: row.request_id,
        }
    }
}

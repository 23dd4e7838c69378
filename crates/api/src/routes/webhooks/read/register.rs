//! The register of webhooks as CSV: what data goes where, for whose purpose (Art. 30 GDPR).

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::audit::ObjectType;
use domain::id::{OrganisationId, WebhookId};
use domain::include::Include;
use domain::requester::Requester;
use domain::role::Role;
use serde::Serialize;
use store::Conn;
use store::webhooks::{Registered, WebhookFilter};
use utoipa::ToSchema;

use super::WebhooksQuery;
use crate::authorized::{Authorized, Caller, SeeRegister};
use crate::csv;
use crate::extract::Query;
use crate::problem::Problem;
use crate::redaction;
use crate::routes::webhooks::Health;
use crate::state::State;

/// Download the register of webhooks as CSV
///
/// All webhooks that are or were there, deleted ones included: name, purpose, owner, host, field
/// groups, who registered it and when, when it was used last, its review. The audit is told.
#[utoipa::path(
    tag = "webhooks",
    params(WebhooksQuery),
    responses((status = 200, description = "All webhooks", body = String, content_type = "text/csv"))
)]
#[get("/v1/webhooks.csv")]
pub(crate) async fn download_webhooks(
    state: web::Data<State>,
    call: Authorized<SeeRegister, Query<WebhooksQuery>>,
) -> Result<HttpResponse, Problem> {
    let Query(query) = call.input;
    csv::refuse_paging(query.limit, query.cursor.as_deref())?;
    let source = Register(query.filter(call.caller.role)?);
    let caller = call.caller.within(query.organisation_id)?;
    csv::answer(state, caller, csv::names_of(&query)?, source).await
}

/// A webhook of the register. Support sees id, organisation, name, host, health and
/// when it was deleted; the rest is null.
#[derive(Serialize, ToSchema)]
struct Entry {
    id: WebhookId,
    organisation_id: OrganisationId,
    organisation_name: Option<String>,
    name: String,
    purpose: Option<String>,
    owner: Option<String>,
    host: String,
    include: Option<Include>,
    health: Option<Health>,
    created_at: Option<DateTime<Utc>>,
    created_by: Option<Requester>,
    last_delivered_at: Option<DateTime<Utc>>,
    last_attempt_at: Option<DateTime<Utc>>,
    stale: Option<bool>,
    review_by: Option<DateTime<Utc>>,
    review_due: Option<bool>,
    reviewed_at: Option<DateTime<Utc>>,
    reviewed_by: Option<Requester>,
    deleted_at: Option<DateTime<Utc>>,
}

struct Register(WebhookFilter);

impl csv::Source for Register {
    type Row = Registered;
    type Key = WebhookId;
    type Item = Entry;

    const NAME: &'static str = "webhooks";
    const OBJECT: ObjectType = ObjectType::Webhook;
    #[rustfmt::skip]
    const COLUMNS: &'static [&'static str] = &[
        "id", "organisation_id", "organisation_name", "name", "purpose", "owner", "host", "include",
        "health", "created_at", "created_by_type", "created_by_id", "created_by_name",
        "created_by_email", "last_delivered_at", "last_attempt_at", "stale", "review_by", "review_due",
        "reviewed_at", "reviewed_by_type", "reviewed_by_id", "reviewed_by_name", "reviewed_by_email",
        "deleted_at",
    ];

    fn page(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        after: Option<WebhookId>,
        limit: usize,
    ) -> csv::Found<Registered, WebhookId> {
        store::webhooks::register(conn, actor, &self.0, after, limit)
    }

    fn owner(row: &Registered) -> Option<OrganisationId> {
        Some(row.organisation_id)
    }

    fn item(row: Registered, caller: &Caller, _: &State) -> Entry {
        let is_admin = caller.role == Role::OrgAdmin;
        let (reviewed_at, reviewed_by) = row.reviewed.filter(|_| is_admin).unzip();
        Entry {
            id: row.id,
            organisation_id: row.organisation_id,
            organisation_name: row.organisation_name,
            name: row.name,
            purpose: row.purpose.filter(|_| is_admin),
            owner: is_admin.then_some(row.owner),
            host: redaction::host(caller.role, &row.host),
            include: is_admin.then_some(row.include),
            health: row.health.map(Health::from),
            created_at: is_admin.then_some(row.created_at),
            created_by: is_admin.then_some(row.created_by),
            last_delivered_at: row.last_delivered_at.filter(|_| is_admin),
            last_attempt_at: row.last_attempt_at.filter(|_| is_admin),
            stale: is_admin.then_some(row.stale),
            review_by: is_admin.then_some(row.review_by),
            review_due: is_admin.then_some(row.review_due),
            reviewed_at,
            reviewed_by,
            deleted_at: row.deleted_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_columns_are_the_members_of_an_entry() {
        csv::columns_are_of::<Register>(&[]);
    }
}

//! The whole audit as CSV.

use actix_web::{HttpResponse, get, web};
use domain::actor::Actor;
use domain::audit::ObjectType;
use domain::id::{AuditEventId, OrganisationId};
use store::Conn;
use store::audit::AuditFilter;

use super::{AuditEvent, AuditEventsQuery};
use crate::authorized::{Authorized, Caller, ReadAudit};
use crate::csv;
use crate::extract::Query;
use crate::problem::Problem;
use crate::state::State;

/// Download the audit as CSV
///
/// All that the list shows with the same parameters, in one file; the audit is told of that, too.
#[utoipa::path(
    tag = "audit",
    security(("bearer" = [])),
    params(AuditEventsQuery),
    responses((status = 200, description = "All audit events", body = String, content_type = "text/csv"))
)]
#[get("/v1/audit-events.csv")]
pub(crate) async fn download_audit_events(
    state: web::Data<State>,
    call: Authorized<ReadAudit, Query<AuditEventsQuery>>,
) -> Result<HttpResponse, Problem> {
    let Query(query) = call.input;
    csv::refuse_paging(query.limit, query.cursor.as_deref())?;
    let caller = call.caller.within(query.organisation_id)?;
    let source = AuditEvents(query.filter()?);
    csv::answer(state, caller, csv::names_of(&query)?, source).await
}

struct AuditEvents(AuditFilter);

impl csv::Source for AuditEvents {
    type Row = store::audit::AuditEvent;
    type Key = AuditEventId;
    type Item = AuditEvent;

    const NAME: &'static str = "audit_events";
    const OBJECT: ObjectType = ObjectType::AuditEvent;
    #[rustfmt::skip]
    const COLUMNS: &'static [&'static str] = &[
        "id", "at", "organisation_id", "organisation_name", "actor_type", "actor_id", "actor_name",
        "actor_email", "actor_role", "action", "object_type", "object_id", "sentence", "details",
        "request_id",
    ];

    fn page(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        after: Option<AuditEventId>,
        limit: usize,
    ) -> csv::Found<Self::Row, AuditEventId> {
        store::audit::page(conn, actor, &self.0, after, limit)
    }

    fn owner(row: &Self::Row) -> Option<OrganisationId> {
        row.organisation_id
    }

    fn item(row: Self::Row, caller: &Caller, _: &State) -> AuditEvent {
        AuditEvent::new(row, caller.role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_columns_are_the_members_of_an_event() {
        csv::columns_are_of::<AuditEvents>(&[]);
    }
}

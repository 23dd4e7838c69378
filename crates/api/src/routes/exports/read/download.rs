//! All exports as CSV.

use actix_web::{HttpResponse, get, web};
use domain::actor::Actor;
use domain::audit::ObjectType;
use domain::id::{ExportId, OrganisationId};
use store::Conn;
use store::exports::ExportFilter;

use super::ExportsQuery;
use crate::authorized::{Authorized, Caller, SeeExports};
use crate::csv;
use crate::extract::Query;
use crate::problem::Problem;
use crate::routes::exports::Export;
use crate::state::State;

/// Download exports as CSV
///
/// All that the list shows with the same parameters, in one file; the audit is told.
#[utoipa::path(
    tag = "exports",
    params(ExportsQuery),
    responses((status = 200, description = "All exports", body = String, content_type = "text/csv"))
)]
#[get("/v1/exports.csv")]
pub(crate) async fn download_exports(
    state: web::Data<State>,
    call: Authorized<SeeExports, Query<ExportsQuery>>,
) -> Result<HttpResponse, Problem> {
    let Query(query) = call.input;
    csv::refuse_paging(query.limit, query.cursor.as_deref())?;
    let caller = call.caller.within(query.organisation_id)?;
    let filters = csv::names_of(&query)?;
    let source = Exports(query.filter(caller.role)?);
    csv::answer(state, caller, filters, source).await
}

struct Exports(ExportFilter);

impl csv::Source for Exports {
    type Row = store::exports::Export;
    type Key = ExportId;
    type Item = Export;

    const NAME: &'static str = "exports";
    const OBJECT: ObjectType = ObjectType::Export;
    #[rustfmt::skip]
    const COLUMNS: &'static [&'static str] = &[
        "id", "organisation_id", "organisation_name", "status", "status_label", "type", "vacancy_id", "vacancy_title",
        "webhook_id", "webhook_name", "webhook_deleted_at", "host", "requested_by_type", "requested_by_id",
        "requested_by_name", "requested_by_email", "requested_at", "candidate_count", "payload_bytes",
        "payload_sha256", "payload_kept_until", "attempt_count", "resent_from", "left_out",
        "continued_as", "next_attempt_at", "held_until", "finished_at", "ended_by", "outcome",
        "ambiguous", "first_accepted_at", "explanation", "advice", "act_by", "flags",
    ];

    fn page(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        after: Option<ExportId>,
        limit: usize,
    ) -> csv::Found<Self::Row, ExportId> {
        store::exports::page(conn, actor, &self.0, after, limit)
    }

    fn owner(row: &Self::Row) -> Option<OrganisationId> {
        Some(row.organisation_id)
    }

    fn item(row: Self::Row, caller: &Caller, state: &State) -> Export {
        Export::new(row, caller.role, &state.contacts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_columns_are_the_members_of_an_export() {
        csv::columns_are_of::<Exports>(&[]);
    }
}

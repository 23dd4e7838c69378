//! The whole log as CSV.

use actix_web::{HttpResponse, get, web};
use chrono::Utc;
use domain::actor::Actor;
use domain::audit::ObjectType;
use domain::id::{AttemptId, OrganisationId};
use store::Conn;
use store::attempts::AttemptFilter;

use super::{Attempt, AttemptsQuery};
use crate::authorized::{Authorized, Caller, SeeExports};
use crate::csv;
use crate::extract::Query;
use crate::problem::Problem;
use crate::state::State;

/// Download the log as CSV
///
/// All that the list shows with the same parameters, in one file, without what receivers answered; the
/// audit is told.
#[utoipa::path(
    tag = "attempts",
    params(AttemptsQuery),
    responses((status = 200, description = "All attempts", body = String, content_type = "text/csv"))
)]
#[get("/v1/attempts.csv")]
pub(crate) async fn download_attempts(
    state: web::Data<State>,
    call: Authorized<SeeExports, Query<AttemptsQuery>>,
) -> Result<HttpResponse, Problem> {
    let Query(query) = call.input;
    csv::refuse_paging(query.limit, query.cursor.as_deref())?;
    let caller = call.caller.within(query.organisation_id)?;
    let filters = csv::names_of(&query)?;
    let source = Attempts(query.filter()?.as_of(Utc::now()));
    csv::answer(state, caller, filters, source).await
}

struct Attempts(AttemptFilter);

impl csv::Source for Attempts {
    type Row = store::attempts::Attempt;
    type Key = AttemptId;
    type Item = Attempt;

    const NAME: &'static str = "attempts";
    const OBJECT: ObjectType = ObjectType::Attempt;
    #[rustfmt::skip]
    const COLUMNS: &'static [&'static str] = &[
        "id", "export_id", "webhook_id", "webhook_name", "organisation_id", "organisation_name", "host", "attempt_number",
        "outcome", "ambiguous", "http_status", "started_at", "duration_ms", "phases_ms_dns",
        "phases_ms_connect", "phases_ms_first_byte", "payload_sha256", "payload_bytes",
        "request_bytes_sent", "response_truncated", "response_too_large", "resolved_address",
        "next_attempt_at", "late_outcome", "late_http_status", "late_recorded_at", "explanation",
        "advice", "act_by",
    ];

    fn page(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        after: Option<AttemptId>,
        limit: usize,
    ) -> csv::Found<Self::Row, AttemptId> {
        store::attempts::page(conn, actor, &self.0, after, limit)
    }

    fn owner(row: &Self::Row) -> Option<OrganisationId> {
        Some(row.organisation_id)
    }

    fn item(row: Self::Row, caller: &Caller, state: &State) -> Attempt {
        Attempt::new(row, caller.role, &state.contacts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a receiver answered may quote people: it is shown one page at a time, and the audit told.
    #[test]
    fn its_columns_are_the_members_of_an_attempt_without_the_answer() {
        csv::columns_are_of::<Attempts>(&["response_headers", "response_body"]);
    }
}

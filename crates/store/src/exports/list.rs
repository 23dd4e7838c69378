//! Pages of exports.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::audit::ObjectType;
use domain::export::ExportStatus;
use domain::id::{ExportId, VacancyId, WebhookId};
use uuid::Uuid;

use super::read::Export;
use super::row::{self, Row};
use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::filter_by;
use crate::page::Page;
use crate::row::{page_rows, since_1970};
use crate::statement::composed::{Composed, Where};

#[cfg(test)]
mod tests;

/// Which exports are listed; all conditions hold together.
#[derive(Debug, Clone, Default)]
pub struct ExportFilter {
    /// That stand there.
    pub status: Option<ExportStatus>,
    /// To this webhook.
    pub webhook_id: Option<WebhookId>,
    /// Of this vacancy.
    pub vacancy_id: Option<VacancyId>,
    /// Asked for by this subject or API key.
    pub requested_by: Option<String>,
    /// Asked for at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Asked for before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// Exports, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    filter: &ExportFilter,
    after: Option<ExportId>,
    limit: usize,
) -> Result<Page<Export, ExportId>, StoreError> {
    let rows: Vec<Row> = statement(actor, filter, after, limit).load(conn)?;
    let page = Page::from_rows(rows, limit, Row::id);
    let page = Page { items: row::exports(conn, page.items)?, next: page.next };
    audit::looked(conn, actor, ObjectType::Export, page.items.iter().map(|it| it.organisation_id))?;
    Ok(page)
}

fn statement<'a>(
    actor: &'a Actor,
    filter: &'a ExportFilter,
    after: Option<ExportId>,
    limit: usize,
) -> Composed<'a> {
    let after = after.map(Uuid::from);
    let wanted = filter.status.map(condition).into_iter().fold(Where::default(), Where::and);
    let columns = Composed::default().sql(include_str!("columns.sql"));
    let page = if filter.status.is_some_and(ExportStatus::in_progress) {
        let wanted = wanted
            .and_if::<SqlUuid, _>("j.organisation_id = $1", filter_by(actor))
            .and_if::<SqlUuid, _>("j.export_id < $1", after);
        columns
            .sql(include_str!("from_jobs.sql"))
            .then(of_export(wanted, actor, filter))
            .sql("ORDER BY j.export_id DESC")
    } else {
        let wanted = wanted
            .and_if::<SqlUuid, _>("e.organisation_id = $1", filter_by(actor))
            .and_if::<SqlUuid, _>("e.id < $1", after);
        columns
            .sql(include_str!("from_exports.sql"))
            .then(of_export(wanted, actor, filter))
            .sql("ORDER BY e.id DESC")
    };
    page.with::<BigInt, _>("LIMIT $1", page_rows(limit))
}

/// What a status is, the function `export_status` says: the end of an export where there is one, else
/// what its job says. The conditions here say the same again (a test compares them): by a function
/// Postgres finds neither the partial indexes of the jobs, nor how many rows there will be.
fn condition(status: ExportStatus) -> &'static str {
    match status {
        ExportStatus::Queued => "j.attempt_id IS NULL AND j.attempt_number = e.attempt_count",
        ExportStatus::Delivering => "j.attempt_id IS NOT NULL",
        // attempt_count is that of before a resend; attempt_number > 0 is what the index says.
        ExportStatus::Retrying => {
            "j.attempt_id IS NULL AND j.attempt_number > 0 AND j.attempt_number > e.attempt_count"
        }
        ExportStatus::Delivered => "e.end_state = 'delivered'",
        ExportStatus::Failed => "e.end_state = 'failed'",
        ExportStatus::Cancelled => "e.end_state = 'cancelled'",
    }
}

/// An id carries the time of its request to the millisecond: the index finds the window. Its end is
/// left to be reckoned in SQL: given an id, Postgres expects too few rows, and sorts them all instead
/// of reading one page in the order of the index.
fn of_export<'a>(wanted: Where<'a>, actor: &'a Actor, filter: &'a ExportFilter) -> Where<'a> {
    let (from, to) = (filter.from.map(since_1970), filter.to.map(since_1970));
    wanted
        .and_if::<Text, _>("e.requested_by_id = $1", actor.own())
        .and_if::<SqlUuid, _>("e.webhook_id = $1", filter.webhook_id.map(Uuid::from))
        .and_if::<SqlUuid, _>("e.vacancy_id = $1", filter.vacancy_id.map(Uuid::from))
        .and_if::<Text, _>("e.requested_by_id = $1", filter.requested_by.as_deref())
        .and_if::<Timestamptz, _>("e.id >= uuid_v7_floor($1) AND e.requested_at >= $1", from)
        .and_if::<Timestamptz, _>(
            "e.id < uuid_v7_floor($1::timestamptz + interval '1 millisecond') AND e.requested_at < $1",
            to,
        )
}

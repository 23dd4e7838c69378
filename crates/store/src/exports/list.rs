//! Pages of exports.

use chrono::{DateTime, TimeDelta, Utc};
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

/// What an id holds of a time.
const PRECISION_OF_IDS: TimeDelta = TimeDelta::milliseconds(1);

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
    let columns = Composed::default().sql(include_str!("columns.sql"));
    let page = if filter.status.is_some_and(ExportStatus::in_progress) {
        let wanted = of_status(filter.status)
            .and_if::<SqlUuid, _>("j.organisation_id = $1", filter_by(actor))
            .and_if::<SqlUuid, _>("j.export_id < $1", after);
        columns
            .sql(include_str!("from_jobs.sql"))
            .then(of_export(wanted, actor, filter))
            .sql("ORDER BY j.export_id DESC")
    } else {
        let wanted = of_status(filter.status)
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
/// what its job says. What stands beside it here follows from it, and is repeated because Postgres
/// finds a partial index of the jobs by its own words alone; and so the end, whose statistics it has.
fn of_status<'a>(status: Option<ExportStatus>) -> Where<'a> {
    let Some(status) = status else { return Where::default() };
    let derived = |follows: &'static str| {
        let status_is =
            "export_status(e.end_state, e.attempt_count, j.attempt_id, j.attempt_number) = $1";
        Where::default().and(follows).and_with::<Text, _>(status_is, status.as_str())
    };
    match status {
        ExportStatus::Queued => derived("j.attempt_id IS NULL"),
        ExportStatus::Delivering => derived("j.attempt_id IS NOT NULL"),
        ExportStatus::Retrying => derived("j.attempt_id IS NULL AND j.attempt_number > 0"),
        ExportStatus::Delivered | ExportStatus::Failed | ExportStatus::Cancelled => {
            Where::default().and_with::<Text, _>("e.end_state = $1", status.as_str())
        }
    }
}

/// An id carries the time of its request to the millisecond: the index finds the window.
fn of_export<'a>(wanted: Where<'a>, actor: &'a Actor, filter: &'a ExportFilter) -> Where<'a> {
    let (from, to) = (filter.from.map(since_1970), filter.to.map(since_1970));
    wanted
        .and_if::<Text, _>("e.requested_by_id = $1", actor.own())
        .and_if::<SqlUuid, _>("e.webhook_id = $1", filter.webhook_id.map(Uuid::from))
        .and_if::<SqlUuid, _>("e.vacancy_id = $1", filter.vacancy_id.map(Uuid::from))
        .and_if::<Text, _>("e.requested_by_id = $1", filter.requested_by.as_deref())
        .and_if::<Timestamptz, _>("e.id >= uuid_v7_floor($1) AND e.requested_at >= $1", from)
        .and_if::<Timestamptz, _>("e.id < uuid_v7_floor($1)", to.map(|to| to + PRECISION_OF_IDS))
        .and_if::<Timestamptz, _>("e.requested_at < $1", to)
}

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
use crate::filter::{Asked, Named, UnknownFilter, one_of};
use crate::owner::filter_by;
use crate::page::Page;
use crate::row::{page_rows, since_1970};
use crate::statement::composed::{Composed, Where};

#[cfg(test)]
mod tests;

/// Which exports are listed; all conditions hold together.
#[derive(Debug, Clone, Default)]
pub struct ExportFilter {
    /// That stand at one of these; all where none is named.
    pub statuses: Vec<ExportStatus>,
    /// To this webhook.
    pub webhook_id: Option<WebhookId>,
    /// Of this vacancy.
    pub vacancy_id: Option<VacancyId>,
    /// Asked for by this subject or API key, or by whoever has this e-mail address.
    pub requested_by: Option<String>,
    /// To this host, punycode; masked as the actor may read it.
    pub host: Option<String>,
    /// Asked for at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Asked for before this instant.
    pub to: Option<DateTime<Utc>>,
}

impl ExportFilter {
    fn asked(&self) -> Asked<'_> {
        let (requested_by, host) = (self.requested_by.as_deref(), self.host.as_deref());
        let (webhook, vacancy) = (self.webhook_id, self.vacancy_id);
        Asked { webhook, vacancy, requested_by, host, ..Asked::default() }
    }
}

/// Exports, newest first.
///
/// # Errors
/// [`StoreError`]; inside, [`UnknownFilter`].
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    filter: &ExportFilter,
    after: Option<ExportId>,
    limit: usize,
) -> Result<Result<Page<Export, ExportId>, UnknownFilter>, StoreError> {
    let named = match filter.asked().named(conn, actor)? {
        Ok(named) => named,
        Err(unknown) => return Ok(Err(unknown)),
    };
    let rows: Vec<Row> = statement(actor, filter, &named, after, limit).load(conn)?;
    if rows.is_empty()
        && after.is_none()
        && let Some(unknown) = filter.asked().unknown(conn, actor)?
    {
        return Ok(Err(unknown));
    }
    let page = Page::from_rows(rows, limit, Row::id);
    let page = Page { items: row::exports(conn, page.items)?, next: page.next };
    audit::looked(conn, actor, ObjectType::Export, page.items.iter().map(|it| it.organisation_id))?;
    Ok(Ok(page))
}

/// One page of each status that is asked for, by the index that finds it, and of those the first.
fn statement<'a>(
    actor: &'a Actor,
    filter: &'a ExportFilter,
    named: &'a Named,
    after: Option<ExportId>,
    limit: usize,
) -> Composed<'a> {
    let page = |status| page(actor, filter, named, status, after, limit);
    let ended = |status| ended_with_webhook(actor, filter, named, status, after, limit);
    let asked = filter.statuses.iter();
    let mut pages: Vec<_> = asked
        .flat_map(|status| std::iter::once(page(Some(*status))).chain(ended(*status)))
        .collect();
    match pages.len() {
        0 => return page(None),
        1 => return pages.remove(0),
        _ => {}
    }
    let first = Composed::default().sql("SELECT e.* FROM ((").then(pages.remove(0));
    let pages = pages.into_iter().fold(first, |pages, page| pages.sql(") UNION ALL (").then(page));
    pages.sql(")) e ORDER BY e.id DESC").with::<BigInt, _>("LIMIT $1", page_rows(limit))
}

/// Those that the deletion of their webhook brought to this end, which a sweep is about to write. They
/// are found by their lanes: mostly there are none.
fn ended_with_webhook<'a>(
    actor: &'a Actor,
    filter: &'a ExportFilter,
    named: &'a Named,
    status: ExportStatus,
    after: Option<ExportId>,
    limit: usize,
) -> Option<Composed<'a>> {
    let wanted = Where::default()
        .and(DELETED)
        .and(ended_condition(status)?)
        .and_if::<SqlUuid, _>("l.organisation_id = $1", filter_by(actor))
        .and_if::<SqlUuid, _>("j.export_id < $1", after.map(Uuid::from));
    let page = Composed::default()
        .sql(include_str!("columns.sql"))
        .sql(include_str!("from_deleted.sql"))
        .then(of_export(wanted, actor, filter, named))
        .sql("ORDER BY j.export_id DESC");
    Some(page.with::<BigInt, _>("LIMIT $1", page_rows(limit)))
}

fn page<'a>(
    actor: &'a Actor,
    filter: &'a ExportFilter,
    named: &'a Named,
    status: Option<ExportStatus>,
    after: Option<ExportId>,
    limit: usize,
) -> Composed<'a> {
    let after = after.map(Uuid::from);
    let wanted = status.map(condition).into_iter().fold(Where::default(), Where::and);
    let columns = Composed::default().sql(include_str!("columns.sql"));
    let page = if status.is_some_and(ExportStatus::in_progress) {
        let wanted = wanted
            .and_if::<SqlUuid, _>("j.organisation_id = $1", filter_by(actor))
            .and_if::<SqlUuid, _>("j.export_id < $1", after);
        columns
            .sql(include_str!("from_jobs.sql"))
            .then(of_export(wanted, actor, filter, named))
            .sql("ORDER BY j.export_id DESC")
    } else {
        let wanted = wanted
            .and_if::<SqlUuid, _>("e.organisation_id = $1", filter_by(actor))
            .and_if::<SqlUuid, _>("e.id < $1", after);
        columns
            .sql(include_str!("from_exports.sql"))
            .then(of_export(wanted, actor, filter, named))
            .sql("ORDER BY e.id DESC")
    };
    page.with::<BigInt, _>("LIMIT $1", page_rows(limit))
}

/// It waited when its webhook was deleted.
const DELETED: &str = "l.deleted_at IS NOT NULL AND j.attempt_id IS NULL";

/// What the deletion of its webhook makes of an export, the function `end_with_webhook` says.
fn ended_condition(status: ExportStatus) -> Option<&'static str> {
    match status {
        ExportStatus::Cancelled => Some("e.first_accepted_at IS NULL"),
        ExportStatus::Delivered => Some("e.first_accepted_at IS NOT NULL"),
        _ => None,
    }
}

/// What a status is, the function `export_status` says: the end of an export where there is one, else
/// what its job says. The conditions here say the same again (a test compares them): by a function
/// Postgres finds neither the partial indexes of the jobs, nor how many rows there will be.
fn condition(status: ExportStatus) -> &'static str {
    match status {
        ExportStatus::Queued => {
            "j.attempt_id IS NULL AND j.attempt_number = e.attempt_count AND l.deleted_at IS NULL"
        }
        ExportStatus::Delivering => "j.attempt_id IS NOT NULL",
        // attempt_count is that of before a resend; attempt_number > 0 is what the index says.
        ExportStatus::Retrying => {
            "j.attempt_id IS NULL AND j.attempt_number > 0 AND j.attempt_number > e.attempt_count
             AND l.deleted_at IS NULL"
        }
        ExportStatus::Delivered => "e.end_state = 'delivered'",
        ExportStatus::Failed => "e.end_state = 'failed'",
        ExportStatus::Cancelled => "e.end_state = 'cancelled'",
    }
}

/// An id carries the time of its request to the millisecond: the index finds the window. Its end is
/// left to be reckoned in SQL: given an id, Postgres expects too few rows, and sorts them all instead
/// of reading one page in the order of the index.
fn of_export<'a>(
    wanted: Where<'a>,
    actor: &'a Actor,
    filter: &'a ExportFilter,
    named: &'a Named,
) -> Where<'a> {
    let (from, to) = (filter.from.map(since_1970), filter.to.map(since_1970));
    let (requesters, hosts) = (named.requesters.as_deref(), named.hosts.as_deref());
    let by = ("e.requested_by_id = $1", "e.requested_by_id = ANY($1)");
    let wanted = one_of(wanted, by.0, by.1, requesters);
    one_of(wanted, "e.host = $1", "e.host = ANY($1)", hosts)
        .and_if::<Text, _>("e.requested_by_id = $1", actor.own())
        .and_if::<SqlUuid, _>("e.webhook_id = $1", filter.webhook_id.map(Uuid::from))
        .and_if::<SqlUuid, _>("e.vacancy_id = $1", filter.vacancy_id.map(Uuid::from))
        .and_if::<Timestamptz, _>("e.id >= uuid_v7_floor($1) AND e.requested_at >= $1", from)
        .and_if::<Timestamptz, _>(
            "e.id < uuid_v7_floor($1::timestamptz + interval '1 millisecond') AND e.requested_at < $1",
            to,
        )
}

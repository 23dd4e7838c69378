//! Pages of exports.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::audit::ObjectType;
use domain::export::ExportStatus;
use domain::id::ExportId;
use uuid::Uuid;

use super::read::Export;
use super::row::{self, Row};
use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::filter::{Named, UnknownFilter, one_of};
use crate::organisations::names;
use crate::owner::filter_by;
use crate::page::{Page, in_order};
use crate::row::{page_rows, since_1970};
use crate::statement::composed::{Composed, Where};

mod asked;
mod newest;
#[cfg(test)]
mod tests;
mod walk;

pub use asked::ExportFilter;
pub(crate) use newest::newest_of;
use walk::Walk;

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
    let page = page(conn, actor, filter, after, limit)?;
    if let Ok(page) = &page {
        let shown = page.items.iter().map(|export| export.organisation_id);
        audit::looked(conn, actor, ObjectType::Export, shown)?;
    }
    Ok(page)
}

/// The same, without telling of it: who downloads the whole list tells of that once.
///
/// # Errors
/// [`StoreError`]; inside, [`UnknownFilter`].
pub fn page(
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
    let mut narrowed = filter.clone();
    let named = named.narrowed(conn, actor, &mut narrowed.webhook_id, filter.q.as_ref())?;
    let rows = match &named {
        Some(named) => Wanted { actor, filter: &narrowed, named, after, limit }.read(conn)?,
        None => Vec::new(),
    };
    if rows.is_empty()
        && after.is_none()
        && let Some(unknown) = filter.asked().unknown(conn, actor)?
    {
        return Ok(Err(unknown));
    }
    let page = Page::from_rows(rows, limit, Row::id);
    let mut page = Page { items: row::exports(conn, page.items)?, next: page.next };
    names::tell(conn, actor, &mut page.items)?;
    Ok(Ok(page))
}

/// What is asked for.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    actor: &'a Actor,
    filter: &'a ExportFilter,
    /// Whom and what the filter names.
    named: &'a Named,
    /// Id after which the page starts.
    after: Option<ExportId>,
    /// Most rows of the page; one more is read.
    limit: usize,
}

/// The job of an export, if it has one.
const JOB: &str = include_str!("list/with_job.sql");

/// The lane of a job, and so the pause of its webhook.
const LANE: &str = include_str!("list/with_lane.sql");

/// A status, if one is asked for, and the index that finds its exports.
type Way = (Option<ExportStatus>, Walk);

impl<'a> Wanted<'a> {
    fn read(&self, conn: &mut Conn) -> QueryResult<Vec<Row>> {
        let ways = self.ways(conn)?;
        in_order(conn, |conn| self.statement(&ways).load(conn))
    }

    /// One for each status that is asked for.
    fn ways(&self, conn: &mut Conn) -> QueryResult<Vec<Way>> {
        let statuses: Vec<_> = match self.filter.statuses.as_slice() {
            [] => vec![None],
            several => several.iter().copied().map(Some).collect(),
        };
        let way = |status| Ok((status, Walk::shortest(conn, self, status)?));
        statuses.into_iter().map(way).collect()
    }

    /// The ids of one page of each way, of those the first, and then the exports.
    fn statement(&'a self, ways: &[Way]) -> Composed<'a> {
        let ended = self.filter.statuses.iter().filter_map(|it| self.ids_of_deleted(*it));
        let pages = ways.iter().map(|(status, walk)| self.ids(*status, *walk)).chain(ended);
        let pages = pages.reduce(|pages, page| pages.sql(") UNION ALL (").then(page));
        let columns = Composed::default().sql(include_str!("columns.sql"));
        let page = columns
            .sql("FROM (SELECT organisation_id, id FROM ((")
            .then(pages.unwrap_or_default())
            .sql(")) ids ORDER BY id DESC");
        let page = self.limited(page).sql(include_str!("from_page.sql"));
        page.sql(JOB).sql(LANE).sql("ORDER BY e.id DESC")
    }

    /// The ids of a page, along an index.
    fn ids(&'a self, status: Option<ExportStatus>, walk: Walk) -> Composed<'a> {
        let page = Composed::default().sql("SELECT key_page.organisation_id, key_page.id FROM");
        let page = match walk.keys(self) {
            Some(keys) => page.then(keys).sql("CROSS JOIN LATERAL ("),
            None => page.sql("("),
        };
        let page = page.then(self.ids_of_key(status, walk)).sql(") key_page ORDER BY id DESC");
        self.limited(page)
    }

    /// The ids of those that the deletion of their webhook brought to this end, which a sweep is about to
    /// write. They are found by their lanes: mostly there are none.
    fn ids_of_deleted(&'a self, status: ExportStatus) -> Option<Composed<'a>> {
        let ended = Where::default()
            .and(DELETED)
            .and(ended_condition(status)?)
            .and_if::<SqlUuid, _>("l.organisation_id = $1", filter_by(self.actor))
            .and_if::<SqlUuid, _>("j.export_id < $1", self.after.map(Uuid::from));
        let page = Composed::default()
            .sql("SELECT j.organisation_id, j.export_id AS id")
            .sql(include_str!("from_deleted.sql"))
            .then(self.others(ended))
            .sql("ORDER BY j.export_id DESC");
        Some(self.limited(page))
    }

    fn ids_of_key(&'a self, status: Option<ExportStatus>, walk: Walk) -> Composed<'a> {
        let in_progress = status.is_some_and(ExportStatus::in_progress);
        // What stands in the fence is the index's alone; Postgres would take another by its own reckoning.
        let walked = Composed::default()
            .sql("FROM (SELECT * FROM")
            .sql(walk.table())
            .then(walk.conditions(self))
            .sql("ORDER BY")
            .sql(walk.id())
            .sql("DESC OFFSET 0)");
        let page = match walk {
            Walk::Status(_) if self.is_told_by(status) => Composed::default()
                .sql("SELECT walked.organisation_id, walked.export_id AS id")
                .then(walked)
                .sql("walked"),
            Walk::Status(_) | Walk::Flagged => {
                let page = Composed::default()
                    .sql("SELECT walked.organisation_id, walked.export_id AS id")
                    .then(walked)
                    .sql("walked")
                    .sql(include_str!("list/with_export.sql"));
                let page = if in_progress && walk == Walk::Flagged {
                    page.sql(JOB).sql(LANE)
                } else if in_progress {
                    // The job is the row that is walked.
                    page.sql("CROSS JOIN LATERAL (SELECT walked.*) j").sql(LANE)
                } else {
                    page
                };
                page.then(self.conditions(status))
            }
            _ => {
                let page =
                    Composed::default().sql("SELECT e.organisation_id, e.id").then(walked).sql("e");
                let page = if in_progress { page.sql(JOB).sql(LANE) } else { page };
                page.then(self.conditions(status))
            }
        };
        self.limited(page.sql("ORDER BY id DESC"))
    }

    /// Whether what the index says is all that is asked for.
    fn is_told_by(&self, status: Option<ExportStatus>) -> bool {
        let Self { filter, named, .. } = self;
        let others = [
            self.requesters().is_some(),
            named.hosts.is_some(),
            filter.webhook_id.is_some(),
            filter.vacancy_id.is_some(),
            filter.flagged.is_some(),
            filter.from.is_some(),
            filter.to.is_some(),
        ];
        status.is_some_and(|status| !status.in_progress()) && !others.contains(&true)
    }

    /// Whose exports are asked for.
    fn requesters(&self) -> Option<Vec<&'a str>> {
        match (self.actor.own(), &self.named.requesters) {
            (Some(own), _) => Some(vec![own]),
            (None, Some(named)) => Some(named.iter().map(String::as_str).collect()),
            (None, None) => None,
        }
    }

    /// All that is asked for, whichever index is walked.
    fn conditions(&self, status: Option<ExportStatus>) -> Where<'a> {
        self.others(match status {
            // Most have ended: their jobs are not looked for.
            Some(status) if status.in_progress() => {
                Where::default().and("e.end_state IS NULL").and(condition(status))
            }
            Some(status) => Where::default().and(condition(status)),
            None => Where::default(),
        })
    }

    /// What is asked for beside a status.
    fn others(&self, wanted: Where<'a>) -> Where<'a> {
        let Self { actor, filter, named, .. } = self;
        let (from, to) = (filter.from.map(since_1970), filter.to.map(since_1970));
        let (requesters, hosts) = (named.requesters.as_deref(), named.hosts.as_deref());
        let by = ("e.requested_by_id = $1", "e.requested_by_id = ANY($1)");
        let wanted = one_of(wanted, by.0, by.1, requesters);
        one_of(wanted, "e.host = $1", "e.host = ANY($1)", hosts)
            .and_if::<Text, _>("e.requested_by_id = $1", actor.own())
            .and_if::<SqlUuid, _>("e.id = $1", named.export.map(Uuid::from))
            .and_if::<SqlUuid, _>("e.webhook_id = $1", filter.webhook_id.map(Uuid::from))
            .and_if::<SqlUuid, _>("e.vacancy_id = $1", filter.vacancy_id.map(Uuid::from))
            .and_if::<Bool, _>(FLAGGED, filter.flagged)
            .and_if::<Timestamptz, _>("e.requested_at >= $1", from)
            .and_if::<Timestamptz, _>("e.requested_at < $1", to)
    }

    fn limited(&self, rows: Composed<'a>) -> Composed<'a> {
        rows.with::<BigInt, _>("LIMIT $1", page_rows(self.limit))
    }
}

/// Whether it is flagged.
const FLAGGED: &str = "$1 = EXISTS (
    SELECT FROM export_flags f WHERE f.organisation_id = e.organisation_id AND f.export_id = e.id)";

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

//! Summaries of log and exports: how many there are by host, outcome, organisation, webhook and day. What is
//! older than a few minutes was counted by day before ([`count_on`]); the rest is counted here, so that the
//! answer is that of the tables at one moment. Who sees only their own has theirs counted one by one.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text, Timestamptz};
use domain::actor::Actor;
use domain::audit::ObjectType;
use domain::export::ExportStatus;
use domain::id::{AttemptId, ExportId, OrganisationId, WebhookId};
use domain::outcome::Outcome;
use domain::summary::{AttemptGroup, ExportGroup};
use std::marker::PhantomData;
use uuid::Uuid;

use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::filter::{self, Named, UnknownFilter};
use crate::statement::{row, statement};

mod attempts;
mod count;
mod days;
mod exports;
mod look;
mod masked;
#[cfg(test)]
mod tests;
mod total;
mod window;

pub use count::{Counted, count_on, drop_days};
pub use window::Window;

use look::Look;
use total::{Groups, Row, Total};

/// What is counted; all conditions hold together.
#[derive(Debug, Clone)]
pub struct SummaryFilter {
    /// Begun, or asked for, within it.
    pub window: Window,
    /// To this webhook.
    pub webhook_id: Option<WebhookId>,
    /// To this host, punycode; masked as the actor may read it.
    pub host: Option<String>,
    /// With one of these outcomes; all where none is named.
    pub outcomes: Vec<Outcome>,
    /// That stand at one of these; all where none is named. Attempts do not.
    pub statuses: Vec<ExportStatus>,
}

impl SummaryFilter {
    fn asked(&self) -> filter::Asked<'_> {
        let host = self.host.as_deref();
        filter::Asked { webhook: self.webhook_id, host, ..filter::Asked::default() }
    }
}

/// What several attempts or exports have in common, and how many they are. What they were not asked to be
/// counted by is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Their host, as the actor may read it.
    pub host: Option<String>,
    /// Their outcome; of exports none, too, where they have none.
    pub outcome: Option<Outcome>,
    /// Where they stand.
    pub status: Option<ExportStatus>,
    /// Whose they are, and that organisation's name.
    pub organisation: Option<(OrganisationId, String)>,
    /// Their webhook, and its name.
    pub webhook: Option<(WebhookId, String)>,
    /// The UTC day on which they began or were asked for.
    pub day: Option<NaiveDate>,
    /// How many they are.
    pub count: u64,
    /// Of attempts: how many exports they are of, each counted where it had that outcome first. Of exports:
    /// how many people are in them.
    pub affected: u64,
    /// Of how many organisations they are.
    pub organisations: u64,
    /// When the first began or was asked for.
    pub since: DateTime<Utc>,
    /// When the last did.
    pub last: DateTime<Utc>,
    /// The newest of them.
    pub newest: Newest,
}

/// The newest of those that a line counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newest {
    /// The attempt; none of exports.
    pub attempt: Option<AttemptId>,
    /// The export.
    pub export: ExportId,
    /// Whose it is.
    pub organisation: OrganisationId,
}

/// Lines, those that count most first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// As many as asked for.
    pub lines: Vec<Line>,
    /// There are more.
    pub more: bool,
}

row!(
    /// How far it is counted by day.
    struct Stand {
        until: Timestamptz => DateTime<Utc>,
        again: Bool => bool,
    }
);

statement!(uncached ReadStand = "summaries/stand.sql", (what: Text => &'a str) -> named Stand);

/// Attempts that came to an end.
///
/// # Errors
/// [`StoreError`]; inside, [`UnknownFilter`].
pub fn of_attempts(
    conn: &mut Conn,
    actor: &Actor,
    filter: &SummaryFilter,
    groups: &[AttemptGroup],
    limit: usize,
) -> Result<Result<Summary, UnknownFilter>, StoreError> {
    let groups = Groups::of_attempts(groups);
    summary(conn, actor, (filter, groups), limit, Counted::Attempts, attempts::sources)
}

/// Exports, those in progress too.
///
/// # Errors
/// [`StoreError`]; inside, [`UnknownFilter`].
pub fn of_exports(
    conn: &mut Conn,
    actor: &Actor,
    filter: &SummaryFilter,
    groups: &[ExportGroup],
    limit: usize,
) -> Result<Result<Summary, UnknownFilter>, StoreError> {
    let groups = Groups::of_exports(groups);
    summary(conn, actor, (filter, groups), limit, Counted::Exports, exports::sources)
}

fn summary(
    conn: &mut Conn,
    actor: &Actor,
    (filter, groups): (&SummaryFilter, Groups),
    limit: usize,
    what: Counted,
    sources: look::Sources,
) -> Result<Result<Summary, UnknownFilter>, StoreError> {
    let named = match filter.asked().named(conn, actor)? {
        Ok(named) => named,
        Err(unknown) => return Ok(Err(unknown)),
    };
    let rows = read(conn, actor, (filter, &named, groups), limit, (what, sources))?;
    if rows.is_empty()
        && let Some(unknown) = filter.asked().unknown(conn, actor)?
    {
        return Ok(Err(unknown));
    }
    let more = rows.len() > limit;
    let lines = rows.into_iter().take(limit).map(Row::line).collect::<Result<Vec<_>, _>>()?;
    let object = match what {
        Counted::Attempts => ObjectType::Attempt,
        Counted::Exports => ObjectType::Export,
    };
    audit::looked(conn, actor, object, lines.iter().map(|line| line.newest.organisation))?;
    Ok(Ok(Summary { lines, more }))
}

/// Half a million rows of days are added up without a file, and sooner than code for it is compiled.
const IN_MEMORY: &str = "SET LOCAL jit = off; SET LOCAL work_mem = '32MB'";

/// All of it as one moment shows it: what was counted before, and what was not.
fn read(
    conn: &mut Conn,
    actor: &Actor,
    (filter, named, groups): (&SummaryFilter, &Named, Groups),
    limit: usize,
    (what, sources): (Counted, look::Sources),
) -> Result<Vec<Row>, StoreError> {
    conn.build_transaction().read_only().repeatable_read().run(|conn| {
        conn.batch_execute(IN_MEMORY)?;
        let owner = match filter.webhook_id {
            Some(webhook) if actor.organisation().is_none() => owner(conn, webhook)?,
            _ => None,
        };
        let actor = &owner.map_or_else(|| actor.clone(), |owner| actor.within(owner.into()));
        let stand = ReadStand { what: what.as_str(), lifetime: PhantomData };
        let stand: Stand = stand.get_result(conn)?;
        let masked = masked::hosts(conn, actor, groups)?;
        let look = Look { actor, filter, counted: stand.until, again: stand.again, groups };
        let total = Total { filter, named, groups, masked: &masked, limit };
        Ok(total.statement(sources(&look)).load(conn)?)
    })
}

/// Whose webhook it is.
fn owner(conn: &mut Conn, webhook: WebhookId) -> QueryResult<Option<Uuid>> {
    use crate::schema::webhooks;
    let owner = webhooks::table.filter(webhooks::id.eq(Uuid::from(webhook)));
    owner.select(webhooks::organisation_id).first(conn).optional()
}

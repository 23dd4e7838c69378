//! Along which index a page of exports is read. Each index holds the exports of one organisation and
//! of one thing more (a state, a requester, a webhook, a vacancy) in the order of the list; what else
//! is asked for is looked at on the way. Where several are asked for, the smallest of them is walked:
//! how many there are is counted, up to a bound, since no statistics tell it of one organisation.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::export::ExportStatus;
use uuid::Uuid;

use super::Wanted;
use crate::db::Conn;
use crate::owner::filter_by;
use crate::page::{Count, fewest, in_order};
use crate::row::{page_rows, since_1970};
use crate::statement::composed::{Composed, Where};

/// How far is counted, first and then: where one has fewer than a page or two, the others need not be
/// counted on. Walking the last many takes a few milliseconds; beyond, one of those that have many is
/// as good as the other.
const COUNTED: [i64; 2] = [100, 5_000];

/// A page of each of so many organisations or webhooks is too much to read for one page.
const MANY: i64 = 200;

/// So many of the newest exports of all organisations are looked through for a page of what is common.
const NEWEST: i64 = 10_000;

/// What an index is asked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Walk {
    /// All exports.
    All,
    /// Those that stand so.
    Status(ExportStatus),
    /// Those that somebody asked for.
    Requester,
    /// Those to a webhook, or to those of a host.
    Webhook,
    /// Those of a vacancy.
    Vacancy,
    /// Those that are flagged.
    Flagged,
}

impl Walk {
    /// The shortest way to what is asked for, and stands so.
    pub(super) fn shortest(
        conn: &mut Conn,
        wanted: &Wanted<'_>,
        status: Option<ExportStatus>,
    ) -> QueryResult<Self> {
        let ways = Self::ways(wanted, status);
        if Self::may_be_common(wanted, status) && Self::has_many(conn, wanted, &ways)? {
            let met = in_order(conn, |conn| Self::met(wanted, status).get_result::<Count>(conn))?;
            if met.rows >= page_rows(wanted.limit) {
                return Ok(Self::All);
            }
        }
        if let [] | [_] = ways[..] {
            return Ok(ways.first().copied().unwrap_or(Self::All));
        }
        for bound in COUNTED {
            let counts: Vec<Count> =
                in_order(conn, |conn| Self::counts(wanted, &ways, bound).load(conn))?;
            if let Some(place) = fewest(&counts, bound) {
                return Ok(ways[place]);
            }
        }
        Ok(ways[0])
    }

    /// Whether it is asked for across all organisations, by what many exports may share: of each of a thousand
    /// organisations, or of the webhooks of a host, a page would be read for one page.
    pub(super) fn may_be_common(wanted: &Wanted<'_>, status: Option<ExportStatus>) -> bool {
        let Wanted { actor, filter, named, .. } = wanted;
        let rare = [
            named.export.is_some(),
            wanted.requesters().is_some(),
            filter.webhook_id.is_some(),
            filter.vacancy_id.is_some(),
            filter.flagged == Some(true),
        ];
        let is_shared = status.map_or(named.hosts.is_some(), |status| !status.in_progress());
        filter_by(actor).is_none() && is_shared && !rare.contains(&true)
    }

    /// Whether the first way has many places to look at.
    fn has_many(conn: &mut Conn, wanted: &Wanted<'_>, ways: &[Self]) -> QueryResult<bool> {
        let Some(keys) = ways.first().and_then(|way| way.keys(wanted)) else { return Ok(false) };
        let places: Count = Self::places(keys).get_result(conn)?;
        Ok(places.rows >= MANY)
    }

    /// How many places there are, up to many.
    pub(super) fn places(keys: Composed<'_>) -> Composed<'_> {
        Composed::default()
            .sql("SELECT 0 AS place, count(*) AS rows FROM (SELECT FROM")
            .then(keys)
            .with::<BigInt, _>("LIMIT $1) places", MANY)
    }

    /// How many of the newest it is, up to a page.
    pub(super) fn met<'a>(wanted: &'a Wanted<'a>, status: Option<ExportStatus>) -> Composed<'a> {
        Composed::default()
            .sql("SELECT 0 AS place, count(*) AS rows FROM (SELECT FROM (SELECT * FROM exports")
            .then(Self::All.conditions(wanted))
            .with::<BigInt, _>("ORDER BY id DESC LIMIT $1) e", NEWEST)
            .then(wanted.conditions(status))
            .with::<BigInt, _>("LIMIT $1) met", page_rows(wanted.limit))
    }

    /// All ways. Where each has many, the first is walked: whoever has many of an organisation's exports
    /// is met often among those that stand so, while all that one has may stand otherwise.
    pub(super) fn ways(wanted: &Wanted<'_>, status: Option<ExportStatus>) -> Vec<Self> {
        if wanted.named.export.is_some() {
            // It is one, by its key.
            return Vec::new();
        }
        let filter = wanted.filter;
        let requester = wanted.requesters().map(|_| Self::Requester);
        let by_webhook = filter.webhook_id.is_some() || wanted.named.hosts.is_some();
        let webhook = by_webhook.then_some(Self::Webhook);
        let vacancy = filter.vacancy_id.map(|_| Self::Vacancy);
        let flagged = (filter.flagged == Some(true)).then_some(Self::Flagged);
        let ways = [status.map(Self::Status), requester, webhook, vacancy, flagged];
        ways.into_iter().flatten().collect()
    }

    /// How many lie on each way, up to the bound.
    pub(super) fn counts<'a>(wanted: &'a Wanted<'a>, ways: &[Self], bound: i64) -> Composed<'a> {
        let counts = (0..).zip(ways).map(|(place, way): (i32, &Self)| {
            let rows = Composed::default().sql("SELECT count(*) FROM (SELECT FROM");
            let rows = match way.keys(wanted) {
                Some(keys) => rows.then(keys).sql("CROSS JOIN LATERAL"),
                None => rows,
            };
            let rows = rows
                .sql("(SELECT FROM")
                .sql(way.table())
                .then(way.conditions(wanted))
                // The order of this index: Postgres takes another where it can.
                .sql("ORDER BY")
                .sql(way.id())
                .with::<BigInt, _>("DESC LIMIT $1) found", bound)
                .with::<BigInt, _>("LIMIT $1) counted", bound);
            Composed::default()
                .with::<Integer, _>("SELECT $1::integer AS place, (", place)
                .then(rows)
                .sql(") AS rows")
        });
        counts.reduce(|all, one| all.sql("UNION ALL").then(one)).unwrap_or_default()
    }

    /// What the index is asked for, one after the other, as an item of FROM that is named `key`; none
    /// where the one index of all organisations is.
    pub(super) fn keys<'a>(self, wanted: &'a Wanted<'a>) -> Option<Composed<'a>> {
        let keys = Composed::default();
        Some(match self {
            Self::All => {
                let organisation = filter_by(wanted.actor)?;
                keys.with::<SqlUuid, _>("(SELECT $1::uuid AS organisation_id) key", organisation)
            }
            Self::Status(_) | Self::Vacancy | Self::Flagged => {
                keys.sql("(").then(organisations(wanted.actor)).sql(") key")
            }
            Self::Requester => keys
                .sql("(SELECT organisation_id, requested_by_id FROM (")
                .then(organisations(wanted.actor))
                .with::<Array<Text>, _>(
                    ") o CROSS JOIN unnest($1::text[]) AS asked (requested_by_id)) key",
                    wanted.requesters().unwrap_or_default(),
                ),
            Self::Webhook => {
                let hosts = wanted.named.hosts.as_deref();
                let webhooks = Where::default()
                    .and_if::<SqlUuid, _>("organisation_id = $1", filter_by(wanted.actor))
                    .and_if::<SqlUuid, _>("id = $1", wanted.filter.webhook_id.map(Uuid::from))
                    .and_if::<Array<Text>, _>("host = ANY($1)", hosts);
                keys.sql("(SELECT organisation_id, id AS webhook_id FROM webhooks")
                    .then(webhooks)
                    .sql("OFFSET 0) key")
            }
        })
    }

    /// The table whose index it is.
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Status(status) if status.in_progress() => "export_jobs",
            Self::Status(_) => "export_ends",
            Self::Flagged => "export_flags",
            _ => "exports",
        }
    }

    /// The column that the index is in the order of.
    pub(super) fn id(self) -> &'static str {
        if let Self::Status(_) | Self::Flagged = self { "export_id" } else { "id" }
    }

    /// What the index is asked by, for the page.
    pub(super) fn conditions<'a>(self, wanted: &'a Wanted<'a>) -> Where<'a> {
        let mut by = Where::default();
        if self != Self::All || filter_by(wanted.actor).is_some() {
            by = by.and("organisation_id = key.organisation_id");
        }
        by = match self {
            Self::All | Self::Flagged => by,
            Self::Status(status) => by.and(in_index(status)),
            Self::Requester => by.and("requested_by_id = key.requested_by_id"),
            Self::Webhook => by.and("webhook_id = key.webhook_id"),
            Self::Vacancy => {
                by.and_if::<SqlUuid, _>("vacancy_id = $1", wanted.filter.vacancy_id.map(Uuid::from))
            }
        };
        // An id carries the time of its request to the millisecond.
        let (from, to) = (wanted.filter.from.map(since_1970), wanted.filter.to.map(since_1970));
        let [before, floor, ceiling] = if self.id() == "export_id" {
            [
                "export_id < $1",
                "export_id >= uuid_v7_floor($1)",
                "export_id < uuid_v7_floor($1::timestamptz + interval '1 millisecond')",
            ]
        } else {
            [
                "id < $1",
                "id >= uuid_v7_floor($1)",
                "id < uuid_v7_floor($1::timestamptz + interval '1 millisecond')",
            ]
        };
        by.and_if::<SqlUuid, _>("id = $1", wanted.named.export.map(Uuid::from))
            .and_if::<SqlUuid, _>(before, wanted.after.map(Uuid::from))
            .and_if::<Timestamptz, _>(floor, from)
            .and_if::<Timestamptz, _>(ceiling, to)
    }
}

/// What the index says of those that stand so, and of a few others perhaps.
fn in_index(status: ExportStatus) -> &'static str {
    match status {
        // A job that carries on another export's schedule was never tried itself.
        ExportStatus::Queued => {
            "attempt_id IS NULL AND (attempt_number = 0 OR schedule_position = 0)"
        }
        ExportStatus::Delivering => "attempt_id IS NOT NULL",
        ExportStatus::Retrying => "attempt_id IS NULL AND attempt_number > 0",
        ExportStatus::Delivered => "end_state = 'delivered'",
        ExportStatus::Failed => "end_state = 'failed'",
        ExportStatus::Cancelled => "end_state = 'cancelled'",
    }
}

/// Whose exports the actor sees.
fn organisations<'a>(actor: &Actor) -> Composed<'a> {
    match filter_by(actor) {
        Some(id) => {
            Composed::default().with::<SqlUuid, _>("SELECT $1::uuid AS organisation_id", id)
        }
        None => Composed::default().sql("SELECT id AS organisation_id FROM organisations"),
    }
}

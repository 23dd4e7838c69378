//! The statement that reads a page of the log: what came to an end and what is under way, as one
//! snapshot shows them, for an attempt is in exactly one of the two.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{Array, BigInt, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::id::AttemptId;
use uuid::Uuid;

use super::AttemptFilter;
use super::keys::{Keys, outcome_of_status};
use crate::filter::{Named, one_of};
use crate::owner::filter_by;
use crate::row::{page_rows, since_1970};
use crate::statement::composed::{Composed, Where};

/// What the log shows without `from`.
const SHOWN: TimeDelta = TimeDelta::days(31);
/// No attempt begins so far ahead of this process's clock: months to come are left out.
const AHEAD: TimeDelta = TimeDelta::days(1);

/// What the log does not hold, looked up for the rows of the page alone: how many people; whether the
/// time of the payload is over, and so that of what receivers answered, whether or not the sweep was
/// there; whether somebody who was erased is about to be cut out of it; and whether the export ended with this attempt or after it, so that no other one comes, whatever
/// was due. OFFSET 0 keeps that by key.
const OF_EXPORT: &str = ") attempt
  LEFT JOIN LATERAL (
      SELECT candidate_count,
             end_state IS NOT NULL AND coalesce(payload_kept_until <= now(), true) AS payload_over,
             end_state IS NOT NULL AND attempt_count <= attempt.attempt_number AS was_last,
             EXISTS (SELECT FROM erasure_cuts c
                      WHERE c.organisation_id = attempt.organisation_id
                        AND c.export_id = attempt.export_id) AS to_be_cut
        FROM exports
       WHERE organisation_id = attempt.organisation_id AND id = attempt.export_id
      OFFSET 0
  ) e ON true";

/// Ids sort like the numbers of an export's attempts: the claim mints them by one clock.
#[derive(Debug, Clone, Copy)]
pub(super) enum Order {
    NewestFirst,
    OldestFirst,
}

impl Order {
    fn pick(self, newest_first: &'static str, oldest_first: &'static str) -> &'static str {
        match self {
            Self::NewestFirst => newest_first,
            Self::OldestFirst => oldest_first,
        }
    }
}

/// Which attempts are read.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) actor: &'a Actor,
    pub(super) filter: &'a AttemptFilter,
    /// Whom and what the filter names.
    pub(super) named: &'a Named,
    pub(super) order: Order,
    /// Whether what receivers answered is read.
    pub(super) answers: bool,
    /// Id after which the page starts.
    pub(super) after: Option<AttemptId>,
    /// Most rows of the page; one more is read.
    pub(super) limit: usize,
    /// This process's clock. Bounds of ids must not need Postgres's: it would plan without them.
    pub(super) now: DateTime<Utc>,
}

impl<'a> Asked<'a> {
    /// Each half reads no more than a page; the first of both make it.
    pub(super) fn statement(self) -> Composed<'a> {
        let page = Composed::default()
            .sql("SELECT attempt.*, e.candidate_count, e.payload_over, e.was_last, e.to_be_cut FROM ((")
            .then(self.log())
            .sql(") UNION ALL (")
            .then(self.in_flight())
            .sql(")")
            .sql(OF_EXPORT);
        self.page(page, "ORDER BY attempt.id")
    }

    /// One page of each key that an index is asked for, and of those the first.
    fn log(&self) -> Composed<'a> {
        let Some(Keys { keys, is_key }) = Keys::of(self.actor, self.filter, self.named) else {
            return self.log_of(Where::default());
        };
        let all = Composed::default()
            .sql("SELECT a.* FROM")
            .then(keys)
            .sql("CROSS JOIN LATERAL (")
            .then(self.log_of(Where::default().and(is_key)))
            .sql(") a");
        self.page(all, "ORDER BY a.id")
    }

    fn log_of(&self, key: Where<'a>) -> Composed<'a> {
        let Self { filter, .. } = self;
        let after = self.order.pick("a.id < $1", "a.id > $1");
        // No answer has a status that smallint cannot hold: -1 finds none.
        let http_status = filter.http_status.map(|status| i16::try_from(status).unwrap_or(-1));
        let outcomes: Vec<_> = filter.outcomes.iter().map(|outcome| outcome.as_str()).collect();
        let (one, several) = match outcomes[..] {
            [] => (None, None),
            [one] => (Some(one), None),
            _ => (None, Some(outcomes)),
        };
        let wanted = key
            .and_if::<SqlUuid, _>("a.organisation_id = $1", filter_by(self.actor))
            .and_if::<Text, _>("a.requested_by_id = $1", self.actor.own())
            .and_if::<SqlUuid, _>(after, self.after.map(Uuid::from))
            .and_if::<SqlUuid, _>("a.id = $1", self.named.attempt.map(Uuid::from))
            .and_if::<SqlUuid, _>("a.export_id = $1", filter.export_id.map(Uuid::from))
            .and_if::<SqlUuid, _>("a.webhook_id = $1", filter.webhook_id.map(Uuid::from))
            .and_if::<Text, _>("a.outcome = $1", one)
            .and_if::<Array<Text>, _>("a.outcome = ANY($1)", several)
            .and_if::<Text, _>("a.outcome = $1", outcome_of_status(filter))
            .and_if::<SmallInt, _>("a.http_status = $1", http_status);
        let (requesters, hosts) = (self.named.requesters.as_deref(), self.named.hosts.as_deref());
        let by = ("a.requested_by_id = $1", "a.requested_by_id = ANY($1)");
        let wanted = one_of(wanted, by.0, by.1, requesters);
        let wanted = one_of(wanted, "a.host = $1", "a.host = ANY($1)", hosts);
        let body = if self.answers { "a.response_body" } else { "NULL::bytea AS response_body" };
        let log = Composed::default().sql(include_str!("log.sql")).sql(body);
        let log = log.sql("FROM attempts a").then(self.begun(wanted));
        self.page(log, "ORDER BY a.id")
    }

    /// An id carries the start of its attempt to the millisecond, and is made a moment before it: index
    /// and partitions find the window, a second longer at each end.
    fn begun(&self, wanted: Where<'a>) -> Where<'a> {
        let to = self.filter.to;
        let ahead = to.map_or(self.now + AHEAD, |to| to + TimeDelta::seconds(1));
        let before = self.from().map(|from| since_1970(from - TimeDelta::seconds(1)));
        wanted
            .and_if::<Timestamptz, _>("a.id >= uuid_v7_floor($1)", before)
            .and_if::<Timestamptz, _>("a.started_at >= $1", self.from())
            .and_with::<Timestamptz, _>("a.id < uuid_v7_floor($1)", since_1970(ahead))
            .and_if::<Timestamptz, _>("a.started_at < $1", to.map(since_1970))
    }

    /// An attempt under way has neither outcome nor status. Where one is asked for, this half is
    /// empty, and stays for the plan: beside another Postgres reads the log in the order of its
    /// index; alone, where it expects less than a page and is wrong, it would sort all there is.
    fn in_flight(&self) -> Composed<'a> {
        let Self { filter, .. } = self;
        let ended = !filter.outcomes.is_empty() || filter.http_status.is_some();
        let after = self.order.pick("j.attempt_id < $1", "j.attempt_id > $1");
        let wanted = Where::default()
            .and(if ended { "false" } else { "j.attempt_id IS NOT NULL" })
            .and_if::<SqlUuid, _>("j.organisation_id = $1", filter_by(self.actor))
            .and_if::<Text, _>("e.requested_by_id = $1", self.actor.own())
            .and_if::<SqlUuid, _>(after, self.after.map(Uuid::from))
            .and_if::<SqlUuid, _>("j.attempt_id = $1", self.named.attempt.map(Uuid::from))
            .and_if::<SqlUuid, _>("j.export_id = $1", filter.export_id.map(Uuid::from))
            .and_if::<SqlUuid, _>("j.webhook_id = $1", filter.webhook_id.map(Uuid::from))
            .and_if::<Timestamptz, _>("j.started_at >= $1", self.from())
            .and_if::<Timestamptz, _>("j.started_at < $1", filter.to.map(since_1970));
        let (requesters, hosts) = (self.named.requesters.as_deref(), self.named.hosts.as_deref());
        let by = ("e.requested_by_id = $1", "e.requested_by_id = ANY($1)");
        let wanted = one_of(wanted, by.0, by.1, requesters);
        let wanted = one_of(wanted, "e.host = $1", "e.host = ANY($1)", hosts);
        let jobs = Composed::default().sql(include_str!("in_flight.sql")).then(wanted);
        self.page(jobs, "ORDER BY j.attempt_id")
    }

    fn from(&self) -> Option<DateTime<Utc>> {
        shown_from(self.filter, self.now)
    }

    fn page(&self, rows: Composed<'a>, order_by: &'static str) -> Composed<'a> {
        let direction = self.order.pick("DESC", "ASC");
        rows.sql(order_by).sql(direction).with::<BigInt, _>("LIMIT $1", page_rows(self.limit))
    }
}

/// When the attempts that are shown begin at the earliest.
pub(super) fn shown_from(filter: &AttemptFilter, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let end = filter.to.map_or(now, |to| to.min(now));
    let shown = || filter.export_id.is_none().then(|| since_1970(end) - SHOWN);
    filter.from.or_else(shown).map(since_1970)
}

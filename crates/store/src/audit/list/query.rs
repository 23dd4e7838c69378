//! The statement that reads a page of the audit, along the index that what is asked for is found by.

use chrono::TimeDelta;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::{Actor, ActorKind};
use domain::audit::{Action, ObjectType};
use domain::id::AuditEventId;
use uuid::Uuid;

use super::AuditFilter;
use crate::owner::filter_by;
use crate::row::{page_rows, since_1970};
use crate::statement::composed::{Composed, Where};

/// An id is minted where the event is written, which is so long after its transaction began at most.
const WRITTEN: TimeDelta = TimeDelta::days(1);

/// The end of the fence around an index, and the order of what comes out of it.
type Order = (&'static str, &'static str);

const IN_ORDER: Order = ("ORDER BY id DESC OFFSET 0) walked", "ORDER BY walked.id DESC");
/// Where no index has that order: Postgres takes none from `IS NULL`. There are few.
const GATHERED: Order = ("OFFSET 0) walked", "ORDER BY walked.id DESC");
/// The order of one organisation's index alone. By `id` Postgres would walk over everybody's events where it
/// expects many of them to be this organisation's, who may have told nothing for long.
const BY_OWNER: Order = (
    "ORDER BY organisation_id DESC, id DESC OFFSET 0) walked",
    "ORDER BY walked.organisation_id DESC, walked.id DESC",
);
/// Not `=`: of what is equal Postgres knows that its order is none.
const IN_RANGE: &str = "organisation_id >= $1 AND organisation_id <= $1";

/// What an organisation reads. Who asked for something of another one is support's to know: such an event
/// says that there is something of that id.
const NOT_FOREIGN: &str = "(walked.action <> 'access.refused'
    OR walked.details ->> 'why' IS DISTINCT FROM 'foreign')";

/// Whom the audit tells of, those included that are not here any more.
const OWNERS: &str = "(SELECT id FROM organisations
    UNION ALL
    SELECT organisation_id FROM audit_events
     WHERE action = 'organisation.removed' AND organisation_id IS NOT NULL
) owner CROSS JOIN LATERAL (";

/// Which events are read.
#[derive(Clone, Copy)]
pub(in crate::audit) struct Wanted<'a> {
    pub(in crate::audit) actor: &'a Actor,
    pub(in crate::audit) filter: &'a AuditFilter,
    /// The ids that the filter's actor stands for.
    pub(in crate::audit) actors: Option<&'a [String]>,
    /// They did so much that what they did is found sooner by its action.
    pub(in crate::audit) busy: bool,
    /// Id after which the page starts.
    pub(in crate::audit) after: Option<AuditEventId>,
    /// Most rows of the page; one more is read.
    pub(in crate::audit) limit: usize,
}

/// What an index is asked for. The object of an event is the rarest thing about it, and its action alone the
/// commonest.
#[derive(Debug, Clone, Copy)]
enum Way<'a> {
    Object(Uuid),
    Actor(&'a str),
    Action(Action),
    Kind(ObjectType),
    All,
}

impl<'a> Wanted<'a> {
    /// One page along each way; the first of all of them make it.
    pub(in crate::audit) fn statement(self) -> Composed<'a> {
        let pages = self.ways().into_iter().map(|way| self.along(way));
        let pages = pages.reduce(|pages, page| pages.sql(") UNION ALL (").then(page));
        let page = Composed::default()
            .sql("SELECT page.*, o.name AS organisation_name FROM (SELECT * FROM ((")
            .then(pages.unwrap_or_default())
            .sql(")) found ORDER BY id DESC");
        self.limited(page)
            .sql(") page LEFT JOIN organisations o ON o.id = page.organisation_id")
            .sql("ORDER BY page.id DESC")
    }

    fn ways(&self) -> Vec<Way<'a>> {
        let actions = &self.filter.actions;
        if let Some(object) = self.filter.object {
            return vec![Way::Object(object)];
        }
        // The commonest has no index: there is enough of it.
        let indexed = !actions.is_empty() && !actions.contains(&Action::ExportRequested);
        match self.actors {
            Some(actors) if !(indexed && self.busy) => {
                actors.iter().map(|actor| Way::Actor(actor)).collect()
            }
            _ if indexed => actions.iter().copied().map(Way::Action).collect(),
            // As with actions: of exports there is enough.
            _ => match self.filter.object_type.filter(|kind| *kind != ObjectType::Export) {
                Some(kind) => vec![Way::Kind(kind)],
                None => vec![Way::All],
            },
        }
    }

    /// Across all organisations the indexes of one are asked for each, and for the events of none.
    fn along(&self, way: Way<'a>) -> Composed<'a> {
        let is_of_all = filter_by(self.actor).is_none();
        if !is_of_all || matches!(way, Way::Object(_) | Way::All) {
            let (is_owner, order) = match way {
                Way::All if !is_of_all => (IN_RANGE, BY_OWNER),
                _ => ("organisation_id = $1", IN_ORDER),
            };
            let of_organisation =
                Where::default().and_if::<SqlUuid, _>(is_owner, filter_by(self.actor));
            return self.of(way, of_organisation, order);
        }
        let of_each = Composed::default()
            .sql("SELECT each.* FROM")
            .sql(OWNERS)
            .then(self.of(way, Where::default().and("organisation_id = owner.id"), IN_ORDER))
            .sql(") each ORDER BY each.id DESC");
        self.limited(of_each).sql(") UNION ALL (").then(self.of(
            way,
            Where::default().and("organisation_id IS NULL"),
            GATHERED,
        ))
    }

    /// What stands in the fence is the index's alone; Postgres would take another by its own reckoning.
    fn of(&self, way: Way<'a>, owner: Where<'a>, (fence, order): Order) -> Composed<'a> {
        let found = match way {
            Way::Object(object) => {
                Where::default().and_with::<SqlUuid, _>("object_id = $1", object)
            }
            Way::Actor(actor) => owner.and_with::<Text, _>("actor_id = $1", actor),
            Way::Action(action) => owner.and_with::<Text, _>("action = $1", action.as_str()),
            Way::Kind(kind) => owner.and_with::<Text, _>("object_type = $1", kind.as_str()),
            Way::All => owner,
        };
        let walked = Composed::default()
            .sql("SELECT walked.* FROM (SELECT * FROM audit_events")
            .then(self.within(found))
            .sql(fence)
            .then(self.others(way));
        self.limited(walked.sql(order))
    }

    /// Ids carry a time: they bound the months that are looked at.
    fn within(&self, found: Where<'a>) -> Where<'a> {
        let (from, to) = (self.filter.from.map(since_1970), self.filter.to.map(since_1970));
        found
            .and_if::<SqlUuid, _>("id < $1", self.after.map(Uuid::from))
            .and_if::<Timestamptz, _>("id >= uuid_v7_floor($1)", from)
            .and_if::<Timestamptz, _>("id < uuid_v7_floor($1)", to.map(|to| to + WRITTEN))
    }

    fn others(&self, way: Way<'a>) -> Where<'a> {
        let Self { filter, .. } = self;
        let owner = filter_by(self.actor).filter(|_| matches!(way, Way::Object(_)));
        let actors = self.actors.filter(|_| !matches!(way, Way::Actor(_)));
        let actions: Vec<_> = filter.actions.iter().map(|action| action.as_str()).collect();
        let told = matches!(way, Way::Action(_)) || actions.is_empty();
        let all = Where::default();
        let visible =
            if self.actor.kind == ActorKind::Support { all } else { all.and(NOT_FOREIGN) };
        visible
            .and_if::<SqlUuid, _>("walked.organisation_id = $1", owner)
            .and_if::<Array<Text>, _>("walked.actor_id = ANY($1)", actors)
            .and_if::<Array<Text>, _>("walked.action = ANY($1)", (!told).then_some(actions))
            .and_if::<Text, _>("walked.object_type = $1", filter.object_type.map(|it| it.as_str()))
            .and_if::<Timestamptz, _>("walked.created_at >= $1", filter.from.map(since_1970))
            .and_if::<Timestamptz, _>("walked.created_at < $1", filter.to.map(since_1970))
    }

    fn limited(&self, rows: Composed<'a>) -> Composed<'a> {
        rows.with::<BigInt, _>("LIMIT $1", page_rows(self.limit))
    }
}

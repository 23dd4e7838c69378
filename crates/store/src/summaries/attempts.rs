//! What a summary of the log counts: days that were counted before, and attempts one by one where they were
//! not: the newest, the ends of a window that are no whole days, and days that are to be counted again.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{Array, Date, Text, Timestamptz, Uuid as SqlUuid};
use domain::outcome::Outcome;
use uuid::Uuid;

use super::days::counted;
use super::look::{Look, all};
use super::window::Window;
use crate::owner::filter_by;
use crate::row::since_1970;
use crate::statement::composed::{Composed, Where};

/// An id is made a moment before its attempt begins.
const MOMENT: TimeDelta = TimeDelta::seconds(1);

/// Which attempts are counted one by one.
#[derive(Clone, Copy)]
enum Which {
    /// All.
    Any,
    /// Those that are not counted by day.
    New,
    /// Those that are.
    Counted,
}

/// All that is counted.
pub(super) fn sources<'a>(look: &Look<'a>) -> Composed<'a> {
    let window = look.filter.window;
    if look.actor.own().is_some() {
        return one_by_one(look, window, Which::Any);
    }
    let ends = window.ends().into_iter().map(|end| one_by_one(look, end, Which::Counted));
    // What is over has been counted.
    let is_over = window.to.is_some_and(|to| to + MOMENT <= look.counted);
    let new = (!is_over).then(|| one_by_one(look, window, Which::New));
    let again = look.again.then(|| again(look));
    let days = counted(look, "attempts", || select(look));
    all(days.into_iter().chain(ends).chain(new).chain(again))
}

fn select<'a>(look: &Look<'a>) -> Composed<'a> {
    Composed::default()
        .sql("SELECT d.organisation_id, d.webhook_id, NULL::text AS status, d.outcome, d.day,")
        .sql("d.attempts AS counted,")
        .sql(if by_outcome(look) { "d.exports" } else { "d.first_tries" })
        .sql("AS affected, d.first_at, d.last_at, d.newest FROM attempt_days d")
}

/// Each export counts once for each outcome, or once where they are added up.
fn by_outcome(look: &Look<'_>) -> bool {
    look.groups.outcome || !look.filter.outcomes.is_empty()
}

fn columns<'a>(look: &Look<'a>) -> Composed<'a> {
    let affected = if by_outcome(look) {
        include_str!("first_of_outcome.sql")
    } else {
        "(a.attempt_number = 1)::integer"
    };
    Composed::default().sql(include_str!("attempt.sql")).sql(affected).sql(
        "AS affected, a.started_at AS first_at, a.started_at AS last_at,
         (a.id::text || ' ' || a.export_id::text) COLLATE \"C\" AS newest FROM",
    )
}

/// Across all organisations, no index has the order of ids but by outcome.
fn one_by_one<'a>(look: &Look<'a>, window: Window, which: Which) -> Composed<'a> {
    let rows = columns(look);
    let (rows, wanted) = match filter_by(look.actor) {
        Some(organisation) => {
            (rows, Where::default().and_with::<SqlUuid, _>("a.organisation_id = $1", organisation))
        }
        None => {
            let outcomes: Vec<_> = Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
            let keys = "unnest($1::text[]) AS key (outcome) CROSS JOIN LATERAL";
            (
                rows.with::<Array<Text>, _>(keys, outcomes),
                Where::default().and("a.outcome = key.outcome"),
            )
        }
    };
    rows.sql("(SELECT * FROM attempts a")
        .then(begun(look, window, which, wanted))
        .sql("OFFSET 0) a")
}

fn begun<'a>(look: &Look<'a>, window: Window, which: Which, wanted: Where<'a>) -> Where<'a> {
    let floor = since_1970(window.from - MOMENT);
    let ceiling = window.to.map(|to| since_1970(to) + MOMENT);
    let (floor, ceiling) = match which {
        Which::Any => (floor, ceiling),
        Which::New => (floor.max(look.counted), ceiling),
        Which::Counted => (floor, Some(ceiling.map_or(look.counted, |at| at.min(look.counted)))),
    };
    wanted
        .and_if::<Text, _>("a.requested_by_id = $1", look.actor.own())
        .and_if::<SqlUuid, _>("a.webhook_id = $1", look.filter.webhook_id.map(Uuid::from))
        .and_with::<Timestamptz, DateTime<Utc>>("a.id >= uuid_v7_floor($1)", floor)
        .and_if::<Timestamptz, _>("a.id < uuid_v7_floor($1)", ceiling)
        .and_with::<Timestamptz, _>("a.started_at >= $1", window.from)
        .and_if::<Timestamptz, _>("a.started_at < $1", window.to)
}

/// Days of a webhook that are to be counted again, as they are now.
fn again<'a>(look: &Look<'a>) -> Composed<'a> {
    let (first, after) = look.filter.window.days();
    let wanted = Where::default()
        .and("r.what = 'attempts'")
        .and_with::<Date, _>("r.day >= $1", first)
        .and_if::<Date, _>("r.day < $1", after)
        .and_if::<SqlUuid, _>("r.organisation_id = $1", filter_by(look.actor))
        .and_if::<SqlUuid, _>("r.webhook_id = $1", look.filter.webhook_id.map(Uuid::from));
    columns(look)
        .sql("(SELECT DISTINCT r.organisation_id, r.webhook_id, r.day FROM days_to_recount r")
        .then(wanted)
        .sql(") key CROSS JOIN LATERAL (")
        .sql(include_str!("attempts_of_day.sql"))
        .with::<Timestamptz, _>("AND a.id < uuid_v7_floor($1) OFFSET 0) a", look.counted)
}

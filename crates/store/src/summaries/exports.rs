//! What a summary of exports counts: days of ended ones that were counted before, and exports one by one where
//! they were not: those that ended just now or have not, the ends of a window that are no whole days, and days
//! that are to be counted again.

use chrono::TimeDelta;
use diesel::sql_types::{Date, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::days::counted;
use super::look::{Look, all};
use super::window::Window;
use crate::owner::filter_by;
use crate::row::since_1970;
use crate::statement::composed::{Composed, Where};

/// An id is that of the time at which it was asked for, to the millisecond.
const MOMENT: TimeDelta = TimeDelta::seconds(1);

/// An export as it stands.
const STANDING: &str = include_str!("standing.sql");
/// An export that has ended.
const ENDED: &str = include_str!("ended.sql");
/// Its end was counted by day.
const IS_COUNTED: &str = include_str!("is_counted.sql");

/// All that is counted.
pub(super) fn sources<'a>(look: &Look<'a>) -> Composed<'a> {
    let window = look.filter.window;
    if look.actor.own().is_some() {
        return own(look);
    }
    let ends = window.ends().into_iter().map(|end| end_of_window(look, end));
    let again = look.again.then(|| again(look));
    let select = || Composed::default().sql(include_str!("export_days.sql"));
    let days = counted(look, "exports", select);
    let rest = [ended_just_now(look), in_progress(look)];
    all(days.into_iter().chain(rest).chain(ends).chain(again))
}

/// Whose exports, to which webhook, asked for when.
fn asked<'a>(look: &Look<'a>, window: Window) -> Where<'a> {
    Where::default()
        .and_if::<SqlUuid, _>("e.organisation_id = $1", filter_by(look.actor))
        .and_if::<Text, _>("e.requested_by_id = $1", look.actor.own())
        .and_if::<SqlUuid, _>("e.webhook_id = $1", look.filter.webhook_id.map(Uuid::from))
        .and_with::<Timestamptz, _>("e.requested_at >= $1", window.from)
        .and_if::<Timestamptz, _>("e.requested_at < $1", window.to)
}

fn by_id<'a>(wanted: Where<'a>, window: Window) -> Where<'a> {
    let ceiling = window.to.map(|to| since_1970(to) + MOMENT);
    wanted
        .and_with::<Timestamptz, _>("e.id >= uuid_v7_floor($1)", since_1970(window.from - MOMENT))
        .and_if::<Timestamptz, _>("e.id < uuid_v7_floor($1)", ceiling)
}

fn own<'a>(look: &Look<'a>) -> Composed<'a> {
    let window = look.filter.window;
    Composed::default()
        .sql(STANDING)
        .sql("FROM (SELECT * FROM exports e")
        .then(by_id(asked(look, window), window))
        .sql("OFFSET 0) e")
        .sql(include_str!("../exports/list/with_job.sql"))
        .sql(include_str!("../exports/list/with_lane.sql"))
}

fn in_progress<'a>(look: &Look<'a>) -> Composed<'a> {
    let jobs = Where::default()
        .and_if::<SqlUuid, _>("organisation_id = $1", filter_by(look.actor))
        .and_if::<SqlUuid, _>("webhook_id = $1", look.filter.webhook_id.map(Uuid::from));
    Composed::default()
        .sql(STANDING)
        .sql("FROM (SELECT * FROM export_jobs")
        .then(jobs)
        .sql("OFFSET 0) j")
        .sql(include_str!("export_of_job.sql"))
        .sql(include_str!("../exports/list/with_lane.sql"))
        .then(asked(look, look.filter.window))
}

fn ended_just_now<'a>(look: &Look<'a>) -> Composed<'a> {
    let ends = Where::default()
        .and_with::<Timestamptz, _>("written_at >= $1", look.counted)
        .and_if::<SqlUuid, _>("organisation_id = $1", filter_by(look.actor));
    Composed::default()
        .sql(ENDED)
        .sql("FROM (SELECT * FROM export_ends")
        .then(ends)
        .sql("OFFSET 0) x")
        .sql(include_str!("export_of_end.sql"))
        .then(asked(look, look.filter.window).and("e.end_state IS NOT NULL"))
}

fn end_of_window<'a>(look: &Look<'a>, end: Window) -> Composed<'a> {
    let wanted = by_id(asked(look, end), end).and("e.end_state IS NOT NULL");
    let wanted = wanted.and_with::<Timestamptz, _>(IS_COUNTED, look.counted);
    Composed::default()
        .sql(ENDED)
        .sql("FROM (SELECT * FROM exports e")
        .then(wanted)
        .sql("OFFSET 0) e")
}

fn again<'a>(look: &Look<'a>) -> Composed<'a> {
    let (first, after) = look.filter.window.days();
    let wanted = Where::default()
        .and("r.what = 'exports'")
        .and_with::<Date, _>("r.day >= $1", first)
        .and_if::<Date, _>("r.day < $1", after)
        .and_if::<SqlUuid, _>("r.organisation_id = $1", filter_by(look.actor))
        .and_if::<SqlUuid, _>("r.webhook_id = $1", look.filter.webhook_id.map(Uuid::from));
    Composed::default()
        .sql(ENDED)
        .sql("FROM (SELECT DISTINCT r.organisation_id, r.webhook_id, r.day FROM days_to_recount r")
        .then(wanted)
        .sql(") key CROSS JOIN LATERAL (")
        .sql(include_str!("exports_of_day.sql"))
        .sql("AND")
        .with::<Timestamptz, _>(IS_COUNTED, look.counted)
        .sql("OFFSET 0) e")
}

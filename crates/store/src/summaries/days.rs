//! Days and months that were counted before, as far as a window holds them whole.

use chrono::NaiveDate;
use diesel::sql_types::{Date, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::look::Look;
use crate::owner::filter_by;
use crate::statement::composed::{Composed, Where};

/// The rows that hold the window, each once. `select` begins with `SELECT` and ends with the table, as `d`;
/// `what` is its name in `days_to_recount`.
pub(super) fn counted<'a>(
    look: &Look<'a>,
    what: &'static str,
    select: impl Fn() -> Composed<'a>,
) -> Vec<Composed<'a>> {
    let (first, after) = look.filter.window.days();
    let part = |wanted: Where<'a>| select().then(wanted);
    if what == "attempts" && is_of_whole_days(look) {
        let mut parts = vec![part(whole(look, what, first, after))];
        if look.again {
            let condition = include_str!("whole_again.sql");
            let others = days(look, what, first, after).and_with::<Text, _>(condition, what);
            parts.push(part(others));
        }
        return parts;
    }
    let Some((start, end)) = look.filter.window.months().filter(|_| !look.groups.day) else {
        return vec![part(days(look, what, first, after))];
    };
    let mut parts = Vec::new();
    if first < start {
        parts.push(part(days(look, what, first, Some(start))));
    }
    parts.push(part(months(look, what, start, end)));
    if look.again {
        let condition = include_str!("again_in_month.sql");
        let others = days(look, what, start, end).and_with::<Text, _>(condition, what);
        parts.push(part(others));
    }
    if end.is_some() && end < after {
        parts.push(part(days(look, what, end.unwrap_or(first), after)));
    }
    parts
}

fn days<'a>(
    look: &Look<'a>,
    what: &'static str,
    first: NaiveDate,
    after: Option<NaiveDate>,
) -> Where<'a> {
    let wanted = Where::default().and("d.span = 'day'");
    within(look, wanted, what, include_str!("not_again.sql"), (first, after))
}

/// Whether webhooks are neither told nor asked for. Several days of thousands of them are many rows.
fn is_of_whole_days(look: &Look<'_>) -> bool {
    let (groups, filter) = (look.groups, look.filter);
    groups.day
        && !groups.host
        && !groups.webhook
        && filter.webhook_id.is_none()
        && filter.host.is_none()
}

fn whole<'a>(
    look: &Look<'a>,
    what: &'static str,
    first: NaiveDate,
    after: Option<NaiveDate>,
) -> Where<'a> {
    let wanted = Where::default().and("d.span = 'whole'");
    within(look, wanted, what, concat!("NOT ", include_str!("whole_again.sql")), (first, after))
}

fn months<'a>(
    look: &Look<'a>,
    what: &'static str,
    first: NaiveDate,
    after: Option<NaiveDate>,
) -> Where<'a> {
    let wanted = Where::default().and("d.span = 'month'");
    within(look, wanted, what, include_str!("not_again_in_month.sql"), (first, after))
}

fn within<'a>(
    look: &Look<'a>,
    wanted: Where<'a>,
    what: &'static str,
    not_again: &'static str,
    (first, after): (NaiveDate, Option<NaiveDate>),
) -> Where<'a> {
    let wanted = wanted
        .and_with::<Date, _>("d.day >= $1", first)
        .and_if::<Date, _>("d.day < $1", after)
        .and_if::<SqlUuid, _>("d.organisation_id = $1", filter_by(look.actor))
        .and_if::<SqlUuid, _>("d.webhook_id = $1", look.filter.webhook_id.map(Uuid::from));
    if look.again { wanted.and_with::<Text, _>(not_again, what) } else { wanted }
}

//! Who looks at what, as far as the sources of a summary need it.

use chrono::{DateTime, Utc};
use domain::actor::Actor;

use super::SummaryFilter;
use super::total::Groups;
use crate::statement::composed::Composed;

/// One look.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) actor: &'a Actor,
    pub(super) filter: &'a SummaryFilter,
    /// How far it is counted by day.
    pub(super) counted: DateTime<Utc>,
    /// Some of these days are to be counted again.
    pub(super) again: bool,
    pub(super) groups: Groups,
}

/// The statement of all that is counted: rows of one column each of [`super::total::Total`]'s.
pub(super) type Sources = for<'a> fn(&Look<'a>) -> Composed<'a>;

/// Several sources, one after the other.
pub(super) fn all<'a>(sources: impl IntoIterator<Item = Composed<'a>>) -> Composed<'a> {
    let sources = sources.into_iter();
    sources.reduce(|all, one| all.sql("UNION ALL").then(one)).unwrap_or_default()
}

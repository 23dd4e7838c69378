//! The orders of a list of applications, where a page of each starts, and the walk along its index.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Double, Integer, Text, Timestamptz, Uuid as SqlUuid};
use domain::id::ApplicationId;
use uuid::Uuid;

use super::Row;
use super::search::Asked;
use crate::statement::composed::{Composed, Where};

/// What applications are sorted by; of equals the id decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    /// When the person applied.
    #[default]
    AppliedAt,
    /// The name, case and accents aside.
    FullName,
    /// The value of the rating, whatever its scale; who has none comes last in both directions.
    Rating,
    /// The stages in the order of the vacancy, those that it has no more last; then when they applied.
    Stage,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sort {
    /// What decides.
    pub by: SortBy,
    /// The other way round.
    pub descending: bool,
}

/// Where a page of applications starts: what the last one of the page before was sorted by, and its id.
#[derive(Clone, PartialEq)]
pub struct ApplicationKey {
    /// Its place in the order.
    pub place: Place,
    /// Its id.
    pub id: ApplicationId,
}

/// It may be a name: only the id is printed.
impl std::fmt::Debug for ApplicationKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApplicationKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A place in an order.
#[derive(Clone, PartialEq)]
pub enum Place {
    /// When the person applied.
    AppliedAt(DateTime<Utc>),
    /// The name, as it is compared.
    FullName(String),
    /// The value of the rating.
    Rating(Option<f64>),
    /// The stage, and when the person applied.
    Stage(String, DateTime<Utc>),
}

impl Place {
    /// Which order it is a place in.
    pub fn sort(&self) -> SortBy {
        match self {
            Self::AppliedAt(_) => SortBy::AppliedAt,
            Self::FullName(_) => SortBy::FullName,
            Self::Rating(_) => SortBy::Rating,
            Self::Stage(..) => SortBy::Stage,
        }
    }
}

/// As `applications_name_idx` has it.
macro_rules! by_name {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "left(split_part(coalesce(search_text, ''), E'\\n', 1), 60) COLLATE \"C\"",
            $after
        )
    };
}

/// As `applications_rated_idx` has it.
macro_rules! by_rating {
    ($before:literal, $after:literal) => {
        concat!($before, "(rating ->> 'value')::float8", $after)
    };
}

/// Before all there is, and after it.
const FROM_THERE: [&str; 2] =
    ["$1 ELSE '-infinity'::timestamptz END", "$1 ELSE 'infinity'::timestamptz END"];

impl Sort {
    /// The place of a row in this order.
    pub(super) fn key(self, row: &Row) -> ApplicationKey {
        let place = match self.by {
            SortBy::AppliedAt => Place::AppliedAt(row.applied_at),
            SortBy::FullName => Place::FullName(row.sort_name.clone()),
            SortBy::Rating => Place::Rating(row.rated),
            SortBy::Stage => Place::Stage(row.stage.clone(), row.applied_at),
        };
        ApplicationKey { place, id: row.id.into() }
    }

    /// Of rows that have what `list.sql` names.
    pub(super) fn of_page(self) -> &'static str {
        match (self.by, self.descending) {
            (SortBy::AppliedAt, false) => "ORDER BY applied_at, id",
            (SortBy::AppliedAt, true) => "ORDER BY applied_at DESC, id DESC",
            (SortBy::FullName, false) => "ORDER BY sort_name, id",
            (SortBy::FullName, true) => "ORDER BY sort_name DESC, id DESC",
            (SortBy::Rating, false) => "ORDER BY rated NULLS LAST, id",
            (SortBy::Rating, true) => "ORDER BY rated DESC NULLS LAST, id DESC",
            (SortBy::Stage, false) => "ORDER BY stage_place, applied_at, id",
            (SortBy::Stage, true) => "ORDER BY stage_place DESC, applied_at DESC, id DESC",
        }
    }

    pub(super) fn either<T>(self, ascending: T, descending: T) -> T {
        if self.descending { descending } else { ascending }
    }
}

impl Asked<'_> {
    /// What lies after the page before, in the order that is asked for.
    pub(super) fn after(&self) -> Option<Composed<'_>> {
        let ApplicationKey { place, id } = self.after.as_ref()?;
        let rows = match place {
            Place::AppliedAt(at) => Composed::default()
                .sql("(applied_at, id)")
                .sql(self.beyond())
                .with::<Timestamptz, _>("($1,", *at),
            Place::FullName(name) => Composed::default()
                .sql(by_name!("(", ", id)"))
                .sql(self.beyond())
                .with::<Text, _>("($1,", name.as_str()),
            Place::Rating(Some(rated)) => Composed::default()
                .sql(by_rating!("", " IS NULL OR ("))
                .sql(by_rating!("", ", id)"))
                .sql(self.beyond())
                .with::<Double, _>("($1,", *rated),
            Place::Rating(None) => Composed::default()
                .sql(by_rating!("", " IS NULL AND id"))
                .sql(self.beyond())
                .sql("("),
            Place::Stage(stage, at) => Composed::default()
                .with::<Array<Text>, _>(
                    "(array_position($1::text[], stage),",
                    &self.stage_order[..],
                )
                .sql("applied_at, id)")
                .sql(self.beyond())
                .with::<Integer, _>("($1,", self.place_of(stage))
                .with::<Timestamptz, _>("$1,", *at),
        };
        Some(rows.with::<SqlUuid, _>("$1)", Uuid::from(*id)))
    }

    fn beyond(&self) -> &'static str {
        self.sort.either(">", "<")
    }

    /// The first rows of the vacancy in the order of an index, after the page before: an item of FROM.
    pub(super) fn walk(&self, rows: i64) -> Composed<'_> {
        match self.sort.by {
            SortBy::AppliedAt => Composed::default()
                .sql("(SELECT * FROM applications")
                .then(self.in_window(Where::default()))
                .sql(self.sort.of_page())
                .with::<BigInt, _>("LIMIT $1)", rows),
            SortBy::FullName => {
                Composed::default()
                    .sql("(SELECT * FROM applications")
                    .then(self.of_vacancy(Where::default()).and("counts").and_some(self.after()))
                    .sql(self.sort.either(
                        by_name!("ORDER BY ", ", id"),
                        by_name!("ORDER BY ", " DESC, id DESC"),
                    ))
                    .with::<BigInt, _>("LIMIT $1)", rows)
            }
            SortBy::Rating => self.walk_of_ratings(rows),
            SortBy::Stage => self.walk_of_stages(rows),
        }
    }

    /// Who was rated, then who was not: in the index they are the last in one direction only.
    fn walk_of_ratings(&self, rows: i64) -> Composed<'_> {
        let after = self.after.as_ref().map(|key| (&key.place, Uuid::from(key.id)));
        let rated =
            self.of_vacancy(Where::default()).and("counts").and(by_rating!("", " IS NOT NULL"));
        let rated = match after {
            None => rated,
            Some((Place::Rating(Some(value)), id)) => rated.and(
                Composed::default()
                    .sql(by_rating!("(", ", id)"))
                    .sql(self.beyond())
                    .with::<Double, _>("($1,", *value)
                    .with::<SqlUuid, _>("$1)", id),
            ),
            Some(_) => rated.and("false"),
        };
        let others =
            self.of_vacancy(Where::default()).and("counts").and(by_rating!("", " IS NULL"));
        let others = match after {
            Some((Place::Rating(None), id)) => others
                .and(Composed::default().sql("id").sql(self.beyond()).with::<SqlUuid, _>("$1", id)),
            _ => others,
        };
        let order = self
            .sort
            .either(by_rating!("ORDER BY ", ", id"), by_rating!("ORDER BY ", " DESC, id DESC"));
        let last = self.sort.either(
            by_rating!("ORDER BY ", " NULLS LAST, id"),
            by_rating!("ORDER BY ", " DESC NULLS LAST, id DESC"),
        );
        Composed::default()
            .sql("(SELECT * FROM ((SELECT * FROM applications")
            .then(rated)
            .sql(order)
            .with::<BigInt, _>("LIMIT $1) UNION ALL (SELECT * FROM applications", rows)
            .then(others)
            .sql(order)
            .with::<BigInt, _>("LIMIT $1)) parts", rows)
            .sql(last)
            .with::<BigInt, _>("LIMIT $1)", rows)
    }

    /// Stage by stage, from the one on at which the page before ended.
    fn walk_of_stages(&self, rows: i64) -> Composed<'_> {
        let meant = |stage: &&str| {
            self.stages.as_ref().is_none_or(|named| named.iter().any(|named| named == stage))
        };
        let mut stages: Vec<&str> =
            self.stage_order.iter().map(String::as_str).filter(meant).collect();
        if self.sort.descending {
            stages.reverse();
        }
        let mut at_stage = self
            .of_vacancy(Where::default())
            .and("counts")
            .and("stage >= key.stage AND stage <= key.stage");
        if let Some(ApplicationKey { place: Place::Stage(stage, at), id }) = &self.after {
            stages = stages.into_iter().skip_while(|known| known != stage).collect();
            at_stage = at_stage.and(
                Composed::default()
                    .sql("(applied_at, id)")
                    .sql(self.beyond())
                    .sql("(CASE WHEN key.place = 1 THEN")
                    .with::<Timestamptz, _>(self.sort.either(FROM_THERE[0], FROM_THERE[1]), *at)
                    .with::<SqlUuid, _>(", $1)", Uuid::from(*id)),
            );
        }
        Composed::default()
            .with::<Array<Text>, _>(
                "(SELECT page.* FROM unnest($1::text[]) WITH ORDINALITY key (stage, place)",
                stages,
            )
            .sql("CROSS JOIN LATERAL (SELECT * FROM applications")
            .then(at_stage)
            .sql(self.sort.either(
                "ORDER BY stage, applied_at, id",
                "ORDER BY stage DESC, applied_at DESC, id DESC",
            ))
            .with::<BigInt, _>("LIMIT $1) page", rows)
            .sql(self.sort.either(
                "ORDER BY key.place, page.applied_at, page.id",
                "ORDER BY key.place, page.applied_at DESC, page.id DESC",
            ))
            .with::<BigInt, _>("LIMIT $1)", rows)
    }

    /// Of a stage in the order of the vacancy, as Postgres counts.
    fn place_of(&self, stage: &str) -> i32 {
        let place = self.stage_order.iter().zip(1..).find(|(known, _)| *known == stage);
        place.map_or(0, |(_, place)| place)
    }
}

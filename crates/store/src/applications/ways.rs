//! The indexes that a page of applications may be read along, beside the one of the whole vacancy: each
//! holds those of one stage, status or rating. The shortest is taken, which is counted.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Integer, Text};

use super::search::Asked;
use super::{Sort, SortBy};
use crate::db::Conn;
use crate::page::{Count, fewest, in_order};
use crate::row::page_rows;
use crate::statement::composed::{Composed, Where};

/// How far is counted, first and then: where one has few, the others need not be counted on. The last
/// many are walked in a few milliseconds; where no way has fewer, words are looked for by letters.
const COUNTED: [i64; 2] = [100, 2_000];

/// What an index is asked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Those at a stage, or at several, one after the other.
    Stage,
    /// Those that stand so as a whole.
    Status,
    /// Those rated at least so.
    Rating,
    /// Those who applied after an instant, where another order is asked for.
    Time,
}

impl Way {
    /// That of the index, which no other index has: where Postgres expects one row of each, it would
    /// take any of them. With `=` it would leave out the first of these.
    fn order(self, descending: bool) -> &'static str {
        match (self, descending) {
            (Self::Stage, false) => "ORDER BY stage, applied_at, id",
            (Self::Stage, true) => "ORDER BY stage DESC, applied_at DESC, id DESC",
            (Self::Status, false) => "ORDER BY status, applied_at, id",
            (Self::Status, true) => "ORDER BY status DESC, applied_at DESC, id DESC",
            (Self::Rating, _) => "ORDER BY (rating ->> 'value')::float8",
            (Self::Time, _) => "ORDER BY applied_at, id",
        }
    }
}

impl Asked<'_> {
    /// All ways, the one along which all may lie last.
    pub(super) fn ways(&self) -> Vec<Way> {
        let stage = self.stages.as_ref().map(|_| Way::Stage);
        let rating = self.filter.min_rating.map(|_| Way::Rating);
        let by_time = self.sort.by == SortBy::AppliedAt;
        let time = self.filter.applied_after.filter(|_| !by_time).map(|_| Way::Time);
        let status = (!self.filter.statuses.is_empty()).then_some(Way::Status);
        [stage, rating, time, status].into_iter().flatten().collect()
    }

    /// The shortest way; none where letters are a shorter one.
    pub(super) fn shortest(&self, conn: &mut Conn) -> QueryResult<Option<Way>> {
        let ways = self.ways();
        if ways.is_empty() || (ways.len() == 1 && self.filter.q.is_none()) {
            return Ok(ways.first().copied());
        }
        for bound in COUNTED {
            let counts: Vec<Count> = in_order(conn, |conn| self.counts(&ways, bound).load(conn))?;
            if let Some(place) = fewest(&counts, bound) {
                return Ok(Some(ways[place]));
            }
        }
        Ok(ways.first().copied().filter(|_| self.filter.q.is_none()))
    }

    /// How many lie on each way, up to the bound.
    pub(super) fn counts(&self, ways: &[Way], bound: i64) -> Composed<'_> {
        let counts = (0..).zip(ways).map(|(place, way): (i32, &Way)| {
            Composed::default()
                .with::<Integer, _>(
                    "SELECT $1::integer AS place, (SELECT count(*) FROM (SELECT FROM",
                    place,
                )
                .then(self.keys(*way))
                .sql("CROSS JOIN LATERAL (SELECT FROM applications")
                .then(self.on(*way))
                .sql(way.order(false))
                .with::<BigInt, _>("LIMIT $1) found", bound)
                .with::<BigInt, _>("LIMIT $1) counted) AS rows", bound)
        });
        counts.reduce(|all, one| all.sql("UNION ALL").then(one)).unwrap_or_default()
    }

    /// One page of each key, and of those the first. In another order than that of the indexes: all.
    pub(super) fn along(&self, way: Way) -> Composed<'_> {
        let Sort { by, descending } = self.sort;
        if by != SortBy::AppliedAt {
            return self.page(self.all_along(way));
        }
        let walked = Composed::default()
            .sql("(SELECT page.* FROM")
            .then(self.keys(way))
            .sql("CROSS JOIN LATERAL (SELECT * FROM (SELECT * FROM applications")
            .then(self.on(way))
            .sql(way.order(descending))
            .sql("OFFSET 0) a")
            .then(self.wanted());
        // The index of ratings is in their order; in the others all of a key are in that of the list.
        let walked = match way {
            Way::Rating => walked.sql(self.sort.of_page()),
            Way::Stage | Way::Status | Way::Time => walked.sql(way.order(descending)),
        };
        let walked = walked.with::<BigInt, _>("LIMIT $1) page)", page_rows(self.limit));
        self.page(walked)
    }

    /// All that lie there: an item of FROM.
    pub(super) fn all_along(&self, way: Way) -> Composed<'_> {
        Composed::default()
            .sql("(SELECT walked.* FROM")
            .then(self.keys(way))
            .sql("CROSS JOIN LATERAL (SELECT * FROM applications")
            .then(self.on(way))
            .sql(way.order(false))
            .sql("OFFSET 0) walked)")
    }

    /// What the index is asked for, one after the other, as an item of FROM that is named `key`.
    pub(super) fn keys(&self, way: Way) -> Composed<'_> {
        let keys = Composed::default();
        match way {
            Way::Stage => keys.with::<Array<Text>, _>(
                "unnest($1::text[]) key (stage)",
                self.stages.clone().unwrap_or_default(),
            ),
            Way::Status => keys.with::<Array<Text>, _>(
                "unnest($1::text[]) key (status)",
                self.filter.statuses.iter().map(|status| status.as_str()).collect::<Vec<_>>(),
            ),
            Way::Rating => keys.with::<Double, _>(
                "(SELECT $1::float8 AS rating) key",
                self.filter.min_rating.unwrap_or(0.0),
            ),
            Way::Time => keys.sql("(SELECT) key"),
        }
    }

    /// What the index is asked by.
    pub(super) fn on(&self, way: Way) -> Where<'_> {
        let there = self.in_window(Where::default()).and("counts");
        match way {
            Way::Stage => there.and("stage >= key.stage AND stage <= key.stage"),
            Way::Status => there.and("status >= key.status AND status <= key.status"),
            Way::Rating => {
                there.and("rating IS NOT NULL AND (rating ->> 'value')::float8 >= key.rating")
            }
            Way::Time => there,
        }
    }
}

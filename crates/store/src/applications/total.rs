//! How many applications a filter means.

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::search::{Asked, Condition};
use super::ways::Way;
use crate::db::Conn;
use crate::error::StoreError;
use crate::page::{Count, in_order};
use crate::row::unsigned;
use crate::statement::composed::{Composed, Where};

impl Asked<'_> {
    /// How many there are, on all pages.
    pub(super) fn total(
        &self,
        conn: &mut Conn,
        conditions: Option<&[Condition]>,
    ) -> Result<u64, StoreError> {
        let count: Count = if self.is_by_stage() {
            self.counted_already().get_result(conn)?
        } else if let Some(conditions) = conditions {
            self.counted(self.with_letters(conditions)).get_result(conn)?
        } else {
            in_order(conn, |conn| self.counted(self.all()).get_result(conn))?
        };
        unsigned(count.rows)
    }

    /// What triggers count: all, or those at stages.
    pub(super) fn is_by_stage(&self) -> bool {
        let filter = self.filter;
        filter.q.is_none()
            && filter.statuses.is_empty()
            && filter.min_rating.is_none()
            && filter.applied_after.is_none()
    }

    pub(super) fn counted_already(&self) -> Composed<'_> {
        Composed::default()
            .sql("SELECT 0 AS place, coalesce(sum(applications), 0)::bigint AS rows FROM stage_counts")
            .then(
                Where::default()
                    .and_with::<SqlUuid, _>("organisation_id = $1", Uuid::from(self.organisation))
                    .and_with::<SqlUuid, _>("vacancy_id = $1", Uuid::from(self.vacancy))
                    .and_if::<Array<Text>, _>("stage = ANY($1)", self.stages.as_deref()),
            )
    }

    pub(super) fn counted<'a>(&'a self, applications: Composed<'a>) -> Composed<'a> {
        Composed::default()
            .sql("SELECT 0 AS place, count(*) AS rows FROM")
            .then(applications)
            .sql("a")
            .then(self.wanted())
    }

    /// Along the index that likely holds the fewest of them.
    pub(super) fn all(&self) -> Composed<'_> {
        match self.ways().first() {
            Some(Way::Time) | None => Composed::default()
                .sql("(SELECT * FROM applications")
                .then(self.in_window(Where::default()).and("counts"))
                .sql("OFFSET 0)"),
            Some(way) => self.all_along(*way),
        }
    }
}

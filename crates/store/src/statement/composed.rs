//! Statements that are put together from pieces of SQL: only what is asked for is in the text. Each
//! is planned anew, with the values at hand, so that Postgres sees which index finds them, and which
//! months of the log it may leave out.

use std::marker::PhantomData;

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Untyped};
use diesel::{PgConnection, QueryResult, RunQueryDsl};

use super::walk;

/// A value with the SQL type that it is bound with.
struct Bound<T, V> {
    value: V,
    sql_type: PhantomData<T>,
}

trait Bind {
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()>;

    #[cfg(test)]
    fn oid(&self, lookup: &mut super::check::Lookup) -> u32;
}

impl<T, V: ToSql<T, Pg>> Bind for Bound<T, V>
where
    Pg: HasSqlType<T>,
{
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<T, V>(&self.value)
    }

    #[cfg(test)]
    fn oid(&self, lookup: &mut super::check::Lookup) -> u32 {
        super::check::oid_of::<T>(lookup)
    }
}

/// A piece of SQL, and the value that each `$1` in it is.
struct Piece<'a> {
    sql: &'static str,
    value: Option<Box<dyn Bind + 'a>>,
}

/// A statement, or a part of one. Its rows are read by name.
#[derive(Default)]
pub(crate) struct Composed<'a> {
    pieces: Vec<Piece<'a>>,
}

impl<'a> Composed<'a> {
    /// Adds SQL without a value.
    pub(crate) fn sql(mut self, sql: &'static str) -> Self {
        self.pieces.push(Piece { sql, value: None });
        self
    }

    /// Adds SQL in which each `$1` is `value`.
    pub(crate) fn with<T, V>(mut self, sql: &'static str, value: V) -> Self
    where
        T: 'static,
        V: ToSql<T, Pg> + 'a,
        Pg: HasSqlType<T>,
    {
        let value = Bound { value, sql_type: PhantomData::<T> };
        self.pieces.push(Piece { sql, value: Some(Box::new(value)) });
        self
    }

    /// Adds another part.
    pub(crate) fn then(mut self, other: impl Into<Self>) -> Self {
        self.pieces.extend(other.into().pieces);
        self
    }

    /// The types of its parameters, as they are bound.
    #[cfg(test)]
    pub(super) fn parameters(&self, lookup: &mut super::check::Lookup) -> Vec<u32> {
        let mut oids = Vec::new();
        for Piece { sql, value } in &self.pieces {
            let lines = sql.lines().filter(|line| !line.trim_start().starts_with("--"));
            let mentions = lines.map(|line| line.matches("$1").count()).sum();
            if let Some(value) = value {
                oids.extend(std::iter::repeat_n(value.oid(lookup), mentions));
            }
        }
        oids
    }
}

impl QueryFragment<Pg> for Composed<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        for Piece { sql, value } in &self.pieces {
            walk(&mut out, sql, |out, position| match value {
                Some(value) if position == 1 => value.push(out),
                _ => unreachable!("a piece has no parameter ${position}: {sql}"),
            })?;
        }
        Ok(())
    }
}

impl QueryId for Composed<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Composed<'_> {
    type SqlType = Untyped;
}

impl RunQueryDsl<PgConnection> for Composed<'_> {}

/// Conditions that all hold: a part that begins with `WHERE`, or nothing.
#[derive(Default)]
pub(crate) struct Where<'a> {
    conditions: Composed<'a>,
}

impl<'a> Where<'a> {
    /// Adds a condition.
    pub(crate) fn and(mut self, condition: impl Into<Composed<'a>>) -> Self {
        let link = if self.conditions.pieces.is_empty() { "WHERE (" } else { "AND (" };
        self.conditions = self.conditions.sql(link).then(condition).sql(")");
        self
    }

    /// Adds a condition, if there is one.
    pub(crate) fn and_some(self, condition: Option<Composed<'a>>) -> Self {
        match condition {
            Some(condition) => self.and(condition),
            None => self,
        }
    }

    /// Adds a condition in which each `$1` is `value`.
    pub(crate) fn and_with<T, V>(self, condition: &'static str, value: V) -> Self
    where
        T: 'static,
        V: ToSql<T, Pg> + 'a,
        Pg: HasSqlType<T>,
    {
        self.and(Composed::default().with::<T, V>(condition, value))
    }

    /// Adds a condition in which each `$1` is `value`, if there is one.
    pub(crate) fn and_if<T, V>(self, condition: &'static str, value: Option<V>) -> Self
    where
        T: 'static,
        V: ToSql<T, Pg> + 'a,
        Pg: HasSqlType<T>,
    {
        match value {
            Some(value) => self.and_with::<T, V>(condition, value),
            None => self,
        }
    }
}

impl<'a> From<Where<'a>> for Composed<'a> {
    fn from(filter: Where<'a>) -> Self {
        filter.conditions
    }
}

impl From<&'static str> for Composed<'_> {
    fn from(sql: &'static str) -> Self {
        Self::default().sql(sql)
    }
}

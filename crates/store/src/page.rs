//! Pages of a list, and how Postgres is made to read no more than one.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer};

use crate::db::Conn;
use crate::statement::row;

/// What a page must not be read by: looking at all there is, or gathering and sorting it. And no code
/// is compiled for what costs much by Postgres's reckoning alone, as a sort then does where one is
/// unavoidable.
const IN_ORDER: &str = "SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off;
    SET LOCAL enable_sort = off; SET LOCAL jit = off";
/// For whatever follows in a transaction around it.
const IN_ANY_ORDER: &str =
    "SET LOCAL enable_bitmapscan TO DEFAULT; SET LOCAL enable_seqscan TO DEFAULT;
    SET LOCAL enable_sort TO DEFAULT; SET LOCAL jit TO DEFAULT";

/// Runs a statement that reads a page in the order of an index. For an organisation Postgres expects
/// a fixed part of each table, whatever it has: for little it gathers and sorts, and is wrong for the
/// large one; by statistics it would be wrong for the one that is newer than they are. There is one
/// right way for both, and the statement has an index for it.
pub(crate) fn in_order<T>(
    conn: &mut Conn,
    read: impl FnOnce(&mut Conn) -> QueryResult<T>,
) -> QueryResult<T> {
    conn.transaction(|conn| {
        conn.batch_execute(IN_ORDER)?;
        let page = read(conn)?;
        conn.batch_execute(IN_ANY_ORDER)?;
        Ok(page)
    })
}

row!(
    /// How many rows lie on one of several ways, up to a bound.
    pub(crate) struct Count {
        place: Integer => i32,
        rows: BigInt => i64,
    }
);

/// The place of the way with the fewest, if it has fewer than the bound; the first of equals.
pub(crate) fn fewest(counts: &[Count], bound: i64) -> Option<usize> {
    let fewest = counts.iter().min_by_key(|count| (count.rows, count.place));
    let place = fewest.filter(|count| count.rows < bound)?.place;
    usize::try_from(place).ok()
}

/// One page of a keyset-paged list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, K> {
    /// The rows, at most as many as asked for.
    pub items: Vec<T>,
    /// Where the next page starts: the key of the last row, if there are more.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    /// Makes a page from up to `limit + 1` rows: the extra one says that there are more.
    pub fn from_rows(mut rows: Vec<T>, limit: usize, key: impl Fn(&T) -> K) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(key) } else { None };
        Self { items: rows, next }
    }

    /// The same page with other items.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U, K> {
        Page { items: self.items.into_iter().map(convert).collect(), next: self.next }
    }
}

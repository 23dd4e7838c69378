//! Counts attempts and ended exports by day and by month, for summaries: five minutes behind, whoever may still be writing
//! by then. Any worker does it for all, and none twice: who counts on holds the lock of how far it has come.

use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Double, Text, Timestamptz, Uuid as SqlUuid};
use domain::outcome::Outcome;
use uuid::Uuid;

use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::statement::{row, statement};

/// Rows of days to be counted again that one call takes at most.
const AGAIN: i64 = 1_000;
/// How far it is behind where nothing happened, before it is written that nothing did.
const AT_REST: chrono::TimeDelta = chrono::TimeDelta::hours(1);

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// The log.
    Attempts,
    /// Exports that have ended.
    Exports,
}

impl Counted {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Attempts, Self::Exports];

    /// Its name in the database.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Attempts => "attempts",
            Self::Exports => "exports",
        }
    }
}

row!(
    struct Stand {
        counted: Timestamptz => DateTime<Utc>,
        ready: Timestamptz => DateTime<Utc>,
        more: Bool => bool,
    }
);

statement!(uncached LockStand = "count/lock.sql", (what: Text => &'a str) -> named Stand);

statement!(uncached TakeDays = "count/take.sql", (
    what: Text => &'a str,
    rows: BigInt => i64,
) -> (SqlUuid, SqlUuid, Date));

statement!(uncached Advance = "count/advance.sql", (
    what: Text => &'a str,
    until: Timestamptz => DateTime<Utc>,
) -> ());

statement!(uncached ClearAttempts = "count/clear_attempts.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    days: Array<Date> => Vec<NaiveDate>,
    span: Text => &'a str,
) -> ());

statement!(uncached ClearExports = "count/clear_exports.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    days: Array<Date> => Vec<NaiveDate>,
    span: Text => &'a str,
) -> ());

statement!(uncached AddAttempts = "count/attempts.sql" "count/new_attempts.sql" "count/add_attempts.sql", (
    outcomes: Array<Text> => Vec<&'a str>,
    from: Timestamptz => DateTime<Utc>,
    until: Timestamptz => DateTime<Utc>,
) -> ());

statement!(uncached CountAttempts = "count/attempts.sql" "count/attempts_again.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    days: Array<Date> => Vec<NaiveDate>,
    until: Timestamptz => DateTime<Utc>,
) -> ());

statement!(uncached AddExports = "count/exports.sql" "count/new_ends.sql" "count/add_exports.sql", (
    from: Timestamptz => DateTime<Utc>,
    until: Timestamptz => DateTime<Utc>,
) -> ());

statement!(uncached CountExports = "count/exports.sql" "count/ends_again.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    days: Array<Date> => Vec<NaiveDate>,
    until: Timestamptz => DateTime<Utc>,
) -> ());

statement!(uncached CountMonthsOfAttempts = "count/months_of_attempts.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    months: Array<Date> => Vec<NaiveDate>,
) -> ());

statement!(uncached CountWholeDaysOfAttempts = "count/whole_days_of_attempts.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    days: Array<Date> => Vec<NaiveDate>,
) -> ());

statement!(uncached CountMonthsOfExports = "count/months_of_exports.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    months: Array<Date> => Vec<NaiveDate>,
) -> ());

statement!(uncached DropDays = "count/drop.sql", (kept_s: Double => f64) -> ());

/// Counts on: what is new, and the days that changed. Answers whether there is more.
///
/// # Errors
/// [`StoreError`]; an organisation that is removed meanwhile is one: nothing is counted then, and the next
/// call does.
pub fn count_on(conn: &mut Conn, what: Counted) -> Result<bool, StoreError> {
    transaction(conn, |conn| {
        let stand = LockStand { what: what.as_str(), lifetime: PhantomData };
        let Some(stand): Option<Stand> = stand.get_result(conn).optional()? else {
            return Ok(false);
        };
        // Taken first, looked at then: a change that is seen now and was not before has a row left.
        let more = count_again(conn, what, stand.counted)?;
        if stand.ready <= stand.counted {
            return Ok(more);
        }
        let added = add(conn, what, stand.counted, stand.ready)?;
        if added > 0 || stand.more || stand.ready - stand.counted > AT_REST {
            let (what, until) = (what.as_str(), stand.ready);
            Advance { what, until, lifetime: PhantomData }.execute(conn)?;
        }
        Ok(more || stand.more)
    })
}

fn count_again(conn: &mut Conn, what: Counted, until: DateTime<Utc>) -> Result<bool, StoreError> {
    let taken = TakeDays { what: what.as_str(), rows: AGAIN, lifetime: PhantomData };
    let taken: Vec<(Uuid, Uuid, NaiveDate)> = taken.load(conn)?;
    if taken.is_empty() {
        return Ok(false);
    }
    let more = taken.len() as u64 >= AGAIN.unsigned_abs();
    let days: BTreeSet<_> = taken.into_iter().collect();
    let month = |key: &Key| key.2.with_day(1).map(|first| (key.0, key.1, first));
    let months: BTreeSet<_> = days.iter().filter_map(month).collect();
    clear(conn, what, &days, "day")?;
    count_days(conn, what, &days, until)?;
    clear(conn, what, &months, "month")?;
    count_months(conn, what, &months)?;
    if what == Counted::Attempts {
        let whole: BTreeSet<Key> = days.iter().map(|key| (key.0, Uuid::nil(), key.2)).collect();
        clear(conn, what, &whole, "whole")?;
        let (organisations, _, days) = columns(&whole);
        CountWholeDaysOfAttempts { organisations, days, lifetime: PhantomData }.execute(conn)?;
    }
    Ok(more)
}

/// A day or a month of a webhook of an organisation.
type Key = (Uuid, Uuid, NaiveDate);

fn columns(keys: &BTreeSet<Key>) -> (Vec<Uuid>, Vec<Uuid>, Vec<NaiveDate>) {
    let organisations = keys.iter().map(|key| key.0).collect();
    let webhooks = keys.iter().map(|key| key.1).collect();
    (organisations, webhooks, keys.iter().map(|key| key.2).collect())
}

fn clear(
    conn: &mut Conn,
    what: Counted,
    keys: &BTreeSet<Key>,
    span: &'static str,
) -> QueryResult<usize> {
    let ((organisations, webhooks, days), lifetime) = (columns(keys), PhantomData);
    match what {
        Counted::Attempts => {
            ClearAttempts { organisations, webhooks, days, span, lifetime }.execute(conn)
        }
        Counted::Exports => {
            ClearExports { organisations, webhooks, days, span, lifetime }.execute(conn)
        }
    }
}

fn count_days(
    conn: &mut Conn,
    what: Counted,
    keys: &BTreeSet<Key>,
    until: DateTime<Utc>,
) -> QueryResult<usize> {
    let ((organisations, webhooks, days), lifetime) = (columns(keys), PhantomData);
    match what {
        Counted::Attempts => {
            CountAttempts { organisations, webhooks, days, until, lifetime }.execute(conn)
        }
        Counted::Exports => {
            CountExports { organisations, webhooks, days, until, lifetime }.execute(conn)
        }
    }
}

/// Of days that are counted.
fn count_months(conn: &mut Conn, what: Counted, keys: &BTreeSet<Key>) -> QueryResult<usize> {
    let ((organisations, webhooks, months), lifetime) = (columns(keys), PhantomData);
    match what {
        Counted::Attempts => {
            CountMonthsOfAttempts { organisations, webhooks, months, lifetime }.execute(conn)
        }
        Counted::Exports => {
            CountMonthsOfExports { organisations, webhooks, months, lifetime }.execute(conn)
        }
    }
}

fn add(
    conn: &mut Conn,
    what: Counted,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> QueryResult<usize> {
    let lifetime = PhantomData;
    match what {
        Counted::Attempts => {
            let outcomes = Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
            AddAttempts { outcomes, from, until, lifetime }.execute(conn)
        }
        Counted::Exports => AddExports { from, until, lifetime }.execute(conn),
    }
}

/// Forgets the days of which the log is kept no longer, and answers how many rows they were.
///
/// # Errors
/// [`StoreError`].
pub fn drop_days(conn: &mut Conn, log_retention: Duration) -> Result<usize, StoreError> {
    let kept_s = log_retention.as_secs_f64();
    Ok(DropDays { kept_s, lifetime: PhantomData }.execute(conn)?)
}

//! News: what members are to be told of. The workers' sweeps make notifications of it; each transaction
//! takes what nobody else is at, and leaves nothing half told.

mod since;

use std::marker::PhantomData;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Text, Uuid as SqlUuid};
use domain::notification::{NotificationKind, OF_EVENTS};
use uuid::Uuid;

use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::members::MAILED_FOR;
use crate::statement::{row, statement};

pub use since::{Since, since};

/// News that one call tells of at most, so that no transaction grows long.
const BATCH: i64 = 500;

/// When a mail is made of what waits to be mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailRhythm {
    /// After the first notification: what comes at once is in one mail.
    pub gather: Duration,
    /// After the last mail to the same person.
    pub interval: Duration,
}

row!(
    struct Taken {
        organisation_id: SqlUuid => Uuid,
        id: SqlUuid => Uuid,
    }
);

row!(
    struct Resolved {
        closed: BigInt => i64,
        made: BigInt => i64,
    }
);

statement!(uncached TakeNews = "news/take.sql", (news: BigInt => i64) -> named Taken);

statement!(uncached KnowRequesters = "news/know_requesters.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    news: Array<SqlUuid> => Vec<Uuid>,
) -> ());

statement!(uncached Tell = "news/tell.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    news: Array<SqlUuid> => Vec<Uuid>,
    actions: Array<Text> => Vec<&'a str>,
    kinds: Array<Text> => Vec<&'a str>,
    channels: Array<Text> => Vec<&'a str>,
    gather_s: Double => f64,
    interval_s: Double => f64,
    mailed_s: Double => f64,
) -> BigInt);

statement!(uncached Resolve = "news/resolve.sql", (
    notifications: BigInt => i64,
    channel: Text => &'a str,
    gather_s: Double => f64,
    interval_s: Double => f64,
    mailed_s: Double => f64,
) -> named Resolved);

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Notifications that were made.
    pub made: u64,
    /// There may be more to do at once.
    pub more: bool,
}

/// Makes notifications of a batch of news: for whom it concerns, as they wish.
///
/// # Errors
/// [`StoreError`].
pub fn tell(conn: &mut Conn, rhythm: MailRhythm) -> Result<Swept, StoreError> {
    transaction(conn, |conn| {
        let taken: Vec<Taken> = TakeNews { news: BATCH, lifetime: PhantomData }.load(conn)?;
        if taken.is_empty() {
            return Ok(Swept::default());
        }
        let (organisations, news): (Vec<_>, Vec<_>) =
            taken.iter().map(|one| (one.organisation_id, one.id)).unzip();
        let (of, ids, lifetime) = (organisations.clone(), news.clone(), PhantomData);
        KnowRequesters { organisations: of, news: ids, lifetime }.execute(conn)?;
        let tell = Tell {
            organisations,
            news,
            actions: OF_EVENTS.iter().map(|(action, _)| *action).collect(),
            kinds: OF_EVENTS.iter().map(|(_, kind)| kind.as_str()).collect(),
            channels: OF_EVENTS.iter().map(|(_, kind)| kind.default_channel().as_str()).collect(),
            gather_s: rhythm.gather.as_secs_f64(),
            interval_s: rhythm.interval.as_secs_f64(),
            mailed_s: MAILED_FOR.as_secs_f64(),
            lifetime: PhantomData,
        };
        let made: i64 = tell.get_result(conn)?;
        Ok(Swept { made: made.unsigned_abs(), more: true })
    })
}

/// Tells of exports that were accepted after all, a batch of them. It looks at each that somebody was told
/// had failed, and that may still be accepted.
///
/// # Errors
/// [`StoreError`].
pub fn resolve(conn: &mut Conn, rhythm: MailRhythm) -> Result<Swept, StoreError> {
    let resolved: Resolved = transaction(conn, |conn| {
        let resolve = Resolve {
            notifications: BATCH,
            channel: NotificationKind::ExportDelivered.default_channel().as_str(),
            gather_s: rhythm.gather.as_secs_f64(),
            interval_s: rhythm.interval.as_secs_f64(),
            mailed_s: MAILED_FOR.as_secs_f64(),
            lifetime: PhantomData,
        };
        Ok::<_, StoreError>(resolve.get_result(conn)?)
    })?;
    Ok(Swept { made: resolved.made.unsigned_abs(), more: resolved.closed >= BATCH })
}

#[cfg(test)]
mod tests {
    use super::OF_EVENTS;

    #[test]
    fn what_is_told_of_becomes_news_and_nothing_else() {
        let sql = include_str!("audit/insert.sql");
        let listed = sql.split_once("action IN (").expect("a list").1;
        let listed = listed.split_once(')').expect("its end").0;
        let listed: Vec<_> = listed.split(',').map(|one| one.trim().trim_matches('\'')).collect();
        assert_eq!(listed, OF_EVENTS.map(|(action, _)| action));
    }
}

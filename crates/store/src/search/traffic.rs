//! What became of exports lately, or on a day: the newest are counted, up to a bound, for a webhook may
//! have hundreds of thousands.

use std::collections::HashMap;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::explanation::Traffic;
use domain::id::{AttemptId, ExportId, OrganisationId};
use uuid::Uuid;

use super::Looking;
use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::filter_by;
use crate::row::{since_1970, unsigned};
use crate::statement::{row, statement};

/// Most rows that are counted of one webhook, and of all together.
const OF_ONE: i64 = 1_000;
const OF_ALL: i64 = 5_000;
/// Fewest of one.
const AT_LEAST: i64 = 20;

/// Webhooks, by owner and id.
pub(super) type Hooks = (Vec<Uuid>, Vec<Uuid>);

row!(
    struct Counts {
        webhook_id: SqlUuid => Uuid,
        counted: BigInt => i64,
        accepted: BigInt => i64,
        failed: BigInt => i64,
        cancelled: BigInt => i64,
        in_progress: BigInt => i64,
    }
);

statement!(uncached CountOfHooks = "traffic/of_hooks.sql", (
    organisations: Array<SqlUuid> => &'a [Uuid],
    webhooks: Array<SqlUuid> => &'a [Uuid],
    from: Timestamptz => DateTime<Utc>,
    to: Timestamptz => DateTime<Utc>,
    most: BigInt => i64,
) -> named Counts);

statement!(uncached CountOwn = "traffic/of_hooks_own.sql", (
    organisations: Array<SqlUuid> => &'a [Uuid],
    webhooks: Array<SqlUuid> => &'a [Uuid],
    own: Text => &'a str,
    from: Timestamptz => DateTime<Utc>,
    to: Timestamptz => DateTime<Utc>,
    most: BigInt => i64,
) -> named Counts);

statement!(uncached CountOfRequesters = "traffic/of_requesters.sql", (
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    requesters: Array<Text> => &'a [String],
    from: Timestamptz => DateTime<Utc>,
    to: Timestamptz => DateTime<Utc>,
    most: BigInt => i64,
) -> (BigInt, BigInt, BigInt, BigInt, BigInt));

statement!(uncached LastFailures = "traffic/last_failures.sql", (
    organisations: Array<SqlUuid> => &'a [Uuid],
    webhooks: Array<SqlUuid> => &'a [Uuid],
    own: Nullable<Text> => Option<&'a str>,
    from: Timestamptz => DateTime<Utc>,
    to: Timestamptz => DateTime<Utc>,
    most: BigInt => i64,
) -> (SqlUuid, SqlUuid, SqlUuid, SqlUuid));

/// What became of the exports of webhooks, by webhook; only of the actor's own, where they see no others.
pub(super) fn of_hooks(
    conn: &mut Conn,
    looking: Looking<'_>,
    hooks: &Hooks,
) -> Result<HashMap<Uuid, Traffic>, StoreError> {
    let (from, to) = bounds(looking);
    let (organisations, webhooks) = (&hooks.0[..], &hooks.1[..]);
    let most = most(webhooks.len());
    let (rows, bound): (Vec<Counts>, i64) = match looking.actor.own() {
        None => {
            let count =
                CountOfHooks { organisations, webhooks, from, to, most, lifetime: PhantomData };
            (count.load(conn)?, most)
        }
        Some(own) => {
            let most = OF_ALL;
            let count =
                CountOwn { organisations, webhooks, own, from, to, most, lifetime: PhantomData };
            (count.load(conn)?, most)
        }
    };
    let traffic = |row: Counts| {
        let Counts { counted, accepted, failed, cancelled, in_progress, .. } = row;
        let counts = (counted, accepted, failed, cancelled, in_progress);
        Ok((row.webhook_id, traffic(counts, bound)?))
    };
    rows.into_iter().map(traffic).collect()
}

/// What became of what somebody asked for.
pub(super) fn of_requesters(
    conn: &mut Conn,
    looking: Looking<'_>,
    requesters: &[String],
) -> Result<Traffic, StoreError> {
    let (from, to) = bounds(looking);
    let organisation = filter_by(looking.actor);
    let most = OF_ONE;
    let count =
        CountOfRequesters { organisation, requesters, from, to, most, lifetime: PhantomData };
    traffic(count.get_result(conn)?, most)
}

/// An attempt that failed, and whose it is.
pub(super) type Failure = ((OrganisationId, ExportId), AttemptId);

/// The last attempt that failed of each webhook, among the newest.
pub(super) fn last_failures(
    conn: &mut Conn,
    looking: Looking<'_>,
    hooks: &Hooks,
) -> Result<HashMap<Uuid, Failure>, StoreError> {
    let (from, to) = bounds(looking);
    let find = LastFailures {
        organisations: &hooks.0,
        webhooks: &hooks.1,
        own: looking.actor.own(),
        from,
        to,
        most: most(hooks.1.len()),
        lifetime: PhantomData,
    };
    let found: Vec<(Uuid, Uuid, Uuid, Uuid)> = find.load(conn)?;
    let failure = |(webhook, owner, export, attempt): (Uuid, Uuid, Uuid, Uuid)| {
        (webhook, ((owner.into(), export.into()), AttemptId::from(attempt)))
    };
    Ok(found.into_iter().map(failure).collect())
}

fn bounds(looking: Looking<'_>) -> (DateTime<Utc>, DateTime<Utc>) {
    (since_1970(looking.window.from), since_1970(looking.window.to))
}

/// How many of each are looked at, where there are so many.
fn most(webhooks: usize) -> i64 {
    let webhooks = i64::try_from(webhooks.max(1)).unwrap_or(i64::MAX);
    (OF_ALL / webhooks).clamp(AT_LEAST, OF_ONE)
}

fn traffic(
    (counted, accepted, failed, cancelled, in_progress): (i64, i64, i64, i64, i64),
    bound: i64,
) -> Result<Traffic, StoreError> {
    Ok(Traffic {
        accepted: unsigned(accepted)?,
        failed: unsigned(failed)?,
        cancelled: unsigned(cancelled)?,
        in_progress: unsigned(in_progress)?,
        bounded: counted >= bound,
    })
}

//! Which flags audit and members are told of. Some hold for every export of a webhook: of these once a
//! webhook, reason and UTC day. What was told is read off the flags themselves.

use std::collections::{BTreeSet, HashSet};
use std::marker::PhantomData;

use chrono::{DateTime, NaiveDate};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Text, Uuid as SqlUuid};
use domain::flag::{Flag, FlagReason};
use uuid::Uuid;

use super::facts::Exported;
use crate::db::Conn;
use crate::error::StoreError;
use crate::page::in_order;
use crate::row::word;
use crate::statement::statement;

statement!(uncached ReadTold = "told.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    days: Array<Date> => Vec<NaiveDate>,
    reasons: Array<Text> => Vec<&'a str>,
) -> (BigInt, Text));

/// A webhook's day.
type Day = (Uuid, Uuid, NaiveDate);

/// What was told of webhooks, by their days.
pub(super) struct Told {
    reasons: HashSet<(Day, FlagReason)>,
}

impl Told {
    /// Before these flags are written.
    pub(super) fn of(
        conn: &mut Conn,
        found: &[(&Exported, Vec<Flag>)],
    ) -> Result<Self, StoreError> {
        let of_webhook = |flags: &[Flag]| flags.iter().any(|flag| flag.reason.is_of_webhook());
        let asked = found.iter().filter(|(_, flags)| of_webhook(flags));
        let days: BTreeSet<Day> = asked.map(|(export, _)| day(export)).collect();
        if days.is_empty() {
            return Ok(Self { reasons: HashSet::new() });
        }
        let reasons = FlagReason::ALL.iter().filter(|reason| reason.is_of_webhook());
        let read = ReadTold {
            organisations: days.iter().map(|(organisation, ..)| *organisation).collect(),
            webhooks: days.iter().map(|(_, webhook, _)| *webhook).collect(),
            days: days.iter().map(|(.., day)| *day).collect(),
            reasons: reasons.map(|reason| reason.as_str()).collect(),
            lifetime: PhantomData,
        };
        let rows: Vec<(i64, String)> = in_order(conn, |conn| read.load(conn))?;
        let days: Vec<Day> = days.into_iter().collect();
        let told = |(place, reason): (i64, String)| {
            let day = usize::try_from(place - 1).ok().and_then(|place| days.get(place).copied());
            Ok(day.zip(Some(word(FlagReason::parse, &reason)?)))
        };
        let told = rows.into_iter().map(told).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(Self { reasons: told.into_iter().flatten().collect() })
    }

    /// Whether something of it was not told yet; from now on it was.
    pub(super) fn is_news(&mut self, export: &Exported, flags: &[Flag]) -> bool {
        let day = day(export);
        let mut is_new =
            |flag: &Flag| !flag.reason.is_of_webhook() || self.reasons.insert((day, flag.reason));
        // Each of them is noted, whatever the first one says.
        flags.iter().fold(false, |news, flag| is_new(flag) | news)
    }
}

/// By the id, which is what the flags of that day are found by.
fn day(export: &Exported) -> Day {
    let (seconds, _) = export.id.get_timestamp().map_or((0, 0), |at| at.to_unix());
    let at = i64::try_from(seconds).ok().and_then(|at| DateTime::from_timestamp(at, 0));
    (export.organisation_id, export.webhook_id, at.unwrap_or_default().date_naive())
}

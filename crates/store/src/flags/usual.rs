//! What is usual: how many people somebody exports on a day, and when an organisation exports. It is
//! kept by the exports that are judged, so that nobody has to read through all there were.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::marker::PhantomData;

use chrono::{Datelike, Days, NaiveDate, Timelike, Weekday};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, SmallInt, Text, Uuid as SqlUuid};
use domain::flag::{Hours, USUAL_DAYS, Volume};
use uuid::Uuid;

use super::by_place;
use super::facts::Exported;
use crate::db::Conn;
use crate::error::StoreError;
use crate::row::unsigned;
use crate::statement::statement;

/// Hours of Monday to Friday come before those of the weekend.
const HOURS: i16 = 24;

statement!(uncached ReadVolumes = "volumes.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    requesters: Array<Text> => Vec<&'a str>,
    days: Array<Date> => Vec<NaiveDate>,
    most_days: Integer => i32,
) -> (BigInt, BigInt, BigInt, BigInt));
statement!(uncached ReadHours = "hours.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    weeks: Array<Date> => Vec<NaiveDate>,
    hours: Array<SmallInt> => Vec<i16>,
) -> (BigInt, BigInt, BigInt, BigInt));
statement!(AddDays = "add_days.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    requesters: Array<Text> => Vec<&'a str>,
    days: Array<Date> => Vec<NaiveDate>,
    people: Array<BigInt> => Vec<i64>,
) -> ());
statement!(AddHours = "add_hours.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    weeks: Array<Date> => Vec<NaiveDate>,
    hours: Array<SmallInt> => Vec<i16>,
    exports: Array<BigInt> => Vec<i64>,
) -> ());

/// A requester's day.
type Day = (Uuid, String, NaiveDate);
/// An hour of an organisation's week.
type Hour = (Uuid, NaiveDate, i16);

/// What was usual before these exports, and what they add to it.
pub(super) struct Usual {
    volumes: HashMap<Day, Volume>,
    hours: HashMap<Hour, Hours>,
    new_people: BTreeMap<Day, i64>,
    new_exports: BTreeMap<Hour, i64>,
}

impl Usual {
    pub(super) fn of(conn: &mut Conn, exports: &[Exported]) -> Result<Self, StoreError> {
        let asked = || exports.iter().filter(|export| !export.derived);
        Ok(Self {
            volumes: volumes(conn, asked().map(day).collect())?,
            hours: hours(conn, asked().map(hour).collect())?,
            new_people: BTreeMap::new(),
            new_exports: BTreeMap::new(),
        })
    }

    pub(super) fn volume(&self, export: &Exported) -> Volume {
        self.volumes.get(&day(export)).copied().unwrap_or_default()
    }

    pub(super) fn hours(&self, export: &Exported) -> Hours {
        self.hours.get(&hour(export)).copied().unwrap_or_default()
    }

    /// An export belongs to what is usual for those after it; one that carries another one on was asked for
    /// with that one.
    pub(super) fn add(&mut self, export: &Exported) {
        if export.derived {
            return;
        }
        let (day, hour) = (day(export), hour(export));
        if let Some(volume) = self.volumes.get_mut(&day) {
            volume.people_before += u64::try_from(export.candidate_count).unwrap_or_default();
        }
        if let Some(hours) = self.hours.get_mut(&hour) {
            hours.exports += 1;
            hours.around += 1;
        }
        *self.new_people.entry(day).or_default() += i64::from(export.candidate_count);
        *self.new_exports.entry(hour).or_default() += 1;
    }

    pub(super) fn write(&self, conn: &mut Conn) -> QueryResult<()> {
        let days = || self.new_people.keys();
        let add = AddDays {
            organisations: days().map(|(organisation, ..)| *organisation).collect(),
            requesters: days().map(|(_, requester, _)| requester.as_str()).collect(),
            days: days().map(|(.., day)| *day).collect(),
            people: self.new_people.values().copied().collect(),
            lifetime: PhantomData,
        };
        add.execute(conn)?;
        let hours = || self.new_exports.keys();
        let add = AddHours {
            organisations: hours().map(|(organisation, ..)| *organisation).collect(),
            weeks: hours().map(|(_, week, _)| *week).collect(),
            hours: hours().map(|(.., hour)| *hour).collect(),
            exports: self.new_exports.values().copied().collect(),
            lifetime: PhantomData,
        };
        add.execute(conn)?;
        Ok(())
    }
}

fn day(export: &Exported) -> Day {
    let day = export.requested_at.date_naive();
    (export.organisation_id, export.requested_by_id.clone(), day)
}

fn hour(export: &Exported) -> Hour {
    let at = export.requested_at;
    let day = at.date_naive();
    let monday = Days::new(day.weekday().num_days_from_monday().into());
    let week = day.checked_sub_days(monday).unwrap_or(day);
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let hour = i16::try_from(at.hour()).unwrap_or_default();
    (export.organisation_id, week, if weekend { hour + HOURS } else { hour })
}

fn volumes(conn: &mut Conn, days: BTreeSet<Day>) -> Result<HashMap<Day, Volume>, StoreError> {
    let read = ReadVolumes {
        organisations: days.iter().map(|(organisation, ..)| *organisation).collect(),
        requesters: days.iter().map(|(_, requester, _)| requester.as_str()).collect(),
        days: days.iter().map(|(.., day)| *day).collect(),
        most_days: i32::try_from(USUAL_DAYS).unwrap_or(i32::MAX),
        lifetime: PhantomData,
    };
    let rows: Vec<(i64, i64, i64, i64)> = read.load(conn)?;
    let volume = |(place, that_day, people, days): (i64, i64, i64, i64)| {
        let (people_before, people) = (unsigned(that_day)?, unsigned(people)?);
        Ok((place, Volume { people_before, people, days: unsigned(days)? }))
    };
    let rows = rows.into_iter().map(volume).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(by_place(days.into_iter().collect(), rows))
}

fn hours(conn: &mut Conn, hours: BTreeSet<Hour>) -> Result<HashMap<Hour, Hours>, StoreError> {
    let read = ReadHours {
        organisations: hours.iter().map(|(organisation, ..)| *organisation).collect(),
        weeks: hours.iter().map(|(_, week, _)| *week).collect(),
        hours: hours.iter().map(|(.., hour)| *hour).collect(),
        lifetime: PhantomData,
    };
    let rows: Vec<(i64, i64, i64, i64)> = read.load(conn)?;
    let of = |(place, exports, weeks, around): (i64, i64, i64, i64)| {
        let (exports, weeks) = (unsigned(exports)?, unsigned(weeks)?);
        Ok((place, Hours { exports, weeks, around: unsigned(around)? }))
    };
    let rows = rows.into_iter().map(of).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(by_place(hours.into_iter().collect(), rows))
}

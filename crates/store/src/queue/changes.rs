//! What became of exports since a moment, for live streams: one question, whoever listens. It reads
//! what happened lately and nothing else, however long the queue and the log are.

use std::marker::PhantomData;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::export::ExportStatus;
use domain::id::{ExportId, OrganisationId};
use domain::outcome::Outcome;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::row::{unsigned, word};
use crate::statement::{row, statement};

/// Longest time from the beginning of a try to its end in the log: `REQUEST_TIMEOUT`, what a large body
/// may take beyond it, and the lease of a lost one.
const LONGEST: TimeDelta = TimeDelta::minutes(3);

/// Where an export stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its owner.
    pub organisation_id: OrganisationId,
    /// Its id.
    pub export_id: ExportId,
    /// Who asked for it: the id of a member or an API key.
    pub requested_by_id: String,
    /// Where it stands.
    pub status: ExportStatus,
    /// Attempts, over all resends, with the one under way.
    pub attempt_count: u32,
}

/// Which changes are asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The question before, by the database's clock; none: nothing but the exports named.
    pub since: Option<DateTime<Utc>>,
    /// How far before it to look: transactions commit after the times that they write.
    pub overlap: Duration,
    /// Whether only ends and failed attempts are looked for.
    pub in_haste: bool,
    /// Whether failed attempts that began long before are looked for too, by when they ended: for who
    /// has not seen them under way.
    pub long_tries: bool,
    /// How much earlier than the rest they may have ended: what ended may be written later.
    pub unwritten: Duration,
    /// Whether it is said first what has been on the wire for longer than `overlap`.
    pub on_the_wire: bool,
    /// Exports to tell of in any case.
    pub exports: Vec<ExportId>,
    /// Those of this organisation alone.
    pub organisation: Option<OrganisationId>,
    /// Those that this member or API key asked for alone.
    pub own: Option<String>,
    /// Most exports to tell of.
    pub limit: u32,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// When it was asked, by the database's clock: where to go on from.
    pub at: DateTime<Utc>,
    /// Exports that may have changed, oldest first, as they stand now.
    pub exports: Vec<Standing>,
    /// Exports on the wire before that, and their attempts; empty where that was not asked.
    pub on_the_wire: Vec<(ExportId, u32)>,
}

row!(
    struct Row {
        at: Timestamptz => DateTime<Utc>,
        organisation_id: Nullable<SqlUuid> => Option<Uuid>,
        export_id: Nullable<SqlUuid> => Option<Uuid>,
        requested_by_id: Nullable<Text> => Option<String>,
        status: Nullable<Text> => Option<String>,
        attempt_count: Nullable<Integer> => Option<i32>,
    }
);

statement!(uncached Named = "changes/named.sql" "changes/found.sql", (
    since: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    own: Nullable<Text> => Option<&'a str>,
    most: BigInt => i64,
) -> named Row);

statement!(uncached Lately = "changes/lately.sql" "changes/found.sql", (
    since: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    own: Nullable<Text> => Option<&'a str>,
    most: BigInt => i64,
    failures: Array<Text> => Vec<&'a str>,
) -> named Row);

statement!(uncached All = "changes/all.sql" "changes/found.sql", (
    since: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    own: Nullable<Text> => Option<&'a str>,
    most: BigInt => i64,
    failures: Array<Text> => Vec<&'a str>,
    began: Timestamptz => DateTime<Utc>,
    ended: Timestamptz => DateTime<Utc>,
) -> named Row);

row!(
    struct OnTheWire {
        export_id: SqlUuid => Uuid,
        attempt_number: Integer => i32,
    }
);

statement!(SelectOnTheWire = "changes/on_the_wire.sql", (for_s: Double => f64) -> named OnTheWire);

/// Says what became of exports.
///
/// # Errors
/// [`StoreError`].
pub fn changes(conn: &mut Conn, asked: &Asked) -> Result<Changes, StoreError> {
    // What ends from here on is found by its id, or by the question.
    let on_the_wire =
        if asked.on_the_wire { on_the_wire(conn, asked.overlap)? } else { Vec::new() };
    let rows = rows(conn, asked)?;
    let at = rows.first().map(|row| row.at).ok_or(diesel::result::Error::NotFound)?;
    let exports = rows.into_iter().filter_map(|row| row.standing().transpose());
    Ok(Changes { at, exports: exports.collect::<Result<_, _>>()?, on_the_wire })
}

fn rows(conn: &mut Conn, asked: &Asked) -> Result<Vec<Row>, StoreError> {
    let exports = asked.exports.iter().map(|export| Uuid::from(*export)).collect();
    let organisation = asked.organisation.map(Uuid::from);
    let (own, most, lifetime) = (asked.own.as_deref(), asked.limit.into(), PhantomData);
    let Some(at) = asked.since else {
        let since = None;
        return Ok(Named { since, exports, organisation, own, most, lifetime }.load(conn)?);
    };
    let before = |at: DateTime<Utc>, by| at.checked_sub_signed(by).unwrap_or(at);
    let delta = |duration| TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
    let from = before(at, delta(asked.overlap));
    let since = Some(from);
    let failures = Outcome::ALL.iter().filter(|outcome| **outcome != Outcome::Delivered);
    let failures = failures.map(|outcome| outcome.as_str()).collect();
    // What is asked many times a second is planned with little effort.
    if asked.in_haste {
        let lately = Lately { since, exports, organisation, own, most, failures, lifetime };
        return Ok(lately.load(conn)?);
    }
    let ended = before(from, delta(asked.unwritten));
    let began = if asked.long_tries { before(ended, LONGEST) } else { from };
    let all = All { since, exports, organisation, own, most, failures, began, ended, lifetime };
    Ok(all.load(conn)?)
}

fn on_the_wire(conn: &mut Conn, long: Duration) -> Result<Vec<(ExportId, u32)>, StoreError> {
    let select = SelectOnTheWire { for_s: long.as_secs_f64(), lifetime: PhantomData };
    let rows: Vec<OnTheWire> = select.load(conn)?;
    let rows = rows.into_iter();
    rows.map(|row| Ok((row.export_id.into(), unsigned(row.attempt_number)?))).collect()
}

impl Row {
    /// None of the row that tells the time alone.
    fn standing(self) -> Result<Option<Standing>, StoreError> {
        let ids = self.organisation_id.zip(self.export_id);
        let Some((organisation, export)) = ids else { return Ok(None) };
        Ok(Some(Standing {
            organisation_id: organisation.into(),
            export_id: export.into(),
            requested_by_id: self.requested_by_id.unwrap_or_default(),
            status: word(ExportStatus::parse, self.status.as_deref().unwrap_or_default())?,
            attempt_count: unsigned(self.attempt_count.unwrap_or_default())?,
        }))
    }
}

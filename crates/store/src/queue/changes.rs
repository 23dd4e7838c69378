//! What became of exports since a moment, for live streams: one question, whoever listens. It reads
//! what happened lately and nothing else, however long the queue and the log are.

use std::marker::PhantomData;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::export::ExportStatus;
use domain::id::{ExportId, OrganisationId};
use domain::outcome::Outcome;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::row::{unsigned, word};
use crate::statement::{row, statement};

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
    /// Whether only ends are looked for.
    pub ends_only: bool,
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

statement!(uncached Ends = "changes/ends.sql" "changes/found.sql", (
    since: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    own: Nullable<Text> => Option<&'a str>,
    most: BigInt => i64,
) -> named Row);

statement!(uncached All = "changes/all.sql" "changes/found.sql", (
    since: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    own: Nullable<Text> => Option<&'a str>,
    most: BigInt => i64,
    failures: Array<Text> => Vec<&'a str>,
) -> named Row);

/// Says what became of exports.
///
/// # Errors
/// [`StoreError`].
pub fn changes(conn: &mut Conn, asked: &Asked) -> Result<Changes, StoreError> {
    let overlap = TimeDelta::from_std(asked.overlap).unwrap_or(TimeDelta::MAX);
    let since = asked.since.map(|since| since.checked_sub_signed(overlap).unwrap_or(since));
    let exports = asked.exports.iter().map(|export| Uuid::from(*export)).collect();
    let organisation = asked.organisation.map(Uuid::from);
    let (own, most, lifetime) = (asked.own.as_deref(), asked.limit.into(), PhantomData);
    // What is asked many times a second is planned with little effort.
    let rows: Vec<Row> = if asked.ends_only || since.is_none() {
        Ends { since, exports, organisation, own, most, lifetime }.load(conn)?
    } else {
        let failures = Outcome::ALL.iter().filter(|outcome| **outcome != Outcome::Delivered);
        let failures = failures.map(|outcome| outcome.as_str()).collect();
        All { since, exports, organisation, own, most, failures, lifetime }.load(conn)?
    };
    let at = rows.first().map(|row| row.at).ok_or(diesel::result::Error::NotFound)?;
    let exports = rows.into_iter().filter_map(|row| row.standing().transpose());
    Ok(Changes { at, exports: exports.collect::<Result<_, _>>()? })
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

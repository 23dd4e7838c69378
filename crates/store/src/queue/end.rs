//! The end of exports: one statement for all who bring it.

use std::marker::PhantomData;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, Bool, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::audit::Action;
use domain::export::{EndState, EndedBy};
use domain::id::{ExportId, OrganisationId};
use domain::outcome::Outcome;
use serde_json::json;
use uuid::Uuid;

use super::claim::saturated;
use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::maintenance::PayloadRetention;
use crate::statement::statement;

/// How one export ends.
#[derive(Debug, Clone)]
pub(crate) struct End {
    pub(crate) organisation: OrganisationId,
    pub(crate) export: ExportId,
    pub(crate) state: EndState,
    pub(crate) ended_by: EndedBy,
    /// None: that of the last attempt, if there was any.
    pub(crate) outcome: Option<Outcome>,
    pub(crate) ambiguous: bool,
    /// Attempts made, over all resends.
    pub(crate) attempt_count: u32,
    /// How long the payload stays.
    pub(crate) payload_kept: Duration,
    /// When it came to this end; none: now.
    pub(crate) at: Option<DateTime<Utc>>,
}

impl End {
    /// A waiting export that somebody cancels. Its outcome is that of its last attempt.
    pub(crate) fn cancelled(
        (organisation, export): (OrganisationId, ExportId),
        ended_by: EndedBy,
        attempt_count: u32,
        ambiguous: bool,
    ) -> Self {
        let (state, outcome) = (EndState::Cancelled, None);
        let payload_kept = PayloadRetention::CANCELLED;
        Self {
            organisation,
            export,
            state,
            ended_by,
            outcome,
            ambiguous,
            attempt_count,
            payload_kept,
            at: None,
        }
    }
}

statement!(EndExports = "end.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    states: Array<Text> => Vec<&'a str>,
    ended_by: Array<Text> => Vec<&'a str>,
    outcomes: Array<Nullable<Text>> => Vec<Option<&'a str>>,
    ambiguous: Array<Bool> => Vec<bool>,
    attempt_counts: Array<Integer> => Vec<i32>,
    kept_s: Array<Double> => Vec<f64>,
    at: Array<Nullable<Timestamptz>> => Vec<Option<DateTime<Utc>>>,
) -> ());

/// Writes the end state of exports whose jobs the caller has just deleted, in its transaction: the
/// only place that ends an export. What failed is told by the audit.
pub(crate) fn end_exports(conn: &mut Conn, ends: &[End]) -> Result<(), StoreError> {
    if ends.is_empty() {
        return Ok(());
    }
    let statement = EndExports {
        organisations: ends.iter().map(|end| end.organisation.into()).collect(),
        exports: ends.iter().map(|end| end.export.into()).collect(),
        states: ends.iter().map(|end| end.state.as_str()).collect(),
        ended_by: ends.iter().map(|end| end.ended_by.as_str()).collect(),
        outcomes: ends.iter().map(|end| end.outcome.map(Outcome::as_str)).collect(),
        ambiguous: ends.iter().map(|end| end.ambiguous).collect(),
        attempt_counts: ends.iter().map(|end| saturated(end.attempt_count)).collect(),
        kept_s: ends.iter().map(|end| end.payload_kept.as_secs_f64()).collect(),
        at: ends.iter().map(|end| end.at).collect(),
        lifetime: PhantomData,
    };
    statement.execute(conn)?;
    audit::write(conn, &audit::worker(), &failures(ends))
}

/// What people must know.
fn failures(ends: &[End]) -> Vec<audit::Event> {
    let failed = ends.iter().filter(|end| end.state == EndState::Failed);
    failed
        .map(|end| audit::Event {
            organisation: Some(end.organisation),
            action: Action::ExportFailed,
            object: end.export.into(),
            details: json!({
                "ended_by": end.ended_by,
                "outcome": end.outcome.map(Outcome::as_str),
                "attempts": end.attempt_count,
                "ambiguous": end.ambiguous,
            }),
        })
        .collect()
}

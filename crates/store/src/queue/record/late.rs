//! What a worker saw that had lost its lease: kept beside the `worker_lost` that replaced it.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, SmallInt, Text, Uuid as SqlUuid};
use domain::outcome::Outcome;
use uuid::Uuid;

use super::Sent;
use crate::db::Conn;
use crate::error::StoreError;
use crate::statement::statement;

statement!(RecordLate = "late.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    attempts: Array<SqlUuid> => Vec<Uuid>,
    outcomes: Array<Text> => Vec<&'a str>,
    statuses: Array<Nullable<SmallInt>> => Vec<Option<i16>>,
    lost: Text => &'a str,
) -> ());

/// Writes `late_*`, once, and only where the log says `worker_lost`: recording a batch again
/// after a lost answer to COMMIT finds its own success there and leaves it.
pub(super) fn record(conn: &mut Conn, late: &[&Sent]) -> Result<(), StoreError> {
    if late.is_empty() {
        return Ok(());
    }
    let statement = RecordLate {
        organisations: late.iter().map(|sent| sent.lease.organisation.into()).collect(),
        attempts: late.iter().map(|sent| sent.lease.attempt.into()).collect(),
        outcomes: late.iter().map(|sent| sent.attempt.outcome.as_str()).collect(),
        statuses: late.iter().map(|sent| super::log::status(&sent.attempt)).collect(),
        lost: Outcome::WorkerLost.as_str(),
        lifetime: PhantomData,
    };
    statement.execute(conn)?;
    Ok(())
}

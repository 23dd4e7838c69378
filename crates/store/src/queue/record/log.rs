//! One row of the log per attempt.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, Binary, Bool, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::attempt::{Attempt, Response};
use uuid::Uuid;

use super::settle::Logged;
use crate::db::Conn;
use crate::error::StoreError;
use crate::queue::claim::saturated;
use crate::statement::statement;

statement!(InsertAttempts = "log.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    ids: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    numbers: Array<Integer> => Vec<i32>,
    outcomes: Array<Text> => Vec<&'a str>,
    ambiguous: Array<Bool> => Vec<bool>,
    statuses: Array<Nullable<SmallInt>> => Vec<Option<i16>>,
    started_at: Array<Timestamptz> => Vec<DateTime<Utc>>,
    durations: Array<Integer> => Vec<i32>,
    dns: Array<Nullable<Integer>> => Vec<Option<i32>>,
    connect: Array<Nullable<Integer>> => Vec<Option<i32>>,
    first_byte: Array<Nullable<Integer>> => Vec<Option<i32>>,
    sent: Array<Integer> => Vec<i32>,
    headers: Array<Text> => Vec<String>,
    bodies: Array<Nullable<Binary>> => Vec<Option<&'a [u8]>>,
    truncated: Array<Bool> => Vec<bool>,
    too_large: Array<Bool> => Vec<bool>,
    facts: Array<Text> => Vec<String>,
    addresses: Array<Nullable<Text>> => Vec<Option<String>>,
    next_attempts: Array<Nullable<Timestamptz>> => Vec<Option<DateTime<Utc>>>,
    workers: Array<Text> => Vec<&'a str>,
) -> ());

/// Inserts the attempts of a batch.
pub(super) fn insert(conn: &mut Conn, logged: &[Logged<'_>]) -> Result<(), StoreError> {
    if logged.is_empty() {
        return Ok(());
    }
    statement(logged).execute(conn)?;
    Ok(())
}

fn statement<'a>(logged: &'a [Logged<'_>]) -> InsertAttempts<'a> {
    let leases = || logged.iter().map(|logged| &logged.sent.lease);
    let attempts = || logged.iter().map(|logged| &logged.sent.attempt);
    let responses = || attempts().map(|attempt| attempt.response.as_ref());
    InsertAttempts {
        organisations: leases().map(|lease| lease.organisation.into()).collect(),
        ids: leases().map(|lease| lease.attempt.into()).collect(),
        exports: leases().map(|lease| lease.export.into()).collect(),
        numbers: leases().map(|lease| saturated(lease.attempt_number)).collect(),
        outcomes: attempts().map(|attempt| attempt.outcome.as_str()).collect(),
        ambiguous: attempts().map(|attempt| attempt.ambiguous).collect(),
        statuses: attempts().map(status).collect(),
        started_at: leases().map(|lease| lease.started_at).collect(),
        durations: attempts().map(|attempt| saturated(attempt.timing.total_ms)).collect(),
        dns: attempts().map(|attempt| attempt.timing.dns_ms.map(saturated)).collect(),
        connect: attempts().map(|attempt| attempt.timing.connect_ms.map(saturated)).collect(),
        first_byte: attempts().map(|attempt| attempt.timing.first_byte_ms.map(saturated)).collect(),
        sent: attempts().map(|attempt| clamped(attempt.request_bytes_sent as u64)).collect(),
        headers: responses().map(headers).collect(),
        bodies: responses().map(|response| response.map(|it| it.body.as_slice())).collect(),
        truncated: responses().map(|response| response.is_some_and(|it| it.truncated)).collect(),
        too_large: responses().map(|response| response.is_some_and(|it| it.too_large)).collect(),
        facts: attempts().map(facts).collect(),
        addresses: attempts()
            .map(|attempt| attempt.resolved_address.map(|address| address.to_string()))
            .collect(),
        next_attempts: logged.iter().map(|logged| logged.next_attempt_at).collect(),
        workers: leases().map(|lease| &*lease.worker).collect(),
        lifetime: PhantomData,
    }
}

/// HTTP status for a `smallint` column.
pub(super) fn status(attempt: &Attempt) -> Option<i16> {
    attempt.response.as_ref().and_then(|response| i16::try_from(response.status).ok())
}

/// Headers as the text of a JSON object.
fn headers(response: Option<&Response>) -> String {
    let pairs = response.into_iter().flat_map(|response| &response.headers);
    json(&pairs.map(|(name, value)| (name, value)).collect::<BTreeMap<_, _>>())
}

fn facts(attempt: &Attempt) -> String {
    json(&attempt.facts)
}

fn json(object: &impl serde::Serialize) -> String {
    serde_json::to_string(object).unwrap_or_else(|_| "{}".to_owned())
}

fn clamped(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

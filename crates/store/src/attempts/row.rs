//! The row of an attempt, and the attempt that it tells.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Bool, Bytea, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::attempt::Facts;
use domain::outcome::Outcome;
use uuid::Uuid;

use super::{Attempt, Late};
use crate::error::StoreError;
use crate::row::{Typed, optional_word, unsigned, word};

#[derive(QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    export_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    webhook_id: Uuid,
    #[diesel(sql_type = Text)]
    webhook_name: String,
    #[diesel(sql_type = Text)]
    host: String,
    #[diesel(sql_type = Text)]
    requested_by_id: String,
    #[diesel(sql_type = Integer)]
    attempt_number: i32,
    #[diesel(sql_type = Nullable<Text>)]
    outcome: Option<String>,
    #[diesel(sql_type = Bool)]
    ambiguous: bool,
    #[diesel(sql_type = Nullable<SmallInt>)]
    http_status: Option<i16>,
    #[diesel(sql_type = Timestamptz)]
    started_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Integer>)]
    duration_ms: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    dns_ms: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    connect_ms: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    first_byte_ms: Option<i32>,
    #[diesel(sql_type = Integer)]
    request_bytes_sent: i32,
    #[diesel(sql_type = Integer)]
    payload_bytes: i32,
    #[diesel(sql_type = Bytea)]
    payload_sha256: Vec<u8>,
    #[diesel(sql_type = Nullable<Integer>)]
    candidate_count: Option<i32>,
    #[diesel(sql_type = Jsonb)]
    response_headers: Typed<BTreeMap<String, String>>,
    #[diesel(sql_type = Nullable<Bytea>)]
    response_body: Option<Vec<u8>>,
    #[diesel(sql_type = Bool)]
    response_truncated: bool,
    #[diesel(sql_type = Bool)]
    response_too_large: bool,
    #[diesel(sql_type = Jsonb)]
    facts: Typed<Facts>,
    #[diesel(sql_type = Nullable<Text>)]
    resolved_address: Option<String>,
    #[diesel(sql_type = Text)]
    worker: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    next_attempt_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    late_outcome: Option<String>,
    #[diesel(sql_type = Nullable<SmallInt>)]
    late_http_status: Option<i16>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    late_recorded_at: Option<DateTime<Utc>>,
}

impl Row {
    pub(super) fn attempt(self) -> Result<Attempt, StoreError> {
        let late = self.late()?;
        Ok(Attempt {
            organisation_id: self.organisation_id.into(),
            id: self.id.into(),
            export_id: self.export_id.into(),
            webhook_id: self.webhook_id.into(),
            webhook_name: self.webhook_name,
            host: self.host,
            requested_by_id: self.requested_by_id,
            attempt_number: unsigned(self.attempt_number)?,
            outcome: optional_word(Outcome::parse, self.outcome.as_deref())?,
            ambiguous: self.ambiguous,
            http_status: self.http_status.map(unsigned).transpose()?,
            started_at: self.started_at,
            duration_ms: self.duration_ms.map(unsigned).transpose()?,
            dns_ms: self.dns_ms.map(unsigned).transpose()?,
            connect_ms: self.connect_ms.map(unsigned).transpose()?,
            first_byte_ms: self.first_byte_ms.map(unsigned).transpose()?,
            request_bytes_sent: unsigned(self.request_bytes_sent)?,
            payload_bytes: unsigned(self.payload_bytes)?,
            payload_sha256: self.payload_sha256,
            candidate_count: self.candidate_count.map(unsigned).transpose()?,
            response_headers: self.response_headers.value.into_iter().collect(),
            response_body: self.response_body,
            response_truncated: self.response_truncated,
            response_too_large: self.response_too_large,
            facts: self.facts.value,
            resolved_address: self.resolved_address,
            worker: self.worker,
            next_attempt_at: self.next_attempt_at,
            late,
        })
    }

    fn late(&self) -> Result<Option<Late>, StoreError> {
        let (Some(outcome), Some(recorded_at)) = (&self.late_outcome, self.late_recorded_at) else {
            return Ok(None);
        };
        let http_status = self.late_http_status.map(unsigned).transpose()?;
        Ok(Some(Late { outcome: word(Outcome::parse, outcome)?, http_status, recorded_at }))
    }
}

//! The row of an attempt, and the attempt that it tells.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Bool, Bytea, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::attempt::Facts;
use domain::outcome::Outcome;
use uuid::Uuid;

use super::{Attempt, Late};
use crate::error::StoreError;
use crate::row::{Typed, optional_word, unsigned, word};
use crate::statement::row;

row!(
    pub(super) struct Row {
        organisation_id: SqlUuid => Uuid,
        id: SqlUuid => Uuid,
        export_id: SqlUuid => Uuid,
        webhook_id: SqlUuid => Uuid,
        webhook_name: Text => String,
        host: Text => String,
        requested_by_id: Text => String,
        attempt_number: Integer => i32,
        outcome: Nullable<Text> => Option<String>,
        ambiguous: Bool => bool,
        http_status: Nullable<SmallInt> => Option<i16>,
        started_at: Timestamptz => DateTime<Utc>,
        duration_ms: Nullable<Integer> => Option<i32>,
        dns_ms: Nullable<Integer> => Option<i32>,
        connect_ms: Nullable<Integer> => Option<i32>,
        first_byte_ms: Nullable<Integer> => Option<i32>,
        request_bytes_sent: Integer => i32,
        payload_bytes: Integer => i32,
        payload_sha256: Bytea => Vec<u8>,
        candidate_count: Nullable<Integer> => Option<i32>,
        payload_over: Nullable<Bool> => Option<bool>,
        was_last: Nullable<Bool> => Option<bool>,
        to_be_cut: Nullable<Bool> => Option<bool>,
        response_headers: Jsonb => Typed<BTreeMap<String, String>>,
        response_body: Nullable<Bytea> => Option<Vec<u8>>,
        response_truncated: Bool => bool,
        response_too_large: Bool => bool,
        facts: Jsonb => Typed<Facts>,
        resolved_address: Nullable<Text> => Option<String>,
        worker: Text => String,
        next_attempt_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        late_outcome: Nullable<Text> => Option<String>,
        late_http_status: Nullable<SmallInt> => Option<i16>,
        late_recorded_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    }
);

impl Row {
    pub(super) fn attempt(self) -> Result<Attempt, StoreError> {
        let late = self.late()?;
        let readable = self.payload_over != Some(true) && self.to_be_cut != Some(true);
        Ok(Attempt {
            organisation_id: self.organisation_id.into(),
            organisation_name: None,
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
            response_body: self.response_body.filter(|_| readable),
            response_truncated: self.response_truncated,
            response_too_large: self.response_too_large,
            facts: self.facts.value,
            resolved_address: self.resolved_address,
            worker: self.worker,
            next_attempt_at: self.next_attempt_at.filter(|_| self.was_last != Some(true)),
            payload_gone: self.payload_over == Some(true),
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

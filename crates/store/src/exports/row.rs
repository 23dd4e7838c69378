//! The row of an export and its job, and the export that it tells.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Bytea, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::export::{EndedBy, ExportStatus, ExportType};
use domain::id::{ExportId, VacancyId};
use domain::outcome::Outcome;
use uuid::Uuid;

use super::read::Export;
use super::tries::{self, Tries};
use crate::db::Conn;
use crate::error::StoreError;
use crate::row::{optional_word, requester, unsigned, word};

#[derive(QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = SqlUuid)]
    webhook_id: Uuid,
    #[diesel(sql_type = Text)]
    webhook_name: String,
    #[diesel(sql_type = Text)]
    host: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    vacancy_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    vacancy_title: Option<String>,
    #[diesel(sql_type = Text)]
    requested_by_type: String,
    #[diesel(sql_type = Text)]
    requested_by_id: String,
    #[diesel(sql_type = Text)]
    requested_by_name: String,
    #[diesel(sql_type = Text)]
    requested_by_email: String,
    #[diesel(sql_type = Timestamptz)]
    requested_at: DateTime<Utc>,
    #[diesel(sql_type = Integer)]
    candidate_count: i32,
    #[diesel(sql_type = Integer)]
    payload_bytes: i32,
    #[diesel(sql_type = Bytea)]
    payload_sha256: Vec<u8>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    payload_kept_until: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    ended_by: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    outcome: Option<String>,
    #[diesel(sql_type = Bool)]
    ambiguous: bool,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    finished_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Integer)]
    attempt_count: i32,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    next_attempt_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    stopping: bool,
}

/// The exports of these rows, with what the log says about them.
pub(super) fn exports(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Export>, StoreError> {
    let organisations = rows.iter().map(|row| row.organisation_id).collect();
    let ids = rows.iter().map(|row| row.id).collect();
    let mut tries: HashMap<_, Tries> = tries::read(conn, organisations, ids)?;
    let export = |row: Row| {
        let tries = tries.remove(&row.id()).unwrap_or_default();
        row.export(tries)
    };
    rows.into_iter().map(export).collect()
}

impl Row {
    pub(super) fn id(&self) -> ExportId {
        self.id.into()
    }

    fn export(self, tries: Tries) -> Result<Export, StoreError> {
        Ok(Export {
            organisation_id: self.organisation_id.into(),
            id: self.id.into(),
            kind: word(ExportType::parse, &self.kind)?,
            webhook_id: self.webhook_id.into(),
            webhook_name: self.webhook_name,
            host: self.host,
            vacancy_id: self.vacancy_id.map(VacancyId::from),
            vacancy_title: self.vacancy_title,
            requested_by: requester(
                &self.requested_by_type,
                self.requested_by_id,
                self.requested_by_name,
                self.requested_by_email,
            )?,
            requested_at: self.requested_at,
            candidate_count: unsigned(self.candidate_count)?,
            payload_bytes: unsigned(self.payload_bytes)?,
            payload_sha256: self.payload_sha256,
            payload_kept_until: self.payload_kept_until,
            status: word(ExportStatus::parse, &self.status)?,
            ended_by: optional_word(EndedBy::parse, self.ended_by.as_deref())?,
            outcome: optional_word(Outcome::parse, self.outcome.as_deref())?,
            ambiguous: self.ambiguous,
            attempt_count: unsigned(self.attempt_count)?,
            next_attempt_at: self.next_attempt_at,
            finished_at: self.finished_at,
            last_attempt: tries.last,
            anything_sent: tries.anything_sent,
            stopping: self.stopping,
        })
    }
}

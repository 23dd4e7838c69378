//! The row of an export and its job, and the export that it tells.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Bool, Bytea, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::explanation::Pause;
use domain::export::{EndedBy, ExportStatus, ExportType, LeftOut};
use domain::flag::Flag;
use domain::id::{ExportId, VacancyId};
use domain::outcome::Outcome;
use uuid::Uuid;

use super::read::{Elsewhere, Export};
use super::tries::{self, Tries};
use crate::db::Conn;
use crate::error::StoreError;
use crate::row::{Typed, optional_word, requester, unsigned, word};
use crate::statement::row;

row!(
    pub(super) struct Row {
        organisation_id: SqlUuid => Uuid,
        id: SqlUuid => Uuid,
        kind: Text => String,
        webhook_id: SqlUuid => Uuid,
        webhook_name: Text => String,
        webhook_deleted_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        host: Text => String,
        vacancy_id: Nullable<SqlUuid> => Option<Uuid>,
        vacancy_title: Nullable<Text> => Option<String>,
        requested_by_type: Text => String,
        requested_by_id: Text => String,
        requested_by_name: Text => String,
        requested_by_email: Text => String,
        requested_at: Timestamptz => DateTime<Utc>,
        candidate_count: Integer => i32,
        payload_bytes: Integer => i32,
        payload_sha256: Bytea => Vec<u8>,
        payload_kept_until: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        ended_by: Nullable<Text> => Option<String>,
        outcome: Nullable<Text> => Option<String>,
        ambiguous: Bool => bool,
        first_accepted_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        resent_from: Nullable<SqlUuid> => Option<Uuid>,
        left_out: Integer => i32,
        left_out_withdrawn: Integer => i32,
        left_out_erased: Integer => i32,
        continued_as: Nullable<SqlUuid> => Option<Uuid>,
        elsewhere_host: Nullable<Text> => Option<String>,
        elsewhere_accepted: Bool => bool,
        flags: Nullable<Jsonb> => Option<Typed<Vec<Flag>>>,
        finished_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        attempt_count: Integer => i32,
        status: Text => String,
        next_attempt_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        held_until: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        paused_until: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        asked_to_wait: Bool => bool,
        stopping: Nullable<Text> => Option<String>,
    }
);

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

    /// What an earlier version counted without a reason counts as restricted.
    fn left_out(&self) -> Result<LeftOut, StoreError> {
        let (withdrawn, erased) = (self.left_out_withdrawn, self.left_out_erased);
        Ok(LeftOut {
            withdrawn: unsigned(withdrawn)?,
            restricted: unsigned(self.left_out - withdrawn - erased)?,
            erased: unsigned(erased)?,
        })
    }

    fn export(self, tries: Tries) -> Result<Export, StoreError> {
        let left_out = self.left_out()?;
        Ok(Export {
            organisation_id: self.organisation_id.into(),
            organisation_name: None,
            id: self.id.into(),
            kind: word(ExportType::parse, &self.kind)?,
            webhook_id: self.webhook_id.into(),
            webhook_name: self.webhook_name,
            webhook_deleted_at: self.webhook_deleted_at,
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
            held_until: self.held_until,
            finished_at: self.finished_at,
            first_accepted_at: self.first_accepted_at,
            resent_from: self.resent_from.map(ExportId::from),
            left_out,
            continued_as: self.continued_as.map(ExportId::from),
            elsewhere: elsewhere(self.elsewhere_host, self.elsewhere_accepted),
            flags: self.flags.map(|flags| flags.value).unwrap_or_default(),
            pause: pause(self.paused_until, self.asked_to_wait),
            accepted_at_try: tries.accepted,
            last_attempt: tries.last,
            arrivals: tries.arrivals,
            anything_sent: tries.anything_sent,
            stopping: optional_word(EndedBy::parse, self.stopping.as_deref())?,
        })
    }
}

fn elsewhere(host: Option<String>, accepted: bool) -> Option<Elsewhere> {
    host.map(|host| Elsewhere { host, accepted })
}

/// Why a webhook takes nothing until then.
fn pause(until: Option<DateTime<Utc>>, asked: bool) -> Option<Pause> {
    until.map(if asked { Pause::Asked } else { Pause::Probing })
}

row!(
    /// When an export that was just written goes out.
    pub(super) struct Due {
        run_at: Timestamptz => DateTime<Utc>,
        paused_until: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        asked_to_wait: Nullable<Bool> => Option<bool>,
    }
);

impl Due {
    /// At the earliest, the pause of its webhook included.
    pub(super) fn next_attempt_at(&self) -> DateTime<Utc> {
        self.paused_until.map_or(self.run_at, |until| until.max(self.run_at))
    }

    /// Why not before.
    pub(super) fn pause(&self) -> Option<Pause> {
        pause(self.paused_until, self.asked_to_wait == Some(true))
    }
}

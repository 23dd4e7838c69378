//! Where a person's data went: each export that carries them, and how sure it is that the receiver has it.
//! Exports name people by id, so that this answers for who was erased, too.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::actor::Actor;
use domain::audit::Action;
use domain::export::{EndedBy, ExportStatus};
use domain::id::{ApplicationId, CandidateId, ExportId, VacancyId, WebhookId};
use domain::requester::Requester;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::audit;
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::page::{Page, in_order};
use crate::row::{optional_word, page_rows, requester, unsigned, word};
use crate::schema::{candidates, erasures, export_applications};
use crate::statement::{row, statement};

/// How sure it is that a receiver has somebody's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It has not: nothing was sent, and nothing will be.
    NotSent,
    /// Not yet.
    Waiting,
    /// Some of a request reached the connection, and nobody said what came of it.
    MayHaveBeenSent,
    /// A request is on the wire.
    BeingSentNow,
    /// All of it went out, and the receiver answered, whatever it said.
    Sent,
}

/// A webhook and what is known of it, also once it is deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// The webhook.
    pub webhook_id: WebhookId,
    /// Its name when it was asked.
    pub webhook_name: String,
    /// When it was deleted; none while it lives.
    pub webhook_deleted_at: Option<DateTime<Utc>>,
    /// Its host, punycode.
    pub host: String,
    /// The field groups that it receives.
    pub include: Vec<String>,
}

/// One export that carries a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Whereabouts {
    /// The export.
    pub export_id: ExportId,
    /// Which application of theirs.
    pub application_id: ApplicationId,
    /// Where to.
    pub receiver: Receiver,
    /// From which vacancy.
    pub vacancy_id: Option<VacancyId>,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// By whom.
    pub requested_by: Requester,
    /// Where it stands.
    pub status: ExportStatus,
    /// Who brought its end.
    pub ended_by: Option<EndedBy>,
    /// The export that it was derived from.
    pub resent_from: Option<ExportId>,
    /// The export that carries it on.
    pub continued_as: Option<ExportId>,
    /// Attempts by which some of it was sent.
    pub attempts: u32,
    /// When the first of them began.
    pub first_at: Option<DateTime<Utc>>,
    /// When the last of them began.
    pub last_at: Option<DateTime<Utc>>,
    /// How sure it is that the receiver has it.
    pub certainty: Certainty,
}

/// Where a page starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportKey {
    webhook: Uuid,
    export: Uuid,
}

statement!(ReadWhereabouts = "whereabouts.sql", (
    organisation: SqlUuid => Uuid,
    candidate: SqlUuid => Uuid,
    webhook: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
    rows: BigInt => i64,
) -> named Row);

row!(
    struct Row {
        export_id: SqlUuid => Uuid,
        application_id: SqlUuid => Uuid,
        webhook_id: SqlUuid => Uuid,
        webhook_name: Text => String,
        webhook_deleted_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        host: Text => String,
        include: Array<Text> => Vec<String>,
        vacancy_id: Nullable<SqlUuid> => Option<Uuid>,
        requested_at: Timestamptz => DateTime<Utc>,
        requested_by_type: Text => String,
        requested_by_id: Text => String,
        requested_by_name: Text => String,
        requested_by_email: Text => String,
        status: Text => String,
        ended_by: Nullable<Text> => Option<String>,
        resent_from: Nullable<SqlUuid> => Option<Uuid>,
        continued_as: Nullable<SqlUuid> => Option<Uuid>,
        accepted: Bool => bool,
        attempts: Integer => i32,
        answered: Bool => bool,
        first_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        last_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    }
);

/// Where the data of a person went, by webhook and then by export; none of a person who never was here.
/// Who looked is told.
///
/// # Errors
/// [`StoreError`].
pub fn exports(
    conn: &mut Conn,
    actor: &Actor,
    id: CandidateId,
    after: Option<ExportKey>,
    limit: usize,
) -> Result<Option<Page<Whereabouts, ExportKey>>, StoreError> {
    let key = (Uuid::from(organisation_of(actor)?), Uuid::from(id));
    transaction(conn, |conn| {
        if !is_known(conn, key)? {
            return Ok(None);
        }
        let page = read(conn, key, after, limit)?;
        let details = json!({ "shown": page.items.len() });
        audit::did(conn, actor, Action::CandidateExportsRead, id, details)?;
        Ok(Some(page))
    })
}

/// Whether the organisation has this person, or had.
fn is_known(conn: &mut Conn, key: (Uuid, Uuid)) -> QueryResult<bool> {
    let here = exists(candidates::table.find(key));
    let erased = exists(erasures::table.find(key));
    let sent = exists(
        export_applications::table
            .filter(export_applications::organisation_id.eq(key.0))
            .filter(export_applications::candidate_id.eq(key.1)),
    );
    diesel::select(here.or(erased).or(sent)).get_result(conn)
}

pub(super) fn read(
    conn: &mut Conn,
    (organisation, candidate): (Uuid, Uuid),
    after: Option<ExportKey>,
    limit: usize,
) -> Result<Page<Whereabouts, ExportKey>, StoreError> {
    let ExportKey { webhook, export } =
        after.unwrap_or(ExportKey { webhook: Uuid::nil(), export: Uuid::nil() });
    let rows = page_rows(limit);
    let lifetime = PhantomData;
    let read = ReadWhereabouts { organisation, candidate, webhook, export, rows, lifetime };
    let rows: Vec<Row> = in_order(conn, |conn| read.load(conn))?;
    let found = rows.into_iter().map(Row::whereabouts).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::from_rows(found, limit, |found| ExportKey {
        webhook: found.receiver.webhook_id.into(),
        export: found.export_id.into(),
    }))
}

impl Row {
    fn whereabouts(self) -> Result<Whereabouts, StoreError> {
        let status = word(ExportStatus::parse, &self.status)?;
        Ok(Whereabouts {
            export_id: self.export_id.into(),
            application_id: self.application_id.into(),
            certainty: self.certainty(status),
            receiver: Receiver {
                webhook_id: self.webhook_id.into(),
                webhook_name: self.webhook_name,
                webhook_deleted_at: self.webhook_deleted_at,
                host: self.host,
                include: self.include,
            },
            vacancy_id: self.vacancy_id.map(VacancyId::from),
            requested_at: self.requested_at,
            requested_by: requester(
                &self.requested_by_type,
                self.requested_by_id,
                self.requested_by_name,
                self.requested_by_email,
            )?,
            status,
            ended_by: optional_word(EndedBy::parse, self.ended_by.as_deref())?,
            resent_from: self.resent_from.map(ExportId::from),
            continued_as: self.continued_as.map(ExportId::from),
            attempts: unsigned(self.attempts)?,
            first_at: self.first_at,
            last_at: self.last_at,
        })
    }

    /// What is known for sure comes first.
    fn certainty(&self, status: ExportStatus) -> Certainty {
        match status {
            _ if self.accepted || self.answered => Certainty::Sent,
            ExportStatus::Delivering => Certainty::BeingSentNow,
            _ if self.attempts > 0 => Certainty::MayHaveBeenSent,
            ExportStatus::Queued | ExportStatus::Retrying => Certainty::Waiting,
            _ => Certainty::NotSent,
        }
    }
}

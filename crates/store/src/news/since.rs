//! What anybody was told lately: for live streams, one question for all.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::id::{ExportId, NotificationId, OrganisationId, WebhookId};
use domain::notification::NotificationKind;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::row::word;
use crate::statement::{row, statement};

/// That somebody was told something, for live streams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// Whose member it is.
    pub organisation_id: OrganisationId,
    /// Who was told.
    pub member_id: String,
    /// The notification.
    pub id: NotificationId,
    /// What happened.
    pub kind: NotificationKind,
    /// The export that it is about.
    pub export_id: Option<ExportId>,
    /// The webhook that it is about, or that of the export.
    pub webhook_id: WebhookId,
}

row!(
    struct SinceRow {
        organisation_id: SqlUuid => Uuid,
        member_id: Text => String,
        id: SqlUuid => Uuid,
        kind: Text => String,
        export_id: Nullable<SqlUuid> => Option<Uuid>,
        webhook_id: SqlUuid => Uuid,
    }
);

statement!(SelectSince = "since.sql", (
    at: Timestamptz => DateTime<Utc>,
    most: BigInt => i64,
) -> named SinceRow);

/// What anybody was told since an instant, oldest first; of more than `most` the newest.
///
/// # Errors
/// [`StoreError`].
pub fn since(conn: &mut Conn, at: DateTime<Utc>, most: u32) -> Result<Vec<Since>, StoreError> {
    let select = SelectSince { at, most: most.into(), lifetime: PhantomData };
    let rows: Vec<SinceRow> = select.load(conn)?;
    let one = |row: SinceRow| {
        Ok(Since {
            organisation_id: row.organisation_id.into(),
            member_id: row.member_id,
            id: row.id.into(),
            kind: word(NotificationKind::parse, &row.kind)?,
            export_id: row.export_id.map(ExportId::from),
            webhook_id: row.webhook_id.into(),
        })
    };
    rows.into_iter().rev().map(one).collect()
}

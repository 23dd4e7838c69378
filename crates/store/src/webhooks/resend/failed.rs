//! The exports of a webhook that failed, in the order of their ids, with what would become of each.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::id::{ExportId, OrganisationId, WebhookId};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::page;
use crate::statement::{row, statement};

/// Exports that are looked at at once.
const PAGE: i64 = 500;

/// What becomes of a failed export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It goes as it is.
    Whole,
    /// It goes without those who may not be sent any more.
    WithoutSome,
    /// Its data is no longer kept.
    PayloadGone,
    /// Nobody in it may be sent any more.
    NobodyLeft,
    /// Another export carries it on.
    CarriedOn,
}

/// An export that failed.
pub(super) struct Failed {
    pub(super) id: ExportId,
    pub(super) fate: Fate,
}

statement!(uncached ReadFailed = "failed.sql", (
    organisation: SqlUuid => Uuid,
    webhook: SqlUuid => Uuid,
    since: Timestamptz => DateTime<Utc>,
    after: Nullable<SqlUuid> => Option<Uuid>,
    rows: BigInt => i64,
) -> named FailedRow);

row!(
    struct FailedRow {
        id: SqlUuid => Uuid,
        kept: Bool => bool,
        carried_on: Bool => bool,
        somebody: Nullable<Bool> => Option<bool>,
        changed: Nullable<Bool> => Option<bool>,
    }
);

/// The next ones.
pub(super) fn page(
    conn: &mut Conn,
    (organisation, webhook): (OrganisationId, WebhookId),
    since: DateTime<Utc>,
    after: Option<ExportId>,
) -> Result<Vec<Failed>, StoreError> {
    let read = ReadFailed {
        organisation: organisation.into(),
        webhook: webhook.into(),
        since,
        after: after.map(Uuid::from),
        rows: PAGE,
        lifetime: PhantomData,
    };
    let rows: Vec<FailedRow> = page::in_order(conn, |conn| read.load(conn))?;
    let failed = |row: FailedRow| Failed { id: row.id.into(), fate: row.fate() };
    Ok(rows.into_iter().map(failed).collect())
}

impl FailedRow {
    fn fate(&self) -> Fate {
        if self.carried_on {
            Fate::CarriedOn
        } else if !self.kept {
            Fate::PayloadGone
        } else if self.somebody != Some(true) {
            Fate::NobodyLeft
        } else if self.changed == Some(true) {
            Fate::WithoutSome
        } else {
            Fate::Whole
        }
    }
}

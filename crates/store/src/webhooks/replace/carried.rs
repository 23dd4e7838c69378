//! What goes on from a replaced webhook to its successor: counted, noted for the sweep that derives it, and
//! remembered with the successor.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::id::{OrganisationId, WebhookId};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::row::unsigned;
use crate::schema::webhooks;
use crate::statement::{row, statement};

/// What goes on to the successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarryOver {
    /// Nothing.
    None,
    /// What failed since then; without an instant, all of which the data is kept.
    Failed(Option<DateTime<Utc>>),
    /// That, and what waits or is on the wire and is not accepted.
    All(Option<DateTime<Utc>>),
}

/// How many exports a successor takes over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CarriedOver {
    /// Failed ones.
    pub failed: u64,
    /// Those that waited.
    pub waiting: u64,
    /// Those on the wire: unless they are accepted.
    pub sending: u64,
    /// Those that waited and end as cancelled.
    pub cancelled: u64,
    /// Failed ones that do not go on, for their data is no longer kept.
    pub payload_gone: u64,
}

row!(
    struct CountsRow {
        failed: BigInt => i64,
        waiting: BigInt => i64,
        sending: BigInt => i64,
        cancelled: BigInt => i64,
        payload_gone: BigInt => i64,
    }
);

statement!(uncached Count = "carried.sql" "count.sql", (
    organisation: SqlUuid => Uuid,
    webhook: SqlUuid => Uuid,
    since: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    failed: Bool => bool,
    waiting: Bool => bool,
) -> named CountsRow);

statement!(uncached Note = "carried.sql" "note.sql", (
    organisation: SqlUuid => Uuid,
    webhook: SqlUuid => Uuid,
    since: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    failed: Bool => bool,
    waiting: Bool => bool,
    successor: SqlUuid => Uuid,
) -> named CountsRow);

/// Counts what would go on.
pub(super) fn count(
    conn: &mut Conn,
    (organisation, webhook): (OrganisationId, WebhookId),
    asked: CarryOver,
) -> Result<CarriedOver, StoreError> {
    let count = Count {
        organisation: organisation.into(),
        webhook: webhook.into(),
        since: asked.since(),
        failed: asked.failed(),
        waiting: asked.waiting(),
        lifetime: PhantomData,
    };
    count.get_result::<CountsRow>(conn)?.counts()
}

/// Notes what goes on to a successor. Lane and webhook are locked, and nothing of them has ended yet.
pub(super) fn note(
    conn: &mut Conn,
    (organisation, webhook): (OrganisationId, WebhookId),
    asked: CarryOver,
    successor: WebhookId,
) -> Result<CarriedOver, StoreError> {
    let note = Note {
        organisation: organisation.into(),
        webhook: webhook.into(),
        since: asked.since(),
        failed: asked.failed(),
        waiting: asked.waiting(),
        successor: successor.into(),
        lifetime: PhantomData,
    };
    note.get_result::<CountsRow>(conn)?.counts()
}

#[derive(Queryable, Selectable, AsChangeset)]
#[diesel(table_name = webhooks)]
struct Carried {
    carried_failed: Option<i32>,
    carried_waiting: Option<i32>,
    carried_sending: Option<i32>,
    carried_cancelled: Option<i32>,
    carried_gone: Option<i32>,
}

/// Remembers with the successor what it takes over.
pub(super) fn remember(
    conn: &mut Conn,
    (organisation, successor): (OrganisationId, WebhookId),
    carried: &CarriedOver,
) -> QueryResult<()> {
    diesel::update(webhooks::table.find((Uuid::from(organisation), Uuid::from(successor))))
        .set(Carried::of(carried))
        .execute(conn)?;
    Ok(())
}

/// What a webhook took over when it replaced another one.
///
/// # Errors
/// [`StoreError`].
pub fn carried_over(
    conn: &mut Conn,
    actor: &Actor,
    id: WebhookId,
) -> Result<CarriedOver, StoreError> {
    let read: Option<Carried> = webhooks::table
        .find((Uuid::from(organisation_of(actor)?), Uuid::from(id)))
        .select(Carried::as_select())
        .first(conn)
        .optional()?;
    let Some(read) = read else { return Ok(CarriedOver::default()) };
    let number = |count: Option<i32>| unsigned(count.unwrap_or(0));
    Ok(CarriedOver {
        failed: number(read.carried_failed)?,
        waiting: number(read.carried_waiting)?,
        sending: number(read.carried_sending)?,
        cancelled: number(read.carried_cancelled)?,
        payload_gone: number(read.carried_gone)?,
    })
}

impl CarryOver {
    fn since(self) -> Option<DateTime<Utc>> {
        match self {
            Self::None => None,
            Self::Failed(since) | Self::All(since) => since,
        }
    }

    fn failed(self) -> bool {
        self != Self::None
    }

    fn waiting(self) -> bool {
        matches!(self, Self::All(_))
    }
}

impl CountsRow {
    fn counts(self) -> Result<CarriedOver, StoreError> {
        Ok(CarriedOver {
            failed: unsigned(self.failed)?,
            waiting: unsigned(self.waiting)?,
            sending: unsigned(self.sending)?,
            cancelled: unsigned(self.cancelled)?,
            payload_gone: unsigned(self.payload_gone)?,
        })
    }
}

impl Carried {
    fn of(carried: &CarriedOver) -> Self {
        let column = |count: u64| Some(i32::try_from(count).unwrap_or(i32::MAX));
        Self {
            carried_failed: column(carried.failed),
            carried_waiting: column(carried.waiting),
            carried_sending: column(carried.sending),
            carried_cancelled: column(carried.cancelled),
            carried_gone: column(carried.payload_gone),
        }
    }
}

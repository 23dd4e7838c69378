//! The first of the two moves that accept an export: one look at all that it is made of.

mod rows;

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::export::DisabledReason;
use domain::id::{ApplicationId, ExportId, VacancyId, WebhookId};
use domain::import::VacancyStatus;
use domain::include::Include;
use domain::payload::{ApplicationRecord, OrganisationRecord, VacancyRecord};
use domain::requester::Requester;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::idempotency_keys::{IdempotencyKey, Remembered};
use crate::owner::organisation_of;
use crate::row::unsigned;
use crate::statement::statement;
use rows::{ApplicationType, EarlierType, HeadType, PersonType, Row};

/// What an export is asked to be made of.
pub(super) struct Asked<'a> {
    pub(super) webhook: WebhookId,
    pub(super) vacancy: Option<VacancyId>,
    pub(super) applications: &'a [ApplicationId],
    pub(super) key: Option<&'a IdempotencyKey>,
    /// Most bytes of people that are read.
    pub(super) most_bytes: usize,
}

/// What there is of it.
pub(super) struct Prepared {
    pub(super) id: ExportId,
    /// The database's now, to the millisecond, so that the id and what people read agree.
    pub(super) at: DateTime<Utc>,
    pub(super) organisation: OrganisationRecord,
    pub(super) target: Option<Target>,
    pub(super) vacancy: Option<VacancyRecord>,
    pub(super) vacancy_status: Option<VacancyStatus>,
    /// What an earlier request under the same key made.
    pub(super) remembered: Option<Remembered>,
}

/// A live webhook.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) id: WebhookId,
    pub(super) name: String,
    pub(super) host: String,
    pub(super) include: Include,
    pub(super) url_sealed: Vec<u8>,
    /// When and why delivery was switched off.
    pub(super) disabled: Option<(DateTime<Utc>, DisabledReason)>,
    pub(super) failing_since: Option<DateTime<Utc>>,
    pub(super) last_delivered_at: Option<DateTime<Utc>>,
}

/// One of the people.
pub(super) struct Person {
    pub(super) record: ApplicationRecord,
    pub(super) restricted: bool,
    /// The newest export with this person that the webhook got, may have got or is about to get.
    pub(super) earlier: Option<Earlier>,
}

/// An export that carried somebody before.
pub(super) struct Earlier {
    pub(super) id: ExportId,
    pub(super) at: DateTime<Utc>,
    pub(super) by: Requester,
}

/// Reads it: begins with what there is once, then takes the people as they come, in the order of the
/// request, none where there is no such application. Beside that, how many bytes they have at least,
/// when these are too many to be read to their end. None when the organisation is not known here.
pub(super) fn read<M>(
    conn: &mut Conn,
    actor: &Actor,
    asked: &Asked<'_>,
    begin: impl FnOnce(Prepared) -> M,
    take: impl Fn(&mut M, Option<Person>),
) -> Result<Option<(M, Option<u64>)>, StoreError> {
    let organisation = organisation_of(actor)?;
    let statement = Prepare {
        organisation: organisation.into(),
        webhook: asked.webhook.into(),
        vacancy: asked.vacancy.map(Uuid::from),
        applications: asked.applications.iter().copied().map(Uuid::from).collect(),
        caller: asked.key.map(|key| key.caller.as_str()),
        operation: asked.key.map(|key| key.operation.as_str()),
        key: asked.key.map(|key| key.key.as_str()),
        most_bytes: i64::try_from(asked.most_bytes).unwrap_or(i64::MAX),
        lifetime: PhantomData,
    };
    // Row by row: what has come is read here while Postgres looks up the rest.
    let mut rows = statement.load_iter::<Row, PgRowByRowLoadingMode>(conn)?;
    let Some(first) = rows.next().transpose()? else { return Ok(None) };
    let Some(head) = first.0 else { return Ok(None) };
    let mut making = begin(head.prepared(organisation)?);
    let most_bytes = asked.most_bytes as u64;
    let mut bytes = 0;
    for row in rows {
        let (_, _, application, person, earlier) = row?;
        let found = application.zip(person);
        bytes += found.as_ref().map_or(0, |(row, person)| row.bytes() + person.bytes()) as u64;
        if bytes > most_bytes {
            break;
        }
        take(&mut making, found.map(|(row, person)| row.person(person, earlier)).transpose()?);
    }
    let bytes = bytes.max(unsigned(first.1)?);
    Ok(Some((making, Some(bytes).filter(|bytes| *bytes > most_bytes))))
}

statement!(Prepare = "prepare.sql", (
    organisation: SqlUuid => Uuid,
    webhook: SqlUuid => Uuid,
    vacancy: Nullable<SqlUuid> => Option<Uuid>,
    applications: Array<SqlUuid> => Vec<Uuid>,
    caller: Nullable<Text> => Option<&'a str>,
    operation: Nullable<Text> => Option<&'a str>,
    key: Nullable<Text> => Option<&'a str>,
    most_bytes: BigInt => i64,
) -> (
    Nullable<HeadType>,
    BigInt,
    Nullable<ApplicationType>,
    Nullable<PersonType>,
    Nullable<EarlierType>,
));

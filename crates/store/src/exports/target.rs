//! What an export is about: its webhook, locked against deletion, and its vacancy.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::now;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use domain::export::{DisabledReason, ExportType};
use domain::id::{ExportId, OrganisationId, VacancyId, WebhookId};
use domain::include::Include;
use domain::payload::{OrganisationRecord, VacancyRecord};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::row::{optional_word, uuid_v7_floor};
use crate::schema::{exports, lanes, organisations, vacancies, webhooks};

/// How strongly a webhook is locked. Either keeps its deletion out until the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strength {
    /// Others may enqueue at the same time.
    Share,
    /// Nobody else may.
    Exclusive,
}

/// A live webhook, locked.
pub(super) struct Target {
    pub(super) organisation: OrganisationRecord,
    pub(super) id: WebhookId,
    pub(super) name: String,
    pub(super) host: String,
    pub(super) include: Include,
    /// When and why delivery was switched off.
    pub(super) disabled: Option<(DateTime<Utc>, DisabledReason)>,
}

type Webhook = (String, String, Vec<String>, Option<DateTime<Utc>>);
type Lane = (String, Option<DateTime<Utc>>, Option<String>);

/// Locks a live webhook, then reads what may change about it.
pub(super) fn lock(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: WebhookId,
    strength: Strength,
) -> Result<Option<Target>, StoreError> {
    let key = (Uuid::from(organisation), Uuid::from(id));
    let query = webhooks::table.find(key).select((
        webhooks::name,
        webhooks::host,
        webhooks::include,
        webhooks::deleted_at,
    ));
    let webhook: Option<Webhook> = match strength {
        Strength::Share => query.for_share().first(conn),
        Strength::Exclusive => query.for_no_key_update().first(conn),
    }
    .optional()?;
    let Some((name, host, include, None)) = webhook else { return Ok(None) };
    let (organisation_name, disabled_at, reason): Lane = lanes::table
        .find(key)
        .inner_join(organisations::table.on(organisations::id.eq(lanes::organisation_id)))
        .select((organisations::name, lanes::disabled_at, lanes::disabled_reason))
        .first(conn)?;
    let include = Include::from_names(&include)
        .map_err(|_| StoreError::Unreadable("unknown field group".to_owned()))?;
    let reason = optional_word(DisabledReason::parse, reason.as_deref())?;
    Ok(Some(Target {
        organisation: OrganisationRecord { id: organisation, name: organisation_name },
        id,
        name,
        host,
        include,
        disabled: disabled_at.zip(reason),
    }))
}

type Vacancy = (String, String, Option<String>, Option<String>, Option<String>, Vec<String>);

/// A vacancy as a payload tells it.
pub(super) fn vacancy(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: VacancyId,
) -> QueryResult<Option<VacancyRecord>> {
    let row: Option<Vacancy> = vacancies::table
        .find((Uuid::from(organisation), Uuid::from(id)))
        .select((
            vacancies::reference,
            vacancies::title,
            vacancies::department,
            vacancies::location,
            vacancies::url,
            vacancies::stages,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(reference, title, department, location, url, stages)| VacancyRecord {
        id: Some(id),
        reference: Some(reference),
        title,
        department,
        location,
        url,
        stages,
    }))
}

/// The webhook of an export.
pub(super) fn of_export(
    conn: &mut Conn,
    organisation: OrganisationId,
    export: ExportId,
) -> QueryResult<WebhookId> {
    let id: Uuid = exports::table
        .find((Uuid::from(organisation), Uuid::from(export)))
        .select(exports::webhook_id)
        .first(conn)?;
    Ok(id.into())
}

/// Seconds until a webhook may be tested again; none when it may be now.
pub(super) fn tests_exhausted(
    conn: &mut Conn,
    target: &Target,
    per_hour: u32,
) -> QueryResult<Option<u32>> {
    let instant: DateTime<Utc> = diesel::select(now.into_sql::<Timestamptz>()).get_result(conn)?;
    let hour = TimeDelta::hours(1);
    let oldest_that_counts: Option<DateTime<Utc>> = exports::table
        .filter(exports::organisation_id.eq(Uuid::from(target.organisation.id)))
        .filter(exports::webhook_id.eq(Uuid::from(target.id)))
        .filter(exports::id.ge(uuid_v7_floor(instant - hour)))
        .filter(exports::type_.eq(ExportType::Test.as_str()))
        .select(exports::requested_at)
        .order(exports::id.desc())
        .offset(i64::from(per_hour.saturating_sub(1)))
        .first(conn)
        .optional()?;
    Ok(oldest_that_counts.map(|at| {
        let wait = (at + hour - instant).num_milliseconds().max(0);
        u32::try_from(wait / 1_000 + 1).unwrap_or(u32::MAX)
    }))
}

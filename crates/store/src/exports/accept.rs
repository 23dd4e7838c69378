//! The second of the two moves that accept an export: one statement that writes all of it (a large
//! payload comes before it, in parts), unless something has changed since the first look.

mod parts;

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, Binary, Bool, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::actor::Actor;
use domain::audit::Action;
use domain::export::{ExportStatus, ExportType};
use domain::payload::{PayloadContext, VacancyRecord};
use domain::role::Role;
use serde_json::json;
use uuid::Uuid;

use super::freeze::Frozen;
use super::read::Export;
use super::row::Due;
use crate::audit::Object;
use crate::db::Conn;
use crate::error::StoreError;
use crate::idempotency_keys::IdempotencyKey;
use crate::row::signed;
use crate::statement::statement;

statement!(AcceptExport = "accept.sql", (
    organisation: SqlUuid => Uuid,
    export: SqlUuid => Uuid,
    webhook: SqlUuid => Uuid,
    export_type: Text => &'a str,
    webhook_name: Text => &'a str,
    host: Text => &'a str,
    vacancy: Nullable<SqlUuid> => Option<Uuid>,
    vacancy_title: Nullable<Text> => Option<&'a str>,
    requester_type: Text => &'a str,
    requester_id: Text => &'a str,
    requester_name: Text => &'a str,
    requester_email: Text => &'a str,
    requested_at: Timestamptz => DateTime<Utc>,
    candidate_count: Integer => i32,
    payload_bytes: Integer => i32,
    payload_sha256: Binary => &'a [u8],
    last_part: Binary => &'a [u8],
    applications: Array<SqlUuid> => Vec<Uuid>,
    candidates: Array<SqlUuid> => Vec<Uuid>,
    caller: Nullable<Text> => Option<&'a str>,
    operation: Nullable<Text> => Option<&'a str>,
    key: Nullable<Text> => Option<&'a str>,
    request_sha256: Nullable<Binary> => Option<&'a [u8]>,
    actor_type: Text => &'a str,
    actor_name: Nullable<Text> => Option<&'a str>,
    actor_email: Nullable<Text> => Option<&'a str>,
    actor_role: Nullable<Text> => Option<&'a str>,
    action: Text => &'a str,
    object_type: Text => &'a str,
    object_id: Nullable<SqlUuid> => Option<Uuid>,
    details: Text => String,
    request_id: Nullable<SqlUuid> => Option<Uuid>,
    has_parts: Bool => bool,
    hold_s: Double => f64,
    withdrawn: Integer => i32,
    restricted: Integer => i32,
) -> named Due);

/// Writes an export, its people, its bytes, its job, what is remembered of the request and what is
/// told of it, and answers the export. None, and nothing written, when the webhook is gone or
/// disabled meanwhile, or another request was under way under the same key.
pub(super) fn accept(
    conn: &mut Conn,
    actor: &Actor,
    frozen: &Frozen,
    key: Option<&IdempotencyKey>,
) -> Result<Option<Export>, StoreError> {
    let statement = statement(actor, frozen, key)?;
    let due: Option<Due> = if parts::are_several(frozen) {
        conn.transaction(|conn| {
            parts::add(conn, frozen)?;
            let due = statement.get_result(conn).optional()?;
            parts::drop(conn, frozen)?;
            Ok::<_, StoreError>(due)
        })?
    } else {
        statement.get_result(conn).optional()?
    };
    Ok(due.map(|due| export(actor, frozen, &due)))
}

fn statement<'a>(
    actor: &'a Actor,
    frozen: &'a Frozen,
    key: Option<&'a IdempotencyKey>,
) -> Result<AcceptExport<'a>, StoreError> {
    let Frozen { context, target, .. } = frozen;
    let (applications, candidates) = frozen.people.iter().copied().unzip();
    let (action, object) = event(frozen);
    let vacancy = vacancy(context);
    Ok(AcceptExport {
        organisation: context.organisation.id.into(),
        export: context.export_id.into(),
        webhook: target.id.into(),
        export_type: context.export_type.as_str(),
        webhook_name: &target.name,
        host: &target.host,
        vacancy: vacancy.map(|vacancy| vacancy.id.into()),
        vacancy_title: vacancy.map(|vacancy| vacancy.title.as_str()),
        requester_type: context.requester.kind.as_str(),
        requester_id: &actor.id,
        requester_name: actor.name.as_deref().unwrap_or_default(),
        requester_email: actor.email.as_deref().unwrap_or_default(),
        requested_at: context.requested_at,
        candidate_count: number(frozen.candidate_count)?,
        payload_bytes: number(frozen.payload_bytes)?,
        payload_sha256: &frozen.sha256,
        last_part: parts::last(frozen),
        applications,
        candidates,
        caller: key.map(|key| key.caller.as_str()),
        operation: key.map(|key| key.operation.as_str()),
        key: key.map(|key| key.key.as_str()),
        request_sha256: key.map(|key| &key.request_sha256[..]),
        actor_type: actor.kind.as_str(),
        actor_name: actor.name.as_deref(),
        actor_email: actor.email.as_deref(),
        actor_role: actor.role.map(Role::as_str),
        action: action.as_str(),
        object_type: object.kind.as_str(),
        object_id: object.id,
        details: details(frozen).to_string(),
        request_id: actor.request_id,
        has_parts: parts::are_several(frozen),
        hold_s: frozen.hold_s.into(),
        withdrawn: signed(frozen.left_out.withdrawn)?,
        restricted: signed(frozen.left_out.restricted)?,
        lifetime: PhantomData,
    })
}

/// None of ours for a test: its vacancy is made up.
fn vacancy(context: &PayloadContext) -> Option<&VacancyRecord> {
    (context.export_type == ExportType::Candidates).then_some(&context.vacancy)
}

/// A test is told of its webhook, everything else of the export.
fn event(frozen: &Frozen) -> (Action, Object) {
    match frozen.context.export_type {
        ExportType::Candidates => (Action::ExportRequested, frozen.context.export_id.into()),
        ExportType::Test => (Action::WebhookTested, frozen.target.id.into()),
    }
}

fn details(frozen: &Frozen) -> serde_json::Value {
    json!({
        "export_id": frozen.context.export_id,
        "webhook_id": frozen.target.id,
        "vacancy_id": vacancy(&frozen.context).map(|vacancy| vacancy.id),
        "candidates": frozen.candidate_count,
        "payload_bytes": frozen.payload_bytes,
    })
}

fn number(count: usize) -> Result<i32, StoreError> {
    i32::try_from(count).map_err(|_| StoreError::Unreadable("a payload above 2 GiB".to_owned()))
}

/// The export that was just written.
fn export(actor: &Actor, frozen: &Frozen, due: &Due) -> Export {
    let Frozen { context, target, .. } = frozen;
    let vacancy = vacancy(context);
    Export {
        organisation_name: None,
        organisation_id: context.organisation.id,
        id: context.export_id,
        kind: context.export_type,
        webhook_id: target.id,
        webhook_name: target.name.clone(),
        host: target.host.clone(),
        vacancy_id: vacancy.map(|vacancy| vacancy.id),
        vacancy_title: vacancy.map(|vacancy| vacancy.title.clone()),
        requested_by: actor.requester(),
        requested_at: context.requested_at,
        candidate_count: u32::try_from(frozen.candidate_count).unwrap_or(u32::MAX),
        payload_bytes: frozen.payload_bytes as u64,
        payload_sha256: frozen.sha256.to_vec(),
        payload_kept_until: None,
        status: ExportStatus::Queued,
        ended_by: None,
        outcome: None,
        ambiguous: false,
        first_accepted_at: None,
        accepted_at_try: None,
        resent_from: None,
        left_out: frozen.left_out,
        continued_as: None,
        elsewhere: None,
        flags: Vec::new(),
        pause: due.pause(),
        arrivals: Vec::new(),
        attempt_count: 0,
        next_attempt_at: Some(due.next_attempt_at()),
        held_until: (frozen.hold_s > 0).then_some(due.run_at),
        finished_at: None,
        last_attempt: None,
        anything_sent: false,
        stopping: None,
    }
}

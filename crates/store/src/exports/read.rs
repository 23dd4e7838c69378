//! Exports with where they stand. While one is in progress, that is read off its job.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, now};
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::audit::Action;
use domain::explanation::Pause;
use domain::export::{EndedBy, ExportStatus, ExportType, LeftOut};
use domain::flag::Flag;
use domain::id::{ExportId, OrganisationId, VacancyId, WebhookId};
use domain::outcome::Outcome;
use domain::requester::Requester;
use serde_json::json;
use uuid::Uuid;

use super::derived::Key;
use super::row::{self, Row};
use super::tries::{AcceptedTry, LastAttempt};
use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::organisations::names;
use crate::owner::{filter_by, organisation_of};
use crate::schema::{erasure_cuts, export_payloads, exports};
use crate::statement::statement;

/// Another webhook that has, or may have, the people of a derived export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// Its host, punycode.
    pub host: String,
    /// It accepted them; otherwise they may have arrived.
    pub accepted: bool,
}

/// One confirmed batch of applications for one webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    /// Its owner.
    pub organisation_id: OrganisationId,
    /// What the owner is called, where support reads it.
    pub organisation_name: Option<String>,
    /// Its id; the `webhook-id` on the wire.
    pub id: ExportId,
    /// Candidates, or a test.
    pub kind: ExportType,
    /// Where to.
    pub webhook_id: WebhookId,
    /// Name of the webhook when it was asked.
    pub webhook_name: String,
    /// When the webhook was deleted; none while it lives.
    pub webhook_deleted_at: Option<DateTime<Utc>>,
    /// Host of the webhook, punycode.
    pub host: String,
    /// The vacancy; none in a test.
    pub vacancy_id: Option<VacancyId>,
    /// Title of the vacancy when it was asked.
    pub vacancy_title: Option<String>,
    /// Who asked.
    pub requested_by: Requester,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// How many people it carries.
    pub candidate_count: u32,
    /// Size of the frozen bytes.
    pub payload_bytes: u64,
    /// SHA-256 of the frozen bytes.
    pub payload_sha256: Vec<u8>,
    /// When the frozen bytes of an ended export will be deleted; none before the end and after
    /// the deletion.
    pub payload_kept_until: Option<DateTime<Utc>>,
    /// Where it stands.
    pub status: ExportStatus,
    /// Who brought the end.
    pub ended_by: Option<EndedBy>,
    /// What the end came of; none while in progress, and when cancelled before any attempt.
    pub outcome: Option<Outcome>,
    /// It was not accepted, and may have arrived all the same; so also while it is tried again.
    pub ambiguous: bool,
    /// When the receiver first accepted it; never goes away.
    pub first_accepted_at: Option<DateTime<Utc>>,
    /// The attempt that the receiver accepted last, as the log has it.
    pub accepted_at_try: Option<AcceptedTry>,
    /// The export that it was derived from.
    pub resent_from: Option<ExportId>,
    /// People who were asked for, or were in that one, and may not be sent.
    pub left_out: LeftOut,
    /// The export that was derived last from it.
    pub continued_as: Option<ExportId>,
    /// What another webhook has of `resent_from`, which went there.
    pub elsewhere: Option<Elsewhere>,
    /// What is unusual about it; empty until it is judged, a moment after it was accepted.
    pub flags: Vec<Flag>,
    /// Why its webhook takes nothing now, while it waits.
    pub pause: Option<Pause>,
    /// Attempts, over all resends, with the one under way.
    pub attempt_count: u32,
    /// When the next attempt is due; none while one is under way and after the end.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Until when it is held back so that it can be taken back; none once it may go, and after the end.
    pub held_until: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// The last attempt that is in the log.
    pub last_attempt: Option<LastAttempt>,
    /// Numbers of the attempts after which the receiver may have it, although it did not accept.
    pub arrivals: Vec<u32>,
    /// The receiver may have got some of it, by any attempt.
    pub anything_sent: bool,
    /// Who cancelled it while on the wire, a member or whoever deleted its webhook: it ends after the
    /// attempt under way.
    pub stopping: Option<EndedBy>,
}

/// An export.
///
/// # Errors
/// [`StoreError`].
pub fn get(conn: &mut Conn, actor: &Actor, id: ExportId) -> Result<Option<Export>, StoreError> {
    let found = read_one(conn, actor, id)?;
    audit::looked(conn, actor, id, found.iter().map(|export| export.organisation_id))?;
    Ok(found)
}

/// The same, of which nobody is told.
pub(crate) fn read_one(
    conn: &mut Conn,
    actor: &Actor,
    id: ExportId,
) -> Result<Option<Export>, StoreError> {
    let statement = GetExport {
        organisation: filter_by(actor),
        own: actor.own(),
        id: id.into(),
        lifetime: PhantomData,
    };
    let rows: Vec<Row> = statement.load(conn)?;
    let mut found = row::exports(conn, rows)?;
    names::tell(conn, actor, &mut found)?;
    Ok(found.pop())
}

statement!(GetExports = "columns.sql" "of_ids.sql", (
    organisation: SqlUuid => Uuid,
    own: Nullable<Text> => Option<&'a str>,
    ids: Array<SqlUuid> => Vec<Uuid>,
) -> named Row);

/// Those of several exports of the actor's organisation that they may see, in no order.
pub(crate) fn several(
    conn: &mut Conn,
    actor: &Actor,
    ids: Vec<Uuid>,
) -> Result<Vec<Export>, StoreError> {
    let organisation = organisation_of(actor)?.into();
    let (own, lifetime) = (actor.own(), PhantomData);
    let rows: Vec<Row> = GetExports { organisation, own, ids, lifetime }.load(conn)?;
    row::exports(conn, rows)
}

/// The organisation of an export that the actor may see.
pub(crate) fn owner(
    conn: &mut Conn,
    actor: &Actor,
    id: ExportId,
) -> Result<Option<OrganisationId>, StoreError> {
    let mut query = exports::table
        .filter(exports::id.eq(Uuid::from(id)))
        .select(exports::organisation_id)
        .into_boxed();
    if let Some(organisation) = filter_by(actor) {
        query = query.filter(exports::organisation_id.eq(organisation));
    }
    if let Some(own) = actor.own() {
        query = query.filter(exports::requested_by_id.eq(own));
    }
    let owner: Option<Uuid> = query.first(conn).optional()?;
    Ok(owner.map(OrganisationId::from))
}

/// Webhook and end state of an export of the actor's organisation that they may see.
pub(super) fn seen(
    conn: &mut Conn,
    actor: &Actor,
    (organisation, export): Key,
) -> QueryResult<Option<(Uuid, Option<String>)>> {
    let mut query = exports::table
        .filter(exports::organisation_id.eq(organisation))
        .filter(exports::id.eq(export))
        .select((exports::webhook_id, exports::end_state))
        .into_boxed();
    if let Some(own) = actor.own() {
        query = query.filter(exports::requested_by_id.eq(own));
    }
    query.first(conn).optional()
}

statement!(GetExport = "columns.sql" "get.sql", (
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    own: Nullable<Text> => Option<&'a str>,
    id: SqlUuid => Uuid,
) -> named Row);

/// The frozen bytes of an export; none inside when they are no longer kept. Who reads them is told.
///
/// # Errors
/// [`StoreError`].
pub fn payload(
    conn: &mut Conn,
    actor: &Actor,
    id: ExportId,
) -> Result<Option<Option<Vec<u8>>>, StoreError> {
    let organisation = organisation_of(actor)?;
    let mut query = exports::table
        .left_join(
            export_payloads::table.on(export_payloads::organisation_id
                .eq(exports::organisation_id)
                .and(export_payloads::export_id.eq(exports::id))),
        )
        .filter(exports::organisation_id.eq(Uuid::from(organisation)))
        .filter(exports::id.eq(Uuid::from(id)))
        .select((
            export_payloads::body.nullable(),
            exports::payload_kept_until.le(now),
            // Somebody is about to be cut out of it.
            exists(
                erasure_cuts::table.filter(
                    erasure_cuts::organisation_id
                        .eq(exports::organisation_id)
                        .and(erasure_cuts::export_id.eq(exports::id)),
                ),
            ),
        ))
        .into_boxed();
    if let Some(own) = actor.own() {
        query = query.filter(exports::requested_by_id.eq(own));
    }
    let found: Option<(Option<Vec<u8>>, Option<bool>, bool)> = query.first(conn).optional()?;
    // Past its time it is gone, whether or not the sweep was there.
    let found = found.map(|(body, over, cut)| body.filter(|_| over != Some(true) && !cut));
    if let Some(Some(body)) = &found {
        let details = json!({ "payload_bytes": body.len() });
        audit::did(conn, actor, Action::ExportPayloadRead, id, details)?;
    }
    Ok(found)
}

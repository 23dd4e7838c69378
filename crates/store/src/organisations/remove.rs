//! Removing an organisation with all that it has: its webhooks first, then everything else in one
//! transaction. What breaks off goes on with the next call.

use diesel::prelude::*;
use domain::actor::Actor;
use domain::audit::Action;
use domain::id::{OrganisationId, WebhookId};
use serde_json::json;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::refusal::{Abort, refusing_transaction};
use crate::schema::{
    api_keys, applications, attempt_days, attempts, candidates, carry_overs, days_to_recount,
    erased_references, erasure_cuts, erasures, export_days, export_hours, export_jobs, exports,
    idempotency_keys, lanes, mails, member_days, members, news, notifications, organisations,
    payload_ends, reference_keys, requesters, url_marks, vacancies, webhook_reviews,
    webhook_secrets, webhooks,
};
use crate::{audit, queue, webhooks as hooks};

/// Why an organisation was not removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoveRefusal {
    /// There is none of that id.
    Unknown,
    /// It has another name than the one that was given to confirm.
    NameDiffers,
    /// This many exports are in progress: those on the wire are let finish. Call again.
    InProgress(i64),
}

/// Removes an organisation: deletes its webhooks, which cancels what waits and lets finish what is
/// on the wire, and then everything. What the audit was told stays, and one event more.
///
/// # Errors
/// [`StoreError`]; inside, [`RemoveRefusal`].
pub fn remove(
    conn: &mut Conn,
    actor: &Actor,
    id: OrganisationId,
    name: &str,
) -> Result<Result<(), RemoveRefusal>, StoreError> {
    let actor = &actor.within(id);
    match super::of(conn, actor)?.filter(|found| found.id == id) {
        None => return Ok(Err(RemoveRefusal::Unknown)),
        Some(found) if found.name != name => return Ok(Err(RemoveRefusal::NameDiffers)),
        Some(_) => {}
    }
    delete_webhooks(conn, actor, id)?;
    // A worker does the same, if one runs.
    while queue::end_of_deleted(conn)? > 0 {}
    let exports = in_progress(conn, id)?;
    if exports > 0 {
        return Ok(Err(RemoveRefusal::InProgress(exports)));
    }
    match delete_everything(conn, actor, id) {
        // A member was quicker with something new.
        Err(error) if error.constraint().is_some() => Ok(Err(RemoveRefusal::InProgress(1))),
        deleted => deleted,
    }
}

fn delete_webhooks(conn: &mut Conn, actor: &Actor, id: OrganisationId) -> Result<(), StoreError> {
    let live: Vec<Uuid> = webhooks::table
        .filter(webhooks::organisation_id.eq(Uuid::from(id)))
        .filter(webhooks::deleted_at.is_null())
        .select(webhooks::id)
        .load(conn)?;
    for webhook in live {
        // Somebody else may have deleted it just now.
        let _ = hooks::delete(conn, actor, WebhookId::from(webhook), true)?;
    }
    Ok(())
}

fn in_progress(conn: &mut Conn, id: OrganisationId) -> QueryResult<i64> {
    let jobs = export_jobs::table.filter(export_jobs::organisation_id.eq(Uuid::from(id)));
    jobs.count().get_result(conn)
}

/// What refers to others first. People and payloads of exports go with them.
fn delete_rows(conn: &mut Conn, id: OrganisationId) -> QueryResult<()> {
    macro_rules! delete_from {
        ($($table:ident),+) => {
            $(diesel::delete($table::table.filter($table::organisation_id.eq(Uuid::from(id))))
                .execute(conn)?;)+
        };
    }
    delete_from!(carry_overs, attempts, exports, payload_ends);
    delete_from!(mails, notifications, members, news);
    delete_from!(webhook_reviews, webhook_secrets, url_marks, lanes, webhooks);
    delete_from!(member_days, export_hours, requesters);
    delete_from!(applications, candidates, vacancies, idempotency_keys, api_keys);
    // After the exports, whose deletion asks for their days to be counted again.
    delete_from!(attempt_days, export_days, days_to_recount);
    delete_from!(erasure_cuts, erasures, erased_references, reference_keys);
    Ok(())
}

fn delete_everything(
    conn: &mut Conn,
    actor: &Actor,
    id: OrganisationId,
) -> Result<Result<(), RemoveRefusal>, StoreError> {
    refusing_transaction(conn, |conn| {
        delete_rows(conn, id)?;
        let gone = diesel::delete(organisations::table.find(Uuid::from(id))).execute(conn)?;
        if gone == 0 {
            return Err(Abort::Refused(RemoveRefusal::Unknown));
        }
        audit::did(conn, actor, Action::OrganisationRemoved, id, json!({}))?;
        Ok(())
    })
}

//! The second of the two moves that accept an export: the write, unless something has changed since the
//! first look. Exports that are asked for at the same time are written together ([`together`]).

mod order;
mod parts;
mod together;

use diesel::prelude::*;
use domain::export::ExportStatus;
use uuid::Uuid;

use super::freeze::Frozen;
use super::read::Export;
use super::row::Due;
use crate::db::Conn;
use crate::error::StoreError;
use crate::schema::webhooks;
pub(super) use order::Order;
use order::several;
pub use together::Together;
pub(super) use together::by_itself;

/// Writes an export, its people, its bytes, its job, what is remembered of the request and what is
/// told of it, and answers the export. None, and nothing written, when the webhook is gone or
/// disabled meanwhile, or another request was under way under the same key. Waits for whoever deletes the
/// webhook.
pub(super) fn alone(conn: &mut Conn, order: &Order) -> Result<Option<Export>, StoreError> {
    let Order { frozen, .. } = order;
    let due = conn.transaction(|conn| {
        let webhook = (Uuid::from(frozen.context.organisation.id), Uuid::from(frozen.target.id));
        let locked = webhooks::table.find(webhook).select(webhooks::id).for_key_share();
        locked.first::<Uuid>(conn).optional()?;
        if !parts::are_several(frozen) {
            return several(conn, &[order], None);
        }
        parts::add(conn, frozen)?;
        let due = several(conn, &[order], None)?;
        parts::drop(conn, frozen)?;
        Ok::<_, StoreError>(due)
    })?;
    Ok(due.first().and_then(Option::as_ref).map(|due| export(order, due)))
}

/// The export that was just written.
pub(super) fn export(order: &Order, due: &Due) -> Export {
    let Order { actor, frozen, .. } = order;
    let Frozen { context, target, .. } = frozen;
    let vacancy = order::vacancy(order);
    Export {
        organisation_name: None,
        organisation_id: context.organisation.id,
        id: context.export_id,
        kind: context.export_type,
        webhook_id: target.id,
        webhook_name: target.name.clone(),
        // One that is deleted takes no new export.
        webhook_deleted_at: None,
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

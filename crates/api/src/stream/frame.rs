//! What goes out over a live stream: ids, statuses and counts, never names or titles.

use actix_web::web::Bytes;
use domain::export::ExportStatus;
use domain::id::{ExportId, NotificationId, OrganisationId, WebhookId};
use domain::notification::NotificationKind;
use serde::Serialize;
use store::news::Since;
use store::queue::Standing;
use utoipa::ToSchema;

/// Says that the stream is alive; clients skip it.
pub(super) const HEARTBEAT: Bytes = Bytes::from_static(b":\n\n");

/// The same, with the id from which a client goes on: it counts without data (WHATWG HTML, 9.2.6).
pub(super) fn heartbeat(at: i64) -> Bytes {
    format!(":\nid: {at}\n\n").into()
}

/// The data of `event: status`: where an export stands now. It may come again without a change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportEvent {
    /// The export.
    pub export_id: ExportId,
    /// Its organisation.
    pub organisation_id: OrganisationId,
    /// Where it stands.
    pub status: ExportStatus,
    /// Attempts so far, that under way included.
    #[schema(example = 1)]
    pub attempt_count: u32,
}

/// The data of `event: notification`: you were told something. Read it in the list of notifications.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationEvent {
    /// The notification.
    pub id: NotificationId,
    /// What happened.
    pub kind: NotificationKind,
    /// The export that it is about; null where it is about a webhook.
    pub export_id: Option<ExportId>,
    /// The webhook that it is about, or that of the export.
    pub webhook_id: WebhookId,
}

/// The data of `event: begin`: from here on nothing is missed.
#[derive(Debug, Serialize, ToSchema)]
pub struct BeginEvent {
    /// More happened since `Last-Event-ID` than is told again: read the list of exports.
    pub missed: bool,
}

/// The data of `event: end`: the stream closes.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndEvent {
    /// Why.
    pub reason: EndReason,
}

/// Why a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The export has ended.
    Finished,
    /// The token has expired, or the key is no longer accepted: come again with another.
    Unauthenticated,
    /// The organisation is no longer known here.
    OrganisationUnknown,
    /// This process stops: come again at once, with `Last-Event-ID`.
    Stopping,
    /// More came than was read, and the present state cannot be asked just now: come again.
    Behind,
}

pub(crate) fn status(standing: &Standing, at: i64) -> Bytes {
    let event = ExportEvent {
        export_id: standing.export_id,
        organisation_id: standing.organisation_id,
        status: standing.status,
        attempt_count: standing.attempt_count,
    };
    frame("status", Some(at), &event)
}

/// Without an id: a stream that goes on tells of exports alone.
pub(crate) fn notification(told: &Since) -> Bytes {
    let Since { id, kind, export_id, webhook_id, .. } = *told;
    frame("notification", None, &NotificationEvent { id, kind, export_id, webhook_id })
}

pub(super) fn begin(at: i64, missed: bool) -> Bytes {
    frame("begin", Some(at), &BeginEvent { missed })
}

pub(super) fn end(reason: EndReason) -> Bytes {
    frame("end", None, &EndEvent { reason })
}

fn frame(event: &str, id: Option<i64>, data: &impl Serialize) -> Bytes {
    // Our own types: writing them as JSON does not fail, and takes one line.
    let data = serde_json::to_string(data).unwrap_or_default();
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    format!("{id}event: {event}\ndata: {data}\n\n").into()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_frame_tells_ids_status_and_count_alone() {
        let id = Uuid::from_u128(7);
        let standing = Standing {
            organisation_id: id.into(),
            export_id: id.into(),
            requested_by_id: "auth0|rosa".to_owned(),
            status: ExportStatus::Retrying,
            attempt_count: 2,
        };
        let told = status(&standing, 12);
        let expected = format!(
            "id: 12\nevent: status\ndata: {{\"export_id\":\"{id}\",\"organisation_id\":\"{id}\",\
             \"status\":\"retrying\",\"attempt_count\":2}}\n\n"
        );
        assert_eq!(told, expected);
        assert_eq!(heartbeat(12), ":\nid: 12\n\n");
        assert_eq!(end(EndReason::Finished), "event: end\ndata: {\"reason\":\"finished\"}\n\n");
    }
}

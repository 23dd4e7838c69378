//! Streams of server-sent events: text to a client, whose events carry data with schemas of their own,
//! which generators make types of.

use utoipa::ToSchema;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{AnyOfBuilder, Type};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema};

use crate::stream::frame::{BeginEvent, EndEvent, ExportEvent, NotificationEvent};

const MEDIA_TYPE: &str = "text/event-stream";

/// The stream that tells of notifications, too.
const OF_ALL: &str = "follow_exports";

/// Names the data of events, where an operation answers a stream.
pub(super) fn tell(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response
            && let Some(RefOr::T(content)) = response.content.get_mut(MEDIA_TYPE)
        {
            let mut names = vec![ExportEvent::name(), BeginEvent::name(), EndEvent::name()];
            if operation.operation_id.as_deref() == Some(OF_ALL) {
                names.push(NotificationEvent::name());
            }
            let text = ObjectBuilder::new().schema_type(Type::String);
            let either = names.into_iter().fold(AnyOfBuilder::new().item(text), |either, name| {
                either.item(Ref::from_schema_name(name.into_owned()))
            });
            let either =
                either.description(Some("The stream, and the data of its events, by name."));
            content.schema = Some(RefOr::T(Schema::AnyOf(either.build())));
        }
    }
}

//! Streams of server-sent events: their schema is that of each event's data, as generators of clients
//! take it; the stream itself is text.

use utoipa::ToSchema;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::OneOfBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};

use crate::stream::frame::{BeginEvent, EndEvent, ExportEvent};

const MEDIA_TYPE: &str = "text/event-stream";

/// Names the data of events, where an operation answers a stream.
pub(super) fn tell(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response
            && let Some(RefOr::T(content)) = response.content.get_mut(MEDIA_TYPE)
        {
            let names = [ExportEvent::name(), BeginEvent::name(), EndEvent::name()];
            let data = names.into_iter().fold(OneOfBuilder::new(), |data, name| {
                data.item(Ref::from_schema_name(name.into_owned()))
            });
            let data = data.description(Some("The data of an event, by its name."));
            content.schema = Some(RefOr::T(Schema::OneOf(data.build())));
        }
    }
}

//! The digest of what receivers get of an export, whatever export it is: neither its id nor its time nor
//! who asks counts, so that a preview and the export that follows it have the same.

use chrono::DateTime;
use sha2::{Digest, Sha256};

use super::build::envelope;
use super::record::PayloadContext;
use crate::id::ExportId;
use crate::requester::{Requester, RequesterType};

/// The id comes second, after a number.
const ID_WITHIN: usize = 128;

/// Adds a person, as in the payload of that export.
pub(super) fn add(digest: &mut Sha256, person: &[u8], export: ExportId) {
    let id = export.to_string();
    let start = person.get(..ID_WITHIN).unwrap_or(person);
    let at = start.windows(id.len()).position(|window| window == id.as_bytes());
    let (before, after) =
        at.map_or((person, &[][..]), |at| (&person[..at], &person[at + id.len()..]));
    digest.update(before);
    digest.update(after);
}

/// Adds what they all have in common.
pub(super) fn finish(digest: Sha256, context: &PayloadContext, people: usize) -> [u8; 32] {
    let nobody =
        Requester { kind: RequesterType::Member, id: String::new(), name: None, email: None };
    let context = PayloadContext {
        export_id: uuid::Uuid::nil().into(),
        requested_at: DateTime::UNIX_EPOCH,
        requester: nobody,
        ..context.clone()
    };
    let common = serde_json::to_vec(&envelope(&context, people))
        .expect("a payload has no map with keys that are not text, and memory takes it");
    digest.chain_update(common).finalize().into()
}

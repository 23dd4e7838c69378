//! What streams were told lately: a question looks back over what the one before it saw.

use std::collections::HashMap;

use domain::export::ExportStatus;
use domain::id::ExportId;
use store::queue::{COMMIT_LAG, Standing};
use tokio::time::Instant;

/// What streams of many exports were told.
#[derive(Default)]
pub(super) struct Told(HashMap<ExportId, Last>);

struct Last {
    status: ExportStatus,
    attempt_count: u32,
    seen: Instant,
}

impl Told {
    /// Whether this is new.
    pub(super) fn note(&mut self, standing: &Standing) -> bool {
        let (status, attempt_count) = (standing.status, standing.attempt_count);
        let last = Last { status, attempt_count, seen: Instant::now() };
        let before = self.0.insert(standing.export_id, last);
        before.is_none_or(|before| (before.status, before.attempt_count) != (status, attempt_count))
    }

    /// Forgets what no question sees any more; not what is on the wire.
    pub(super) fn forget(&mut self) {
        self.0.retain(|_, last| {
            last.status == ExportStatus::Delivering || last.seen.elapsed() < 3 * COMMIT_LAG
        });
    }

    /// Exports on the wire: an attempt that began long ago is found by its export.
    pub(super) fn under_way(&self) -> impl Iterator<Item = ExportId> + '_ {
        let under_way = self.0.iter().filter(|(_, last)| last.status == ExportStatus::Delivering);
        under_way.map(|(id, _)| *id)
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

//! What streams were told lately: a question looks back over what the one before it saw.

use std::collections::HashMap;

use domain::export::ExportStatus;
use domain::id::ExportId;
use store::queue::{Asked, COMMIT_LAG, Changes, Standing};
use tokio::time::Instant;

/// What streams of many exports were told.
#[derive(Default)]
pub(super) struct Told {
    last: HashMap<ExportId, Last>,
    sight: Sight,
}

/// What is known of exports that were on the wire before anybody listened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Sight {
    /// Nothing.
    #[default]
    None,
    /// Which are; some may have come back before that was asked.
    OnTheWire,
    /// All.
    Whole,
}

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
        let before = self.last.insert(standing.export_id, last);
        before.is_none_or(|before| (before.status, before.attempt_count) != (status, attempt_count))
    }

    /// Forgets what no question sees any more; not what is on the wire.
    pub(super) fn forget(&mut self) {
        self.last.retain(|_, last| {
            last.status == ExportStatus::Delivering || last.seen.elapsed() < 3 * COMMIT_LAG
        });
    }

    /// Exports on the wire: an attempt that began long ago is found by its export.
    pub(super) fn under_way(&self) -> impl Iterator<Item = ExportId> + '_ {
        let under_way =
            self.last.iter().filter(|(_, last)| last.status == ExportStatus::Delivering);
        under_way.map(|(id, _)| *id)
    }

    /// Whether it is not known what is on the wire.
    pub(super) fn is_new(&self) -> bool {
        self.sight == Sight::None
    }

    /// Whether tries may have failed that nobody saw under way.
    pub(super) fn is_unsure(&self) -> bool {
        self.sight == Sight::OnTheWire
    }

    /// Learns what is on the wire, which is no news, and what the question said of it.
    pub(super) fn learn(&mut self, asked: &Asked, changes: &Changes) {
        if asked.on_the_wire {
            self.sight = Sight::OnTheWire;
        } else if asked.long_tries {
            self.sight = Sight::Whole;
        }
        for (export, attempt_count) in &changes.on_the_wire {
            let (status, seen) = (ExportStatus::Delivering, Instant::now());
            let last = Last { status, attempt_count: *attempt_count, seen };
            self.last.entry(*export).or_insert(last);
        }
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

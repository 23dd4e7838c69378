//! Second applications of a person for a vacancy: one of them counts, and none stops an import.

use std::collections::HashMap;

use super::batch::{ApplicationItem, LINES};

/// Bytes of documents that are kept for a second look.
const BYTES: usize = 16 * 1024 * 1024;

/// Applications of a batch, by what becomes of them.
#[derive(Default)]
pub(super) struct Sorted {
    /// To be written.
    pub(super) kept: Vec<ApplicationItem>,
    /// Rows that go to one of those, by its reference.
    pub(super) taken: Vec<(uuid::Uuid, String)>,
    /// Those that another counts instead of.
    pub(super) lost: Vec<ApplicationItem>,
}

/// Lines that lost against what was stored then. Another line may have made that withdraw since,
/// so the best of each person and vacancy is looked at again when the import ends, as far as
/// memory goes: what is forgotten counts at the next import.
#[derive(Default)]
pub(super) struct PassedOver {
    items: HashMap<(String, String), ApplicationItem>,
    bytes: usize,
}

impl PassedOver {
    pub(super) fn keep(&mut self, lost: Vec<ApplicationItem>) {
        for item in lost {
            let pair = (item.candidate.clone(), item.vacancy.clone());
            let better = self.items.get(&pair).is_none_or(|kept| item.rank > kept.rank);
            if better && self.bytes + item.document.len() <= BYTES {
                self.bytes += item.document.len();
                let replaced = self.items.insert(pair, item);
                self.bytes -= replaced.map_or(0, |item| item.document.len());
            }
        }
    }

    /// In batches, each about nobody twice.
    pub(super) fn take(&mut self) -> Vec<Vec<ApplicationItem>> {
        let mut items: Vec<_> = std::mem::take(&mut self.items).into_values().collect();
        items.sort_by_key(|item| item.line);
        let mut batches = Vec::new();
        while !items.is_empty() {
            let rest = items.split_off(items.len().min(LINES));
            batches.push(std::mem::replace(&mut items, rest));
        }
        batches
    }
}

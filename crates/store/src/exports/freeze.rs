//! The bytes of an export: built person by person while they are read, and hashed.

use domain::export::ExportType;
use domain::payload::{ApplicationRecord, Freezer, PayloadContext, TooLarge};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::prepare::Target;

/// An export as it will go out, whatever happens to what it was made of.
pub(super) struct Frozen {
    pub(super) context: PayloadContext,
    pub(super) target: Target,
    /// How many people it carries.
    pub(super) candidate_count: usize,
    /// Applications and candidates, in their order; made-up ones are nobody.
    pub(super) people: Vec<(Uuid, Uuid)>,
    /// The bytes of every try, in parts.
    pub(super) parts: Vec<Vec<u8>>,
    /// Of all parts.
    pub(super) payload_bytes: usize,
    pub(super) sha256: [u8; 32],
    /// Seconds for which it is held back.
    pub(super) hold_s: u32,
}

/// An export whose people are still coming.
pub(super) struct Freezing {
    target: Target,
    freezer: Freezer,
    candidate_count: usize,
    real: bool,
    people: Vec<(Uuid, Uuid)>,
}

impl Freezing {
    /// Begins an export of so many people, of at most `limit` bytes.
    pub(super) fn new(
        context: PayloadContext,
        target: Target,
        candidate_count: usize,
        limit: usize,
    ) -> Self {
        let real = context.export_type == ExportType::Candidates;
        let freezer = Freezer::new(context, candidate_count, limit);
        Self { target, freezer, candidate_count, real, people: Vec::new() }
    }

    /// Adds the next person.
    pub(super) fn add(&mut self, record: &ApplicationRecord) {
        self.freezer.add(record);
        if self.real {
            self.people.push((record.id.into(), record.person.id.into()));
        }
    }

    /// The export, once everybody is in it.
    pub(super) fn finish(self) -> Result<Frozen, TooLarge> {
        let Self { target, freezer, candidate_count, people, .. } = self;
        let (context, parts) = freezer.finish()?;
        let payload_bytes = parts.iter().map(Vec::len).sum();
        let sha256 = parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part));
        let sha256 = sha256.finalize().into();
        Ok(Frozen {
            context,
            target,
            candidate_count,
            people,
            parts,
            payload_bytes,
            sha256,
            hold_s: 0,
        })
    }
}

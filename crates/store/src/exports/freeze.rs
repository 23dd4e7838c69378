//! The bytes of an export: built person by person while they are read, and hashed.

use domain::export::{ExportType, LeftOut};
use domain::payload::{ApplicationRecord, Bytes, Freezer, PayloadContext, TooLarge};
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
    /// Who was asked for and is not in it.
    pub(super) left_out: LeftOut,
    /// The bytes of every try, in parts.
    pub(super) parts: Vec<Vec<u8>>,
    /// Of all parts.
    pub(super) payload_bytes: usize,
    pub(super) sha256: [u8; 32],
    /// Seconds for which it is held back.
    pub(super) hold_s: u32,
    /// Digest of what the webhook gets and who is left out, where that was asked for.
    pub(super) selection: Option<[u8; 32]>,
    /// The first people, where no more of them is kept.
    pub(super) sample: Vec<Vec<u8>>,
}

/// An export whose people are still coming.
pub(super) struct Freezing {
    target: Target,
    freezer: Freezer,
    real: bool,
    people: Vec<(Uuid, Uuid)>,
}

impl Freezing {
    /// Begins an export of so many people (0 where that is not known yet), of at most `limit` bytes.
    pub(super) fn new(
        context: PayloadContext,
        target: Target,
        expected: usize,
        limit: usize,
    ) -> Self {
        let real = context.export_type == ExportType::Candidates;
        let freezer = Freezer::new(context, expected, limit);
        Self { target, freezer, real, people: Vec::new() }
    }

    /// The same, with the digest of what the webhook gets.
    pub(super) fn digesting(self) -> Self {
        Self { freezer: self.freezer.digesting(), ..self }
    }

    /// The same, which is only looked at: nothing is kept but the first people.
    pub(super) fn sampling(self, sample: usize) -> Self {
        Self { freezer: self.freezer.sampling(sample), real: false, ..self }
    }

    /// Adds the next person.
    pub(super) fn add(&mut self, record: &ApplicationRecord) {
        self.freezer.add(record);
        if self.real {
            self.people.push((record.id.into(), record.person.id.into()));
        }
    }

    /// The export, once everybody is in it.
    pub(super) fn finish(self, left_out: LeftOut, absent: [u8; 32]) -> Result<Frozen, TooLarge> {
        let Self { target, freezer, people, .. } = self;
        let Bytes { context, parts, people: candidate_count, bytes, content, sample } =
            freezer.finish()?;
        let sha256 = parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part));
        let selection = content.map(|content| selection(&target, (left_out, absent), &content));
        Ok(Frozen {
            context,
            target,
            candidate_count,
            people,
            left_out,
            parts,
            payload_bytes: bytes,
            sha256: sha256.finalize().into(),
            hold_s: 0,
            selection,
            sample,
        })
    }
}

/// What somebody saw before they confirm: where to, what, and who is not in it.
fn selection(
    target: &Target,
    (left_out, absent): (LeftOut, [u8; 32]),
    content: &[u8; 32],
) -> [u8; 32] {
    let LeftOut { withdrawn, restricted, erased } = left_out;
    let hash = Sha256::new()
        .chain_update(Uuid::from(target.id))
        .chain_update(content)
        .chain_update(absent);
    let counts = [withdrawn, restricted, erased].map(u32::to_be_bytes);
    counts.iter().fold(hash, |hash, count| hash.chain_update(count)).finalize().into()
}

//! The second of the three moves that accept an export: its bytes are built and hashed, without a
//! connection.

use domain::export::ExportType;
use domain::payload::{ApplicationRecord, PayloadContext, TooLarge, freeze};
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
    /// The bytes of every try.
    pub(super) body: Vec<u8>,
    pub(super) sha256: [u8; 32],
}

impl Frozen {
    /// Builds the payload, of at most `limit` bytes.
    pub(super) fn new(
        context: PayloadContext,
        target: Target,
        people: &[ApplicationRecord],
        limit: usize,
    ) -> Result<Self, TooLarge> {
        let body = freeze(&context, people, limit)?;
        let ids = |record: &ApplicationRecord| (record.id.into(), record.person.id.into());
        let real = context.export_type == ExportType::Candidates;
        Ok(Self {
            candidate_count: people.len(),
            people: people.iter().filter(|_| real).map(ids).collect(),
            sha256: Sha256::digest(&body).into(),
            context,
            target,
            body,
        })
    }
}

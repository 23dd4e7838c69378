//! A look at an export before it is asked for: what would go out, who cannot, and what to know before.
//! It changes nothing; that somebody looked is told the audit.

use domain::actor::Actor;
use domain::audit::Action;
use domain::export::LeftOut;
use serde_json::json;

use super::create::{CreateRefusal, NewExport};
use super::look::{Look, Purpose, in_one_view, see};
use super::noticed::Noticed;
use super::unexportable::Refused;
use crate::audit;
use crate::db::{Connect, persevere};
use crate::error::StoreError;

/// What an export would be, now.
pub struct Preview {
    /// The first people as they would go out, JSON each. Their export has the nil UUID for an id.
    pub sample: Vec<Vec<u8>>,
    /// How many would go.
    pub candidate_count: u32,
    /// Bytes of the payload. Ids and times have a fixed length: an export would have exactly as many.
    pub payload_bytes: u64,
    /// Who would be left out, if that was asked for.
    pub left_out: LeftOut,
    /// The first hundred who cannot go.
    pub cannot_go: Vec<Refused>,
    /// How many there are.
    pub cannot_go_total: usize,
    /// Whether it would be accepted.
    pub can_be_created: bool,
    /// Digest of what the webhook would get, and of who is left out; none of nobody.
    pub selection_digest: Option<[u8; 32]>,
    /// What was noticed.
    pub noticed: Noticed,
}

/// It has people: nothing of it is printed.
impl std::fmt::Debug for Preview {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Preview").finish_non_exhaustive()
    }
}

/// Looks at an export, with the first `sample` people.
///
/// # Errors
/// [`StoreError`]; inside, [`CreateRefusal`] for what leaves nothing to see.
pub fn preview(
    db: &mut impl Connect,
    actor: &Actor,
    new: &NewExport,
    sample: usize,
) -> Result<Result<Preview, CreateRefusal>, StoreError> {
    db.with(|conn| {
        persevere(conn, |conn| {
            in_one_view(conn, |conn| {
                let looked = match see(conn, actor, new, Purpose::Preview { sample })? {
                    Look::OrganisationUnknown | Look::Made(_) => {
                        return Ok(Err(CreateRefusal::OrganisationUnknown));
                    }
                    Look::Refused(refusal) => return Ok(Err(refusal)),
                    Look::Looked(looked) => looked,
                };
                let preview = Preview::of(*looked, new);
                let details = json!({
                    "webhook_id": new.webhook_id,
                    "candidates": preview.candidate_count,
                    "shown": preview.sample.len(),
                });
                audit::did(conn, actor, Action::ExportPreviewed, new.vacancy_id, details)?;
                Ok(Ok(preview))
            })
        })
    })?
}

impl Preview {
    fn of(looked: super::making::Looked, new: &NewExport) -> Self {
        let super::making::Looked { frozen, roll, noticed } = looked;
        let left_out = roll.left_out;
        let refused = roll.total > 0;
        let (cannot_go, cannot_go_total) = roll.all();
        let somebody = frozen.candidate_count > 0;
        let unchanged = new.selection_digest.is_none_or(|seen| frozen.selection == Some(seen));
        Self {
            candidate_count: noticed.facts.candidate_count,
            payload_bytes: noticed.facts.payload_bytes,
            left_out,
            cannot_go,
            cannot_go_total,
            can_be_created: somebody && !refused && unchanged && frozen.target.disabled.is_none(),
            selection_digest: frozen.selection.filter(|_| somebody),
            sample: frozen.sample,
            noticed,
        }
    }
}

//! What somebody listens to, and what of all that happens is theirs.

use domain::actor::{Actor, ActorKind};
use domain::id::{ExportId, OrganisationId};
use store::news::Since;
use store::queue::Standing;

/// What somebody listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// One export.
    Export(ExportId),
    /// All that somebody may see.
    All {
        /// Of this organisation alone.
        organisation: Option<OrganisationId>,
        /// Those that they asked for alone.
        own: Option<String>,
        /// The person who listens, if it is one of an organisation: they are told of their notifications.
        member: Option<String>,
    },
}

impl Subject {
    /// All that an actor may see.
    pub(crate) fn all_of(actor: &Actor) -> Self {
        let member = (actor.kind == ActorKind::Member).then(|| actor.id.clone());
        let own = actor.own().map(ToOwned::to_owned);
        Self::All { organisation: actor.organisation(), own, member }
    }

    pub(super) fn member(&self) -> Option<&str> {
        match self {
            Self::Export(_) => None,
            Self::All { member, .. } => member.as_deref(),
        }
    }

    /// Whether it is a notification of whoever listens.
    pub(super) fn is_told(&self, told: &Since) -> bool {
        match self {
            Self::Export(_) => false,
            Self::All { organisation, member, .. } => {
                *organisation == Some(told.organisation_id)
                    && member.as_deref() == Some(told.member_id.as_str())
            }
        }
    }

    pub(super) fn covers(&self, standing: &Standing) -> bool {
        match self {
            Self::Export(id) => *id == standing.export_id,
            Self::All { organisation, own, .. } => {
                organisation.is_none_or(|mine| mine == standing.organisation_id)
                    && own.as_ref().is_none_or(|own| *own == standing.requested_by_id)
            }
        }
    }
}

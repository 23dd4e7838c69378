//! Whose rows a statement is about, as it is bound.

use domain::actor::Actor;
use domain::id::OrganisationId;
use uuid::Uuid;

use crate::error::StoreError;

/// The organisation of an actor who changes or reads one organisation's rows.
///
/// # Errors
/// [`StoreError::NoOrganisation`] for those whose scope is everybody's.
pub(crate) fn organisation_of(actor: &Actor) -> Result<OrganisationId, StoreError> {
    actor.organisation().ok_or(StoreError::NoOrganisation)
}

/// The organisation that rows are filtered by; none where everybody's are seen.
pub(crate) fn filter_by(actor: &Actor) -> Option<Uuid> {
    actor.organisation().map(Uuid::from)
}

//! Organisations that were found lately: those of a thousand streams are asked for once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::id::OrganisationId;
use tokio::time::Instant;

/// How long one counts as there: a stream outlives its organisation by so much, and a heartbeat.
const LATELY: Duration = Duration::from_secs(5);

#[derive(Default)]
pub(super) struct Known(Mutex<HashMap<OrganisationId, Instant>>);

impl Known {
    pub(super) fn has(&self, organisation: OrganisationId) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&organisation).is_some_and(|found| found.elapsed() < LATELY)
    }

    pub(super) fn add(&self, organisation: OrganisationId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, found| found.elapsed() < LATELY);
        known.insert(organisation, Instant::now());
    }
}

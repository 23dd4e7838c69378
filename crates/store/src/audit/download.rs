//! A list that is downloaded as a whole. It is told once, before anything goes out, for whoever downloads:
//! the list tells of many people. Support's look is told to each organisation that is in it.

use std::collections::HashSet;

use domain::actor::{Actor, ActorKind};
use domain::audit::{Action, ObjectType};
use domain::id::OrganisationId;
use serde_json::json;

use super::{Event, write};
use crate::db::Conn;
use crate::error::StoreError;

/// Of so many organisations it is remembered that they were told; beyond that they are told again.
const REMEMBERED: usize = 10_000;

/// What was told of a download.
#[derive(Debug)]
pub struct Download {
    object: ObjectType,
    list: &'static str,
    filters: Vec<String>,
    told: HashSet<Option<OrganisationId>>,
}

impl Download {
    /// Of that list, filtered by these parameters, of which the names alone are told.
    pub fn new(object: ObjectType, list: &'static str, filters: Vec<String>) -> Self {
        Self { object, list, filters, told: HashSet::new() }
    }

    /// Tells of the next page, before it goes out, which shows something of these organisations.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn tell(
        &mut self,
        conn: &mut Conn,
        actor: &Actor,
        shown: impl Iterator<Item = Option<OrganisationId>>,
    ) -> Result<(), StoreError> {
        let mut owners: HashSet<_> = match actor.kind {
            ActorKind::Support => shown.filter(|owner| !self.told.contains(owner)).collect(),
            _ => HashSet::new(),
        };
        // Who looks and finds nothing has looked all the same.
        if self.told.is_empty() && (owners.is_empty() || actor.organisation().is_some()) {
            owners.insert(actor.organisation());
        }
        let details = json!({ "list": self.list, "filters": self.filters });
        let event = |organisation: &Option<OrganisationId>| Event {
            organisation: *organisation,
            action: Action::ListDownloaded,
            object: self.object.into(),
            details: details.clone(),
        };
        write(conn, actor, &owners.iter().map(event).collect::<Vec<_>>())?;
        if self.told.len() >= REMEMBERED {
            self.told.clear();
        }
        self.told.extend(owners);
        Ok(())
    }
}

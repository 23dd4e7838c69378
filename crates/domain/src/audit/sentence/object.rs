//! What something was done to, in words.

use uuid::Uuid;

use super::{Event, counted};

impl Event<'_> {
    /// The object of the event.
    pub(super) fn object(&self) -> String {
        match self.object_id {
            Some(id) => self.thing(self.object_type, id),
            None => format!("a {}", noun(self.object_type).0),
        }
    }

    /// Several things of the kind of its object.
    pub(super) fn several(&self, count: u64) -> String {
        let (one, several) = noun(self.object_type);
        counted(count, one, several)
    }

    /// The webhook that a member of the details names.
    pub(super) fn webhook(&self, member: &str) -> String {
        self.id(member).map_or_else(|| "a webhook".to_owned(), |id| self.thing("webhook", id))
    }

    /// The export that a member of the details names.
    pub(super) fn export(&self, member: &str) -> String {
        self.id(member).map_or_else(|| "another export".to_owned(), |id| self.thing("export", id))
    }

    /// By its name, or by its id where it has none that the reader knows.
    fn thing(&self, kind: &str, id: Uuid) -> String {
        let noun = noun(kind).0;
        match self.names.get(&id) {
            Some(name) => format!("the {noun} {name}"),
            None => format!("the {noun} {id}"),
        }
    }
}

/// What one and several of a kind are called.
fn noun(kind: &str) -> (&str, &str) {
    match kind {
        "organisation" => ("organisation", "organisations"),
        "webhook" => ("webhook", "webhooks"),
        "vacancy" => ("vacancy", "vacancies"),
        "application" => ("application", "applications"),
        "candidate" => ("candidate", "candidates"),
        "export" => ("export", "exports"),
        "api_key" => ("API key", "API keys"),
        "attempt" => ("attempt", "attempts"),
        "audit_event" => ("event of the audit", "events of the audit"),
        _ => ("thing", "things"),
    }
}

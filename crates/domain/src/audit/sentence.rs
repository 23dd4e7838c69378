//! An event of the audit as a sentence that a person reads. Made when it is read: what is stored are ids,
//! counts and words of closed sets.

mod action;
mod object;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::actor::ActorKind;

/// What a sentence is made of.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    /// Who did it.
    pub who: Who<'a>,
    /// What was done, as stored: a version that is newer than this one may have written it.
    pub action: &'a str,
    /// What kind of thing it was done to, as stored.
    pub object_type: &'a str,
    /// Its id; none where several are meant, or where the reader may not know it.
    pub object_id: Option<Uuid>,
    /// Ids, counts and words, as stored.
    pub details: &'a Map<String, Value>,
    /// Names of webhooks, keys and organisations, by their ids.
    pub names: &'a BTreeMap<Uuid, String>,
}

/// Who did it, as stored.
#[derive(Debug, Clone, Copy)]
pub struct Who<'a> {
    /// What kind of actor.
    pub kind: ActorKind,
    /// Subject, id of the key, or name of the process.
    pub id: &'a str,
    /// Name for people.
    pub name: Option<&'a str>,
    /// E-mail address.
    pub email: Option<&'a str>,
}

/// What happened, in one sentence.
pub fn sentence(event: &Event<'_>) -> String {
    let mut sentence = action::told(event);
    sentence.push('.');
    sentence
}

impl Who<'_> {
    /// As the subject of a sentence.
    fn subject(self) -> String {
        let called = [self.name, self.email].into_iter().flatten().find(|it| !it.trim().is_empty());
        match (self.kind, called) {
            (ActorKind::Member, Some(called)) => called.to_owned(),
            (ActorKind::Member, None) => format!("The member {}", self.id),
            (ActorKind::ApiKey, Some(name)) => format!("The API key {name}"),
            (ActorKind::ApiKey, None) => format!("The API key {}", self.id),
            (ActorKind::Support, Some(called)) => format!("{called} of the support desk"),
            (ActorKind::Support, None) => "The support desk".to_owned(),
            (ActorKind::System, _) if self.id == "worker" => "The service".to_owned(),
            (ActorKind::System, _) => "The operator".to_owned(),
        }
    }
}

impl Event<'_> {
    fn count(&self, name: &str) -> u64 {
        self.details.get(name).and_then(Value::as_u64).unwrap_or_default()
    }

    fn flag(&self, name: &str) -> bool {
        self.details.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    fn word(&self, name: &str) -> &str {
        self.details.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn id(&self, name: &str) -> Option<Uuid> {
        self.word(name).parse().ok()
    }
}

/// A count with its noun.
fn counted(count: u64, one: &str, several: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {several}") }
}

/// A further part of a sentence, where there is something to tell.
fn and_if(count: u64, part: impl FnOnce() -> String) -> String {
    if count > 0 { part() } else { String::new() }
}

//! What index the log is asked by. One organisation's log is found by it and what else is asked.
//! Across all organisations no index gives every order: there the same is asked for each key of
//! a short list, and the newest of the answers are taken.

use domain::actor::{Actor, Scope};
use domain::outcome::Outcome;

use super::AttemptFilter;

/// Who has the export, or, when the log outlives it, everybody in turn.
const OWNERS_OF_EXPORT: &str = "(
    SELECT organisation_id FROM exports WHERE id = $4
    UNION ALL
    SELECT id FROM organisations WHERE NOT EXISTS (SELECT FROM exports WHERE id = $4)
) key";
/// Who has the webhook; its row outlives it.
const OWNER_OF_WEBHOOK: &str = "(SELECT organisation_id FROM webhooks WHERE id = $5) key";
/// Nothing to go through: one look-up.
const NONE: &str = "(SELECT) one";
const ORGANISATIONS: &str = "(SELECT id AS organisation_id FROM organisations) key";
const OF_ORGANISATION: &str = "a.organisation_id = key.organisation_id";

/// Keys, as an item of FROM, and the condition of each.
#[derive(Debug)]
pub(super) struct Lookup {
    pub(super) keys: String,
    pub(super) key: String,
}

impl Lookup {
    pub(super) fn of(actor: &Actor, filter: &AttemptFilter) -> Self {
        let by = |keys: &str, key: &str| Self { keys: keys.to_owned(), key: key.to_owned() };
        let mut lookup = match (actor.scope, filter) {
            (Scope::Own(_) | Scope::Organisation(_), _) => by(NONE, "true"),
            (_, AttemptFilter { export_id: Some(_), .. }) => by(OWNERS_OF_EXPORT, OF_ORGANISATION),
            (_, AttemptFilter { webhook_id: Some(_), .. }) => by(OWNER_OF_WEBHOOK, OF_ORGANISATION),
            (_, AttemptFilter { requested_by: Some(_), .. }) => by(ORGANISATIONS, OF_ORGANISATION),
            (
                _,
                AttemptFilter { outcome: Some(_), .. }
                | AttemptFilter { host: Some(_), .. }
                | AttemptFilter { http_status: Some(_), .. },
            ) => by(NONE, "true"),
            _ => {
                let words = Outcome::ALL.iter().map(|outcome| format!("'{outcome}'"));
                let words = words.collect::<Vec<_>>().join(",");
                by(&format!("unnest(ARRAY[{words}]) key(outcome)"), "a.outcome = key.outcome")
            }
        };
        if let Some(status) = filter.http_status.filter(|_| filter.outcome.is_none()) {
            // An answer's status tells the outcome.
            let outcome = Outcome::of_status(status);
            lookup.key = format!("{} AND a.outcome = '{outcome}'", lookup.key);
        }
        lookup
    }
}

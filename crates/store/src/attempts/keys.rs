//! What index the log is asked by. One organisation's log is found by it and what else is asked.
//! Across all organisations no index gives every order: there the same is asked for each key of
//! a short list, and the newest of the answers are taken.

use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use domain::actor::{Actor, Scope};
use domain::outcome::Outcome;
use uuid::Uuid;

use super::AttemptFilter;
use crate::filter::Named;
use crate::statement::composed::Composed;

/// Who has the export, or, when the log outlives it, everybody in turn.
const OWNERS_OF_EXPORT: &str = "(
    SELECT organisation_id FROM exports WHERE id = $1
    UNION ALL
    SELECT id FROM organisations WHERE NOT EXISTS (SELECT FROM exports WHERE id = $1)
) key";
/// Who has the webhook; its row outlives it.
const OWNER_OF_WEBHOOK: &str = "(SELECT organisation_id FROM webhooks WHERE id = $1) key";
const ORGANISATIONS: &str = "(SELECT id AS organisation_id FROM organisations) key";
const OUTCOMES: &str = "unnest($1::text[]) key(outcome)";
const OF_ORGANISATION: &str = "a.organisation_id = key.organisation_id";

/// Keys, as an item of FROM that is named `key`, and the condition of each.
pub(super) struct Keys<'a> {
    pub(super) keys: Composed<'a>,
    pub(super) is_key: &'static str,
}

impl Keys<'_> {
    /// None where one look-up finds everything.
    pub(super) fn of(actor: &Actor, filter: &AttemptFilter, named: &Named) -> Option<Self> {
        if let Scope::Own(_) | Scope::Organisation(_) = actor.scope {
            return None;
        }
        let keys = Composed::default();
        let of_organisation = |keys| Some(Self { keys, is_key: OF_ORGANISATION });
        if let Some(export) = filter.export_id {
            return of_organisation(keys.with::<SqlUuid, _>(OWNERS_OF_EXPORT, Uuid::from(export)));
        }
        if let Some(webhook) = filter.webhook_id {
            return of_organisation(keys.with::<SqlUuid, _>(OWNER_OF_WEBHOOK, Uuid::from(webhook)));
        }
        if named.requesters.is_some() {
            return of_organisation(keys.sql(ORGANISATIONS));
        }
        let outcomes = match &filter.outcomes[..] {
            [_] => return None,
            [] if filter.http_status.is_some() => return None,
            [] => Outcome::ALL,
            several => several,
        };
        if named.hosts.is_some() {
            return None;
        }
        let words: Vec<_> = outcomes.iter().map(|outcome| outcome.as_str()).collect();
        let keys = keys.with::<Array<Text>, _>(OUTCOMES, words);
        Some(Self { keys, is_key: "a.outcome = key.outcome" })
    }
}

/// An answer's status tells the outcome.
pub(super) fn outcome_of_status(filter: &AttemptFilter) -> Option<&'static str> {
    let status = filter.http_status.filter(|_| filter.outcomes.is_empty())?;
    Some(Outcome::of_status(status).as_str())
}

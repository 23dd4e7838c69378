//! What a batch of results changed about webhooks, as far as people must know.

use std::collections::BTreeMap;

use domain::audit::Action;
use domain::export::DisabledReason;
use domain::id::WebhookId;
use serde_json::{Value, json};

use super::rows::{Lane, LaneKey};
use crate::audit::Event;

/// The events of all lanes of a batch.
pub(super) fn events(lanes: &BTreeMap<LaneKey, Lane>) -> Vec<Event> {
    lanes.iter().flat_map(|(key, lane)| of_lane(*key, lane)).collect()
}

/// Webhooks that this batch switched off, and why.
pub(super) fn disabled(lanes: &BTreeMap<LaneKey, Lane>) -> Vec<(WebhookId, DisabledReason)> {
    let reason = |(key, lane): (&LaneKey, &Lane)| Some((key.1, newly_disabled(lane)?));
    lanes.iter().filter_map(reason).collect()
}

fn of_lane((organisation, webhook): LaneKey, lane: &Lane) -> impl Iterator<Item = Event> {
    let event = move |(action, details): (Action, Value)| Event {
        organisation: Some(organisation),
        action,
        object: webhook.into(),
        details,
    };
    let failures = || json!({ "failures_in_a_row": lane.health.failures_in_a_row });
    let failing = match (lane.before.is_failing(), lane.health.is_failing()) {
        (false, true) => Some((Action::WebhookFailing, failures())),
        (true, false) => Some((Action::WebhookRecovered, json!({}))),
        _ => None,
    };
    let disabled = newly_disabled(lane)
        .map(|reason| (Action::WebhookDisabled, json!({ "reason": reason.as_str() })));
    failing.into_iter().chain(disabled).map(event)
}

fn newly_disabled(lane: &Lane) -> Option<DisabledReason> {
    let (_, reason) = lane.health.disabled.filter(|_| lane.before.disabled.is_none())?;
    Some(reason)
}

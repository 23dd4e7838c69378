//! I9: nothing is claimed after a cancellation or deletion was confirmed. I10: no row mixes two
//! organisations.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Findings;
use crate::evidence::Evidence;

pub(super) fn nothing_after_a_stop(evidence: &Evidence) -> Findings {
    let cancelled: HashMap<Uuid, DateTime<Utc>> = evidence.told.cancelled.iter().copied().collect();
    let deleted: HashMap<Uuid, DateTime<Utc>> = evidence.told.deleted.iter().copied().collect();
    let after = |stopped: Option<&DateTime<Utc>>, started: DateTime<Utc>| {
        stopped.is_some_and(|stopped| started > *stopped)
    };
    let logged = evidence.snapshot.attempts.iter();
    let logged = logged.map(|row| (row.id, row.export_id, row.webhook_id, row.started_at));
    let leased = evidence.snapshot.queue.jobs.iter();
    let leased = leased
        .filter_map(|job| Some((job.attempt_id?, job.export_id, job.webhook_id, job.started_at?)));
    logged
        .chain(leased)
        .filter(|(_, export, webhook, started)| {
            after(cancelled.get(export), *started) || after(deleted.get(webhook), *started)
        })
        .map(|(attempt, export, ..)| {
            format!("claimed after its stop: attempt {attempt} of {export}")
        })
        .collect()
}

pub(super) fn tenants_apart(evidence: &Evidence) -> Findings {
    let cross_tenant = evidence.snapshot.cross_tenant.iter();
    let mut found: Findings =
        cross_tenant.map(|row| format!("refers to another organisation's: {row}")).collect();
    let exports = evidence.snapshot.exports.iter();
    let webhooks: HashMap<Uuid, Uuid> =
        exports.map(|export| (export.id, export.webhook_id)).collect();
    let astray = evidence
        .seen
        .iter()
        .filter(|seen| webhooks.get(&seen.export).is_some_and(|webhook| *webhook != seen.webhook));
    found.extend(astray.map(|seen| {
        format!("export {} went to webhook {}, which is not its own", seen.export, seen.webhook)
    }));
    found
}

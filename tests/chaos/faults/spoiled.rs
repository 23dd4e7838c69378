//! No fault of the product: the tables of a sound round are spoiled by hand, once for each
//! invariant, to show that what is read from them is judged.

use std::time::Duration;

use chrono::DateTime;

use super::Context;
use crate::invariants::broken;
use crate::load::Amount;
use crate::report::{Outcome, Summary};
use crate::stage::{Plan, Stage};

/// An export that was delivered at once.
const ONE: &str =
    "(SELECT id FROM exports WHERE end_state = 'delivered' AND attempt_count = 1 LIMIT 1)";

/// What breaks each invariant; each comes on top of those before.
const WAYS: [(usize, &str); 11] = [
    (
        11,
        "UPDATE lanes SET in_flight = in_flight + 1 WHERE webhook_id = (SELECT webhook_id FROM lanes LIMIT 1)",
    ),
    (
        7,
        "INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, payload_bytes,
             attempt_number, attempt_id, started_at, lease_until, worker)
         SELECT organisation_id, id, webhook_id, now(), 1, 1, uuid_v7(), now(),
             now() - interval '1 hour', '1-gone'
         FROM exports WHERE id = $one",
    ),
    (1, "UPDATE exports SET end_state = NULL, ended_by = NULL, finished_at = NULL WHERE id = $one"),
    (5, "UPDATE exports SET payload_sha256 = '\\x00' WHERE id = $one"),
    (8, "UPDATE attempts SET duration_ms = duration_ms + 1 WHERE export_id = $one"),
    (6, "UPDATE attempts SET attempt_number = 7 WHERE export_id = $one"),
    (2, "UPDATE attempts SET id = uuid_v7() WHERE export_id = $one"),
    (3, "DELETE FROM attempts WHERE id = (SELECT min(id::text)::uuid FROM attempts)"),
    (
        4,
        "UPDATE attempts SET outcome = 'delivered', http_status = 200
         WHERE id = (SELECT id FROM attempts a WHERE outcome = 'http_5xx' AND EXISTS (
             SELECT FROM attempts later WHERE later.export_id = a.export_id
                AND later.attempt_number > a.attempt_number) LIMIT 1)",
    ),
    (
        9,
        "UPDATE attempts SET started_at = now() + interval '1 hour'
         WHERE export_id IN (SELECT id FROM exports WHERE end_state = 'cancelled')
            OR webhook_id IN (SELECT id FROM webhooks WHERE deleted_at IS NOT NULL)",
    ),
    (
        10,
        "UPDATE attempts SET organisation_id = (
             SELECT id FROM organisations WHERE id <> attempts.organisation_id LIMIT 1)
          WHERE id = (SELECT id FROM attempts LIMIT 1)",
    ),
];

pub(super) async fn tables(context: Context) -> Outcome {
    let plan = Plan { workers: 1, webhooks: 8, ..Plan::of(&context.binary) };
    let mut stage = Stage::set(&context.ground, plan).await;
    let amount = Amount { exports: 120, parallel: 8, pause: Duration::ZERO };
    stage.load(amount).finish().await;
    stage.delete_one_webhook().await;
    stage.watch.leave_the_rest();
    let mut failures = stage.run_dry().await;
    stage.workers[0].kill().await;
    let mut evidence = stage.evidence().await;
    evidence.history.absorb(&evidence.snapshot);
    let history = evidence.history.clone();
    let sound = broken(&evidence);
    let mut before = sound.clone();
    for (invariant, sql) in WAYS {
        stage.sql(&sql.replace("$one", ONE));
        let mut spoiled = stage.evidence().await;
        spoiled.history = history.clone();
        // A quick round is younger than the leases that it is to find too old.
        spoiled.rules.live_since = DateTime::UNIX_EPOCH;
        let after = broken(&spoiled);
        let new = after.iter().any(|found| found.invariant == invariant && !before.contains(found));
        if !new {
            failures.push(format!("I{invariant} did not notice: {sql}"));
        }
        before = after;
    }
    let (_, _, looks) = stage.watch.seen();
    let summary = Summary::new(WAYS.len(), &evidence, sound, failures, looks, stage.took());
    Outcome::Judged(Box::new(summary))
}

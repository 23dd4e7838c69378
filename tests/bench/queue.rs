//! Exports that are queued straight in the database, and where they stand.

use std::ops::Range;

use crate::postgres::Database;
use crate::tenants::{among, hex};

/// A payload of one candidate: about 2 KB.
pub fn payload() -> Vec<u8> {
    include_bytes!("payload.json").to_vec()
}

/// Queues exports with this payload, due now, `each` for every webhook of these numbers, in turn.
pub fn add(database: &Database, webhooks: &Range<u32>, each: u32, payload: &[u8]) {
    let whose = among("w.id", webhooks);
    let (body, bytes) = (hex(payload), payload.len());
    database.sql(&format!(
        "CREATE TEMPORARY TABLE added AS
         SELECT w.organisation_id, uuid_v7() AS id, w.id AS webhook_id, w.name, w.host, n
         FROM generate_series(1, {each}) n, webhooks w WHERE {whose};
         INSERT INTO exports (organisation_id, id, type, webhook_id, webhook_name, host, requested_by_type, requested_by_id,
             requested_by_name, requested_by_email, candidate_count, payload_bytes, payload_sha256)
         SELECT organisation_id, id, 'candidates', webhook_id, name, host, 'member', 'ada', 'Ada', 'ada@example.com',
             1, {bytes}, sha256('{body}')
         FROM added ORDER BY n, webhook_id;
         INSERT INTO export_applications SELECT organisation_id, id, 1, id, id, webhook_id FROM added;
         INSERT INTO export_payloads SELECT organisation_id, id, '{body}' FROM added;
         INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, payload_bytes)
         SELECT organisation_id, id, webhook_id, now(), {bytes} FROM added;
         UPDATE lanes SET next_run_at = now() WHERE {lanes} AND next_run_at > now()",
        lanes = among("webhook_id", webhooks),
    ));
}

/// Waits, inside Postgres, until no export of these webhooks has work to do. Whether that came
/// within `limit_s`.
pub fn drained(database: &Database, webhooks: &Range<u32>, limit_s: u32) -> bool {
    let whose = among("webhook_id", webhooks);
    let looks = limit_s * 20;
    database.sql(&format!(
        "DO $$ BEGIN
            FOR look IN 1..{looks} LOOP
                EXIT WHEN NOT EXISTS (SELECT FROM export_jobs WHERE {whose});
                PERFORM pg_sleep(0.05);
                COMMIT;
            END LOOP;
        END $$"
    ));
    waiting(database, webhooks) == 0
}

/// Exports of these webhooks that have work to do.
pub fn waiting(database: &Database, webhooks: &Range<u32>) -> u64 {
    let whose = among("webhook_id", webhooks);
    database.number(&format!("SELECT count(*) FROM export_jobs WHERE {whose}")) as u64
}

/// Exports of these webhooks that were delivered.
pub fn delivered(database: &Database, webhooks: &Range<u32>) -> u64 {
    let whose = among("webhook_id", webhooks);
    let delivered =
        format!("SELECT count(*) FROM exports WHERE end_state = 'delivered' AND {whose}");
    database.number(&delivered) as u64
}

/// Seconds from the first claim of an export of these webhooks to the last recorded end, by the
/// database's clock.
pub fn span_seconds(database: &Database, webhooks: &Range<u32>) -> f64 {
    let whose = among("webhook_id", webhooks);
    database.number(&format!(
        "SELECT extract(epoch FROM (SELECT max(finished_at) FROM exports WHERE {whose})
                                 - (SELECT min(started_at) FROM attempts WHERE {whose}))"
    ))
}

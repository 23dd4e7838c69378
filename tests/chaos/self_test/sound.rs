//! Evidence of a round in which all went well: one export that was delivered at its second try,
//! one that was lost and came late, one that was cancelled, one under way.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use store::invariants::{AttemptRow, ExportRow, JobRow, LaneRow, Queue, Snapshot};
use uuid::Uuid;

use crate::evidence::{Evidence, History, Rules, Seen, Told};

/// The organisation of all rows.
pub const ORGANISATION: Uuid = Uuid::from_u128(1);
/// Its webhook.
pub const WEBHOOK: Uuid = Uuid::from_u128(2);
/// Tried twice, then delivered.
pub const RETRIED: Uuid = Uuid::from_u128(10);
/// Lost with its worker, whose success came late, then delivered.
pub const LOST: Uuid = Uuid::from_u128(20);
/// Cancelled after its first try.
pub const CANCELLED: Uuid = Uuid::from_u128(30);
/// On the wire.
pub const UNDER_WAY: Uuid = Uuid::from_u128(40);

/// The id of the n-th attempt of an export.
pub fn attempt_id(export: Uuid, number: u128) -> Uuid {
    Uuid::from_u128(export.as_u128() * 100 + number)
}

/// Seconds after the round began.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("an instant") + TimeDelta::seconds(seconds)
}

/// The whole evidence.
pub fn evidence() -> Evidence {
    let attempts = vec![
        attempt(RETRIED, 1, "http_5xx", Some(500)),
        attempt(RETRIED, 2, "delivered", Some(200)),
        AttemptRow {
            late_outcome: Some("delivered".to_owned()),
            late_http_status: Some(200),
            ..attempt(LOST, 1, "worker_lost", None)
        },
        attempt(LOST, 2, "delivered", Some(200)),
        attempt(CANCELLED, 1, "http_5xx", Some(500)),
    ];
    let exports = vec![
        export(RETRIED, Some(("delivered", "delivered", 2))),
        export(LOST, Some(("delivered", "delivered", 2))),
        export(CANCELLED, Some(("cancelled", "http_5xx", 1))),
        export(UNDER_WAY, None),
    ];
    let seen = attempts.iter().map(|row| {
        let answer = row.http_status.or(row.late_http_status).map(|status| status as u16);
        seen(row.export_id, row.id, row.started_at, answer)
    });
    let mut seen: Vec<Seen> = seen.collect();
    seen.push(self::seen(UNDER_WAY, attempt_id(UNDER_WAY, 1), at(20), None));
    let lane = LaneRow { organisation_id: ORGANISATION, webhook_id: WEBHOOK, in_flight: 1 };
    let queue = Queue { now: at(20), jobs: vec![job()], lanes: vec![lane] };
    let snapshot = Snapshot { queue, exports, attempts, cross_tenant: Vec::new() };
    let mut history = History::default();
    history.absorb(&snapshot);
    let schedule = [0, 5, 5, 5].map(Duration::from_secs).to_vec();
    let ambiguous_delay = Duration::from_mins(5);
    let rules = Rules { schedule, ambiguous_delay, live_since: at(0), quiet: false };
    Evidence { snapshot, seen, told: told(), history, hurried: HashSet::new(), rules }
}

fn told() -> Told {
    let exports = [RETRIED, LOST, CANCELLED, UNDER_WAY];
    let accepted: HashMap<_, _> = exports.map(|export| (export.to_string(), vec![export])).into();
    Told { accepted, cancelled: vec![(CANCELLED, at(3))], ..Told::default() }
}

fn job() -> JobRow {
    JobRow {
        organisation_id: ORGANISATION,
        export_id: UNDER_WAY,
        webhook_id: WEBHOOK,
        run_at: at(20),
        attempt_number: 1,
        attempt_id: Some(attempt_id(UNDER_WAY, 1)),
        started_at: Some(at(20)),
        lease_until: Some(at(50)),
        worker: Some("1-aa".to_owned()),
    }
}

fn export(id: Uuid, end: Option<(&str, &str, i32)>) -> ExportRow {
    ExportRow {
        organisation_id: ORGANISATION,
        id,
        webhook_id: WEBHOOK,
        end_state: end.map(|(state, ..)| state.to_owned()),
        outcome: end.map(|(_, outcome, _)| outcome.to_owned()),
        ambiguous: false,
        attempt_count: end.map_or(0, |(_, _, attempts)| attempts),
        payload_sha256: id.as_bytes().to_vec(),
        finished_at: end.map(|_| at(10)),
    }
}

fn attempt(export: Uuid, number: i32, outcome: &str, status: Option<i16>) -> AttemptRow {
    let started_at = at(i64::from(number - 1) * 10);
    AttemptRow {
        organisation_id: ORGANISATION,
        id: attempt_id(export, number as u128),
        export_id: export,
        webhook_id: WEBHOOK,
        attempt_number: number,
        outcome: outcome.to_owned(),
        ambiguous: false,
        http_status: status,
        started_at,
        duration_ms: 1_000,
        next_attempt_at: (outcome != "delivered").then(|| started_at + TimeDelta::seconds(6)),
        late_outcome: None,
        late_http_status: None,
        fingerprint: i64::from(number),
    }
}

fn seen(export: Uuid, attempt: Uuid, started_at: DateTime<Utc>, answer: Option<u16>) -> Seen {
    let (body, timestamp) = (export.as_bytes().to_vec(), started_at.timestamp());
    let arrived = started_at + TimeDelta::milliseconds(5);
    Seen { webhook: WEBHOOK, export, attempt, body, signed: true, timestamp, arrived, answer }
}

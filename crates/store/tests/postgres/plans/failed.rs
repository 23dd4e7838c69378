//! What failed is found without reading what was delivered, however much that is.

use chrono::{TimeDelta, Utc};
use domain::actor::Actor;
use domain::id::WebhookId;
use store::webhooks::{CarryOver, ResendFailed, resend_failed, would_replace};

use super::rows_read;
use crate::database::World;
use crate::replace::replacement;
use crate::sending::webhook;

const TABLES: &[&str] = &["exports", "export_ends", "export_jobs", "carry_overs"];
/// A few rows of each table for each that failed.
const FEW: i64 = 100;

/// A webhook with 6,000 exports, of which four failed.
fn delivered_to(world: &mut World, actor: &Actor) -> WebhookId {
    let hook = webhook(&mut world.conn, actor, 1);
    let organisation = actor.organisation().expect("of a member");
    world.sql(&format!(
        "INSERT INTO exports (organisation_id, id, type, webhook_id, webhook_name, host, requested_by_type,
             requested_by_id, requested_by_name, requested_by_email, requested_at, candidate_count, payload_bytes,
             payload_sha256, end_state, ended_by, outcome, finished_at, attempt_count, payload_kept_until)
         SELECT '{organisation}', uuid_v7(at), 'candidates', '{hook}', 'hook', 'hooks.example.com', 'member', 'rosa', 'R',
             'rosa@example.com', at, 1, 1, '\\x00', state, 'receiver',
             CASE state WHEN 'failed' THEN 'http_5xx' ELSE state END, at, 1, now() + interval '1 day'
           FROM generate_series(1, 6000) n
          CROSS JOIN LATERAL (SELECT now() - interval '1 day' + n * interval '1 second' AS at,
                CASE WHEN n % 1500 = 7 THEN 'failed' ELSE 'delivered' END AS state) made"
    ));
    hook
}

#[test]
fn what_failed_is_found_among_what_was_delivered() {
    for statistics in [false, true] {
        let mut world = World::new();
        for table in ["exports", "export_ends"] {
            world.sql(&format!("ALTER TABLE {table} SET (autovacuum_enabled = false)"));
        }
        let (admin, stranger) = (world.admin.clone(), world.stranger.clone());
        let ours = delivered_to(&mut world, &admin);
        if statistics {
            world.sql("ANALYZE");
        }
        let theirs = delivered_to(&mut world, &stranger);
        for (actor, hook) in [(admin, ours), (stranger, theirs)] {
            let since = Utc::now() - TimeDelta::days(2);
            for asked in [CarryOver::Failed(None), CarryOver::All(Some(since))] {
                let new = replacement(&mut world.conn, 2, asked);
                let read = rows_read(&world, TABLES, |conn| {
                    let counts = would_replace(conn, &actor, hook, &new).expect("Postgres");
                    assert_eq!(counts.map(|counts| counts.failed), Ok(4));
                });
                assert!(read < FEW, "{read} rows: {asked:?}, statistics: {statistics}");
            }
            let asked = ResendFailed { since, to: None, dry_run: true };
            let read = rows_read(&world, TABLES, |conn| {
                let counts = resend_failed(conn, &actor, hook, &asked, None).expect("Postgres");
                counts.expect("live");
            });
            assert!(read < FEW, "{read} rows, statistics: {statistics}");
        }
    }
}

//! The audit of an organisation about which much was told, most of it the same: each page reads about as
//! many rows as it shows, also where nothing is found.

use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::actor::Actor;
use domain::audit::Action;
use store::audit::{AuditFilter, page};
use uuid::Uuid;

use super::rows_read;
use crate::database::World;

/// What a page shows at most.
const LIMIT: usize = 10;
/// What it may read, with what is counted to find the shorter way.
const FEW: i64 = 3_000;

/// 20,000 exports that one person asked for; before them five deletions by another, and between them few
/// previews of the first.
fn much(world: &mut World, actor: &Actor) {
    let organisation = actor.organisation().expect("of a member");
    world.sql(&format!(
        "INSERT INTO audit_events (organisation_id, actor_type, actor_id, actor_role, action, object_type, object_id, details)
         SELECT '{organisation}', 'member', CASE WHEN n <= 5 THEN 'ben' ELSE 'rosa' END, 'recruiter',
             CASE WHEN n <= 5 THEN 'webhook.deleted' WHEN n % 4000 = 0 THEN 'export.previewed' ELSE 'export.requested' END,
             'export', ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, '{{}}'
           FROM generate_series(1, 20000) n ORDER BY n"
    ));
}

#[derive(QueryableByName)]
struct Month {
    #[diesel(sql_type = Text)]
    name: String,
}

fn months(world: &mut World) -> Vec<String> {
    let query = "SELECT relname::text AS name FROM pg_class
                 WHERE relkind = 'r' AND relname LIKE 'audit\\_events\\_%'";
    let months: Vec<Month> = diesel::sql_query(query).load(&mut world.conn).expect("months");
    months.into_iter().map(|month| month.name).collect()
}

fn filters() -> Vec<AuditFilter> {
    let all = AuditFilter::default;
    let of = |action| AuditFilter { actions: vec![action], ..all() };
    let by = |actor: &str| AuditFilter { actor: Some(actor.to_owned()), ..all() };
    vec![
        all(),
        of(Action::ExportRequested),
        of(Action::WebhookDeleted),
        of(Action::WebhookTested),
        AuditFilter { actions: Action::ALL.to_vec(), ..all() },
        by("ben"),
        by("rosa"),
        by("nobody"),
        AuditFilter { actions: vec![Action::WebhookDeleted], ..by("ben") },
        AuditFilter { actions: vec![Action::ExportPreviewed], ..by("rosa") },
        AuditFilter { actions: vec![Action::WebhookDeleted], ..by("rosa") },
        AuditFilter { object: Some(Uuid::from_u128(7)), ..all() },
        AuditFilter { object: Some(Uuid::from_u128(1 << 100)), ..all() },
    ]
}

#[test]
fn a_page_of_the_audit_reads_a_page() {
    let mut world = World::new();
    let (admin, stranger, support) =
        (world.admin.clone(), world.stranger.clone(), world.support.clone());
    let months = months(&mut world);
    let months: Vec<_> = months.iter().map(String::as_str).collect();
    much(&mut world, &admin);
    for known in [false, true] {
        if known {
            world.sql("ANALYZE");
            // One that is newer than the statistics.
            much(&mut world, &stranger);
        }
        for actor in [&admin, &stranger, &support] {
            for filter in filters() {
                let read = rows_read(&world, &months, |conn| {
                    page(conn, actor, &filter, None, LIMIT)
                        .expect("Postgres")
                        .map(drop)
                        .unwrap_or_default();
                });
                assert!(read < FEW, "{read} rows: {known} {:?} {filter:?}", actor.scope);
            }
        }
    }
}

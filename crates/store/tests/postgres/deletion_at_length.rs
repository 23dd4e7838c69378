//! Deleting a webhook for which much waits: gone at once, and ended bit by bit.

use diesel::prelude::*;
use domain::export::{EndedBy, ExportStatus};
use domain::id::{ExportId, WebhookId};
use store::exports::{self, CancelRefusal, Export, ExportFilter, ResendRefusal};
use store::maintenance::{self, PayloadRetention};
use store::webhooks::{Deleted, delete};
use store::{organisations, queue};

use crate::actors::operator;
use crate::database::World;
use crate::people::count;
use crate::sending::{answer, lease, test_export, webhook};

/// More than one transaction ends.
const WAITING: usize = 1_200;

/// A webhook with so many exports that wait, one of them known by its id.
fn crowded(world: &mut World) -> (WebhookId, ExportId) {
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let export = test_export(&mut world.conn, &world.rosa, webhook);
    world.sql(&format!(
        "WITH made AS (
             INSERT INTO exports (organisation_id, id, type, webhook_id, webhook_name, host,
                 requested_by_type, requested_by_id, requested_by_name, requested_by_email,
                 candidate_count, payload_bytes, payload_sha256)
             SELECT organisation_id, uuid_v7(), 'candidates', webhook_id, webhook_name, host,
                 requested_by_type, requested_by_id, requested_by_name, requested_by_email,
                 1, 2, payload_sha256
             FROM exports, generate_series(2, {WAITING}) RETURNING *)
         INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, payload_bytes)
         SELECT organisation_id, id, webhook_id, now() - interval '1 hour', payload_bytes FROM made"
    ));
    // The known one comes last.
    world.sql(&format!(
        "UPDATE export_jobs SET run_at = now() + interval '1 hour' WHERE export_id = '{export}'"
    ));
    (webhook, export)
}

fn read(world: &mut World, export: ExportId) -> Export {
    exports::get(&mut world.conn, &world.admin, export).expect("Postgres").expect("there")
}

fn listed(world: &mut World, status: ExportStatus) -> usize {
    let filter = ExportFilter { statuses: vec![status], ..ExportFilter::default() };
    let page = exports::list(&mut world.conn, &world.admin, &filter, None, 2 * WAITING);
    page.expect("Postgres").expect("known").items.len()
}

/// Whether somebody else could lock the lane at once.
fn lane_is_free(world: &World) -> bool {
    let lock = diesel::sql_query("SELECT 1 FROM lanes FOR UPDATE NOWAIT");
    lock.execute(&mut world.connect()).is_ok()
}

#[test]
fn it_is_gone_at_once_and_what_waited_reads_so_before_it_is_written() {
    let mut world = World::new();
    let (webhook, export) = crowded(&mut world);
    let waiting = u64::try_from(WAITING).expect("small");
    let deleted = delete(&mut world.conn, &world.admin, webhook, true).expect("Postgres");
    assert_eq!(deleted, Ok(Deleted { cancelled: waiting, written: 500, still_sending: 0 }));
    assert_eq!(count(&mut world.conn, "export_jobs"), 700, "one batch at most in its transaction");
    assert_eq!(count(&mut world.conn, "webhooks WHERE url_sealed IS NOT NULL"), 0);
    assert_eq!(count(&mut world.conn, "webhook_secrets"), 0);
    let before = read(&mut world, export);
    assert_eq!(before.status, ExportStatus::Cancelled);
    assert_eq!(before.ended_by, Some(EndedBy::WebhookDeleted));
    assert_eq!(before.next_attempt_at, None);
    assert!(before.payload_kept_until > before.finished_at);
    assert_eq!(listed(&mut world, ExportStatus::Queued), 0);
    assert_eq!(listed(&mut world, ExportStatus::Cancelled), WAITING);
    let cancelled = exports::cancel(&mut world.conn, &world.admin, export).expect("Postgres");
    assert_eq!(cancelled, Err(CancelRefusal::AlreadyEnded(ExportStatus::Cancelled)));
    let resent = exports::resend(&mut world.conn, &world.admin, export, None).expect("Postgres");
    assert_eq!(resent, Err(ResendRefusal::WebhookDeleted));
    while queue::end_of_deleted(&mut world.conn).expect("Postgres") > 0 {
        assert!(lane_is_free(&world));
    }
    assert_eq!(read(&mut world, export), before, "the sweep only writes what was told");
    assert_eq!(listed(&mut world, ExportStatus::Cancelled), WAITING);
    maintenance::destroy_sealed(&mut world.conn).expect("Postgres");
    assert_eq!(count(&mut world.conn, "lanes"), 0);
}

/// Invariant I9.
#[test]
fn nothing_of_it_is_claimed_whatever_wakes_the_lane() {
    let mut world = World::new();
    let (webhook, export) = crowded(&mut world);
    let jobs = lease(&mut world.conn, 1);
    let deleted = delete(&mut world.conn, &world.admin, webhook, true).expect("Postgres");
    assert_eq!(deleted.map(|deleted| deleted.still_sending), Ok(1));
    queue::notify(&mut world.conn, &[(world.northwind, webhook)]).expect("Postgres");
    assert_eq!(queue::wake_parked(&mut world.conn).expect("Postgres"), 0);
    assert_eq!(queue::find_stranded(&mut world.conn).expect("Postgres"), 0);
    answer(&mut world.conn, jobs, 500);
    world.sql("UPDATE lanes SET next_run_at = now() - interval '1 second'");
    assert_eq!(queue::oldest_due(&mut world.conn).expect("Postgres"), None);
    assert!(lease(&mut world.conn, 9).is_empty());
    // Nor is it carried on for those who may still be sent.
    world.sql(&format!(
        "UPDATE export_jobs SET stop_after_attempt = 'restriction' WHERE export_id = '{export}'"
    ));
    let kept = PayloadRetention::default();
    assert_eq!(queue::derive_restricted(&mut world.conn, kept).expect("Postgres").ended, 1);
    let ended = read(&mut world, export);
    assert_eq!(ended.ended_by, Some(EndedBy::WebhookDeleted));
    assert_eq!(ended.continued_as, None);
}

#[test]
fn an_organisation_goes_with_all_that_waits() {
    let mut world = World::new();
    crowded(&mut world);
    let (conn, northwind) = (&mut world.conn, world.northwind);
    let removed = organisations::remove(conn, &operator(), northwind, "Northwind");
    assert_eq!(removed.expect("Postgres"), Ok(()));
    assert_eq!(count(conn, "export_jobs"), 0);
}

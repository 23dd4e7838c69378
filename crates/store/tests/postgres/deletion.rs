//! Deleting a webhook while exports wait, are on the wire, or are just being asked for.

use diesel::prelude::*;
use domain::export::{EndedBy, ExportStatus};
use domain::outcome::Outcome;
use store::webhooks::{DeleteRefusal, Deleted, WebhookFilter, delete, get, list};
use store::{StoreError, exports, maintenance};

use crate::database::World;
use crate::people::{count, people};
use crate::sending::{answer, create, lease, new_export, test_export, try_export, webhook};

#[test]
fn a_deleted_webhook_is_gone_and_so_is_what_was_sealed() {
    let mut world = World::new();
    let id = webhook(&mut world.conn, &world.admin, 1);
    let foreign = delete(&mut world.conn, &world.stranger, id, true).expect("Postgres");
    assert_eq!(foreign, Err(DeleteRefusal::Unknown));
    let deleted = delete(&mut world.conn, &world.admin, id, false).expect("Postgres");
    assert_eq!(deleted, Ok(Deleted { cancelled: 0, written: 0, still_sending: 0 }));
    assert_eq!(get(&mut world.conn, &world.support, id).expect("Postgres"), None);
    let all = WebhookFilter::default();
    let listed = list(&mut world.conn, &world.support, &all, None, 10).expect("Postgres");
    assert!(listed.expect("there").items.is_empty());
    for gone in ["webhook_secrets", "lanes", "webhooks WHERE url_sealed IS NOT NULL"] {
        assert_eq!(count(&mut world.conn, gone), 0, "{gone}");
    }
    let again = delete(&mut world.conn, &world.admin, id, false).expect("Postgres");
    assert_eq!(again, Err(DeleteRefusal::Unknown));
}

#[test]
fn exports_in_progress_refuse_the_deletion_and_are_named() {
    let mut world = World::new();
    let id = webhook(&mut world.conn, &world.admin, 1);
    let exports = [(); 3].map(|()| test_export(&mut world.conn, &world.rosa, id));
    let first = lease(&mut world.conn, 1);
    answer(&mut world.conn, first, 500);
    let leased = lease(&mut world.conn, 1);
    let refused = delete(&mut world.conn, &world.admin, id, false).expect("Postgres");
    let Err(DeleteRefusal::InProgress { exports: named, total: 3 }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(named.iter().map(|one| one.export_id).collect::<Vec<_>>(), exports);
    let statuses = [ExportStatus::Retrying, ExportStatus::Delivering, ExportStatus::Queued];
    assert_eq!(named.iter().map(|one| one.status).collect::<Vec<_>>(), statuses);
    let due = named.iter().map(|one| one.next_attempt_at.is_some());
    assert_eq!(due.collect::<Vec<_>>(), [true, false, true]);
    answer(&mut world.conn, leased, 200);
}

#[test]
fn what_waits_is_cancelled_and_what_is_on_the_wire_finishes() {
    let mut world = World::new();
    let id = webhook(&mut world.conn, &world.admin, 1);
    let other = webhook(&mut world.conn, &world.admin, 2);
    let exports = [(); 3].map(|()| test_export(&mut world.conn, &world.rosa, id));
    let first = lease(&mut world.conn, 1);
    answer(&mut world.conn, first, 500);
    let leased = lease(&mut world.conn, 1);
    let elsewhere = test_export(&mut world.conn, &world.rosa, other);
    let deleted = delete(&mut world.conn, &world.admin, id, true).expect("Postgres");
    assert_eq!(deleted, Ok(Deleted { cancelled: 2, written: 2, still_sending: 1 }));
    let read = |world: &mut World, id| {
        exports::get(&mut world.conn, &world.support, id).expect("Postgres").expect("there")
    };
    let [retried, sending, waiting] = exports.map(|id| read(&mut world, id));
    for cancelled in [&retried, &waiting] {
        assert_eq!(cancelled.status, ExportStatus::Cancelled);
        assert_eq!(cancelled.ended_by, Some(EndedBy::WebhookDeleted));
        assert!(cancelled.payload_kept_until > cancelled.finished_at);
    }
    assert_eq!((retried.outcome, retried.attempt_count), (Some(Outcome::Http5xx), 1));
    assert_eq!((waiting.outcome, waiting.attempt_count), (None, 0));
    assert_eq!(sending.stopping, Some(EndedBy::WebhookDeleted));
    assert_eq!(sending.status, ExportStatus::Delivering);
    assert_eq!(read(&mut world, elsewhere).status, ExportStatus::Queued);
    maintenance::destroy_sealed(&mut world.conn).expect("Postgres");
    assert_eq!(count(&mut world.conn, "webhooks WHERE url_sealed IS NULL"), 0, "still needed");
    answer(&mut world.conn, leased, 500);
    let ended = read(&mut world, sending.id);
    assert_eq!(
        (ended.status, ended.ended_by),
        (ExportStatus::Cancelled, Some(EndedBy::WebhookDeleted))
    );
    maintenance::destroy_sealed(&mut world.conn).expect("Postgres");
    assert_eq!(count(&mut world.conn, "webhooks WHERE url_sealed IS NULL"), 1);
    assert_eq!(count(&mut world.conn, "lanes"), 1);
}

#[test]
fn an_export_that_is_just_being_accepted_does_not_slip_by() {
    let mut world = World::new();
    let id = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, applications) = people(&mut world.conn, &world.admin, 1);
    let new = new_export(id, vacancy, &applications);
    let mut enqueuing = world.connect();
    let deleting = enqueuing.transaction(|enqueuing| {
        try_export(enqueuing, &world.rosa, &new).expect("accepted");
        let (mut conn, admin) = (world.connect(), world.admin.clone());
        let deleting = std::thread::spawn(move || delete(&mut conn, &admin, id, false));
        world.until_somebody_waits();
        Ok::<_, StoreError>(deleting)
    });
    let deleted = deleting.expect("committed").join().expect("no panic").expect("Postgres");
    assert!(matches!(deleted, Err(DeleteRefusal::InProgress { total: 1, .. })), "{deleted:?}");
}

#[test]
fn an_export_that_comes_just_after_the_deletion_finds_no_webhook() {
    let mut world = World::new();
    let id = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, applications) = people(&mut world.conn, &world.admin, 1);
    let new = new_export(id, vacancy, &applications);
    let mut deleting = world.connect();
    let enqueuing = deleting.transaction(|deleting| {
        delete(deleting, &world.admin, id, false)?.expect("idle");
        let (mut conn, rosa) = (world.connect(), world.rosa.clone());
        let enqueuing = std::thread::spawn(move || create(&mut conn, &rosa, &new));
        world.until_somebody_waits();
        Ok::<_, StoreError>(enqueuing)
    });
    let accepted = enqueuing.expect("committed").join().expect("no panic").expect("Postgres");
    let refusal = exports::CreateRefusal::Unknown { vacancy: false, webhook: true };
    assert_eq!(accepted, Err(refusal));
}

//! What live streams are told: every change of an export since a moment, to those who may see it.

use std::cell::RefCell;

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::Actor;
use domain::export::ExportStatus;
use domain::id::ExportId;
use store::Conn;
use store::exports::{cancel, changed_since, get, resend};
use store::queue::{Asked, COMMIT_LAG, Changes, changes};

use crate::actors::recruiter;
use crate::database::World;
use crate::sending::{answer, lease, test_export, webhook};

/// Status and attempts after what is done.
type Step<'a> = (ExportStatus, u32, &'a dyn Fn(&mut World));

/// What is asked once a second.
fn since(conn: &mut Conn, since: Option<DateTime<Utc>>, in_haste: bool) -> Changes {
    let overlap = COMMIT_LAG;
    let asked = Asked { since, overlap, in_haste, limit: 100, ..Asked::default() };
    changes(conn, &asked).expect("Postgres")
}

fn told(changes: &Changes) -> Vec<(ExportId, ExportStatus, u32)> {
    let standing = changes.exports.iter();
    standing.map(|export| (export.export_id, export.status, export.attempt_count)).collect()
}

#[test]
fn each_change_is_found_since_the_moment_before() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let mut at = since(&mut world.conn, None, false);
    assert!(at.exports.is_empty());
    let id = test_export(&mut world.conn, &world.rosa, webhook);
    let leased = RefCell::new(None);
    let lease = |world: &mut World| drop(leased.replace(Some(lease(&mut world.conn, 1))));
    let refuse = |world: &mut World| {
        answer(&mut world.conn, leased.take().expect("on the wire"), 500);
    };
    let cancel = |world: &mut World| {
        cancel(&mut world.conn, &world.admin, id).expect("Postgres").expect("cancelled");
    };
    let resend = |world: &mut World| {
        resend(&mut world.conn, &world.admin, id, None).expect("Postgres").expect("open");
    };
    let steps: [Step; 6] = [
        (ExportStatus::Queued, 0, &|_| {}),
        (ExportStatus::Delivering, 1, &lease),
        (ExportStatus::Retrying, 1, &refuse),
        (ExportStatus::Cancelled, 1, &cancel),
        (ExportStatus::Queued, 1, &resend),
        (ExportStatus::Cancelled, 1, &cancel),
    ];
    for (status, attempts, step) in steps {
        step(&mut world);
        let now = since(&mut world.conn, Some(at.at), false);
        assert_eq!(told(&now), [(id, status, attempts)]);
        // In haste ends and failed tries are found, not what else changed.
        let lately = since(&mut world.conn, Some(at.at), true);
        let is_quiet = attempts == 0 || status == ExportStatus::Delivering;
        assert_eq!(lately.exports.len(), usize::from(!is_quiet), "{status}");
        let read = get(&mut world.conn, &world.admin, id).expect("Postgres").expect("there");
        assert_eq!((read.status, read.attempt_count), (status, attempts), "as its reader is told");
        at = now;
        let quiet = since(&mut world.conn, Some(at.at + TimeDelta::minutes(1)), false);
        assert!(quiet.exports.is_empty(), "{quiet:?}");
    }
    let asked = Asked { exports: vec![id], limit: 100, ..Asked::default() };
    let named = changes(&mut world.conn, &asked).expect("Postgres");
    assert_eq!(told(&named), [(id, ExportStatus::Cancelled, 1)], "whenever it changed");
}

#[test]
fn nobody_is_told_of_what_they_may_not_see() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let before = since(&mut world.conn, None, false).at;
    let [first, second] = [(); 2].map(|()| test_export(&mut world.conn, &world.rosa, webhook));
    let ben = recruiter(world.northwind, "ben");
    let foreign = recruiter(world.contoso, "rosa");
    let mut seen = |actor: &Actor, limit| {
        let changes = changed_since(&mut world.conn, actor, Some(before), limit).expect("Postgres");
        told(&changes).into_iter().map(|(id, ..)| id).collect::<Vec<_>>()
    };
    let (rosa, admin, support) = (world.rosa.clone(), world.admin.clone(), world.support.clone());
    for actor in [&rosa, &admin, &support] {
        assert_eq!(seen(actor, 9), [first, second], "{actor:?}");
    }
    assert_eq!(seen(&ben, 9), []);
    assert_eq!(seen(&foreign, 9), []);
    assert_eq!(seen(&admin, 1), [second], "the newest, where there are more");
}

/// A try that began long before the question is found by when it ended, and while it is under way.
#[test]
fn a_long_try_is_found_when_it_has_failed() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let id = test_export(&mut world.conn, &world.rosa, webhook);
    let jobs = lease(&mut world.conn, 1);
    let before = since(&mut world.conn, None, false).at;
    let on_the_wire = |world: &mut World| {
        let asked = Asked { overlap: COMMIT_LAG, on_the_wire: true, limit: 9, ..Asked::default() };
        changes(&mut world.conn, &asked).expect("Postgres").on_the_wire
    };
    assert_eq!(on_the_wire(&mut world), [], "it began just now");
    world.sql("UPDATE export_jobs SET started_at = started_at - interval '40 seconds'");
    assert_eq!(on_the_wire(&mut world), [(id, 1)]);
    answer(&mut world.conn, jobs, 500);
    let mut seen = |began: i64, lasted: i64| {
        world.sql(&format!(
            "UPDATE attempts SET id = uuid_v7(now() - interval '{began} seconds'),
                                 started_at = now() - interval '{began} seconds',
                                 duration_ms = {lasted} * 1000"
        ));
        let since = Some(before + TimeDelta::seconds(10));
        let asked = Asked { since, long_tries: true, limit: 9, ..Asked::default() };
        let found = changes(&mut world.conn, &asked).expect("Postgres");
        let goes_on = changed_since(&mut world.conn, &world.rosa, since, 9).expect("Postgres");
        assert_eq!(told(&goes_on), [(id, ExportStatus::Retrying, 1)], "it may be written late");
        let quick = Asked { long_tries: false, ..asked };
        assert_eq!(told(&changes(&mut world.conn, &quick).expect("Postgres")), []);
        told(&found)
    };
    assert_eq!(seen(100, 120), [(id, ExportStatus::Retrying, 1)]);
    assert_eq!(seen(100, 90), [], "it had ended before");
}

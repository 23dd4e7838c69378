//! Exports as lists and objects: where they stand, whose they are, pages and filters.

use chrono::{DateTime, TimeDelta};
use domain::export::ExportStatus;
use domain::id::ExportId;
use domain::outcome::Outcome;
use store::exports::{Export, ExportFilter, get, list, payload, resend};
use store::{Scope, queue};

use crate::database::{World, member, rosa};
use crate::people::people;
use crate::sending::{answer, lease, new_export, test_export, try_export, webhook};

fn listed(world: &mut World, scope: Scope, filter: &ExportFilter) -> Vec<ExportId> {
    let page = list(&mut world.conn, scope, filter, None, 200).expect("Postgres");
    page.items.into_iter().map(|export| export.id).collect()
}

fn read(world: &mut World, id: ExportId) -> Export {
    get(&mut world.conn, Scope::All, None, id).expect("Postgres").expect("there")
}

#[test]
fn an_export_stands_where_its_job_says() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, world.northwind, 1);
    let id = test_export(&mut world.conn, world.northwind, webhook, &rosa());
    let export = read(&mut world, id);
    assert_eq!((export.status, export.attempt_count), (ExportStatus::Queued, 0));
    assert!(export.last_attempt.is_none() && !export.anything_sent);
    let jobs = lease(&mut world.conn, 1);
    let export = read(&mut world, id);
    assert_eq!((export.status, export.attempt_count), (ExportStatus::Delivering, 1));
    assert_eq!(export.next_attempt_at, None);
    answer(&mut world.conn, jobs, 500);
    let export = read(&mut world, id);
    assert_eq!((export.status, export.attempt_count), (ExportStatus::Retrying, 1));
    assert!(export.next_attempt_at > Some(export.requested_at + TimeDelta::minutes(50)));
    assert_eq!((export.outcome, export.anything_sent), (None, true));
    let last = export.last_attempt.expect("in the log");
    assert_eq!((last.outcome, last.http_status), (Outcome::Http5xx, Some(500)));
    world.sql("UPDATE export_jobs SET run_at = now()");
    queue::notify(&mut world.conn, &[(world.northwind, webhook)]).expect("Postgres");
    let jobs = lease(&mut world.conn, 1);
    answer(&mut world.conn, jobs, 200);
    let export = read(&mut world, id);
    assert_eq!(
        (export.status, export.outcome),
        (ExportStatus::Delivered, Some(Outcome::Delivered))
    );
    assert_eq!((export.attempt_count, export.next_attempt_at), (2, None));
    assert!(export.payload_kept_until > export.finished_at);
    resend(&mut world.conn, world.northwind, None, id, None).expect("Postgres").expect("reopened");
    let export = read(&mut world, id);
    assert_eq!((export.status, export.attempt_count), (ExportStatus::Queued, 2));
    assert_eq!((export.outcome, export.finished_at, export.payload_kept_until), (None, None, None));
}

#[test]
fn each_status_finds_its_exports() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, world.northwind, 1);
    let mut export = |status: Option<u16>| {
        let id = test_export(&mut world.conn, world.northwind, webhook, &rosa());
        let jobs = status.map(|_| lease(&mut world.conn, 1));
        if let (Some(jobs), Some(status)) = (jobs, status.filter(|status| *status > 0)) {
            answer(&mut world.conn, jobs, status);
        }
        id
    };
    let delivered = export(Some(200));
    let retrying = export(Some(500));
    let failed = export(Some(413));
    let resent = export(Some(413));
    let delivering = export(Some(0));
    let queued = export(None);
    resend(&mut world.conn, world.northwind, None, resent, None).expect("Postgres").expect("open");
    let cases = [
        (ExportStatus::Queued, vec![queued, resent]),
        (ExportStatus::Delivering, vec![delivering]),
        (ExportStatus::Retrying, vec![retrying]),
        (ExportStatus::Delivered, vec![delivered]),
        (ExportStatus::Failed, vec![failed]),
        (ExportStatus::Cancelled, vec![]),
    ];
    for (status, expected) in cases {
        let filter = ExportFilter { status: Some(status), ..ExportFilter::default() };
        for scope in [Scope::Organisation(world.northwind), Scope::All] {
            assert_eq!(listed(&mut world, scope, &filter), expected, "{status}");
        }
        let foreign = Scope::Organisation(world.contoso);
        let theirs = listed(&mut world, foreign, &filter);
        assert_eq!(theirs, [], "{status}");
    }
}

#[test]
fn filters_hold_together() {
    let mut world = World::new();
    let northwind = world.northwind;
    let [first, second] = [1, 2].map(|url| webhook(&mut world.conn, northwind, url));
    let (vacancy, people) = people(&mut world.conn, northwind, 1);
    let of_rosa = test_export(&mut world.conn, northwind, first, &rosa());
    world.until_the_next_millisecond();
    let of_ben = test_export(&mut world.conn, northwind, second, &member("auth0|ben", "Ben"));
    let at = read(&mut world, of_ben).requested_at;
    world.until_the_next_millisecond();
    let real = new_export(second, vacancy, &people);
    let real = try_export(&mut world.conn, northwind, &real).expect("accepted").id;
    let all = ExportFilter::default();
    let (ben, just_after) = (Some("auth0|ben".to_owned()), Some(at + TimeDelta::milliseconds(1)));
    let in_1969 = Some(DateTime::UNIX_EPOCH - TimeDelta::days(1));
    let own = ExportFilter { own: Some("auth0|rosa".to_owned()), ..all.clone() };
    let cases = [
        (all.clone(), vec![real, of_ben, of_rosa]),
        (ExportFilter { webhook_id: Some(second), ..all.clone() }, vec![real, of_ben]),
        (ExportFilter { vacancy_id: Some(vacancy), ..all.clone() }, vec![real]),
        (ExportFilter { requested_by: ben.clone(), ..all.clone() }, vec![of_ben]),
        (own.clone(), vec![real, of_rosa]),
        (ExportFilter { requested_by: ben, ..own.clone() }, vec![]),
        (ExportFilter { webhook_id: Some(second), ..own }, vec![real]),
        (ExportFilter { from: Some(at), ..all.clone() }, vec![real, of_ben]),
        (ExportFilter { to: Some(at), ..all.clone() }, vec![of_rosa]),
        (ExportFilter { from: Some(at), to: just_after, ..all.clone() }, vec![of_ben]),
        (ExportFilter { from: in_1969, ..all.clone() }, vec![real, of_ben, of_rosa]),
        (ExportFilter { to: in_1969, ..all }, vec![]),
    ];
    for (filter, expected) in cases {
        let found = listed(&mut world, Scope::Organisation(northwind), &filter);
        assert_eq!(found, expected, "{filter:?}");
    }
}

#[test]
fn an_export_is_there_for_its_organisation_its_requester_and_support() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, world.northwind, 1);
    let id = test_export(&mut world.conn, world.northwind, webhook, &rosa());
    let (northwind, contoso) = (world.northwind, world.contoso);
    let cases = [
        (northwind, None, true),
        (northwind, Some("auth0|rosa"), true),
        (northwind, Some("auth0|ben"), false),
        (contoso, None, false),
        (contoso, Some("auth0|rosa"), false),
    ];
    for (organisation, own, there) in cases {
        let scope = Scope::Organisation(organisation);
        let found = get(&mut world.conn, scope, own, id).expect("Postgres");
        assert_eq!(found.is_some(), there, "{own:?}");
        let bytes = payload(&mut world.conn, organisation, own, id).expect("Postgres");
        assert_eq!(bytes.is_some(), there, "{own:?}");
    }
    assert!(get(&mut world.conn, Scope::All, None, id).expect("Postgres").is_some());
}

#[test]
fn pages_are_stable_while_exports_come() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, world.northwind, 1);
    let mut ids = [(); 7].map(|()| test_export(&mut world.conn, world.northwind, webhook, &rosa()));
    ids.reverse();
    let scope = Scope::Organisation(world.northwind);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = list(&mut world.conn, scope, &ExportFilter::default(), after, 3);
        let page = page.expect("Postgres");
        seen.extend(page.items.iter().map(|export| export.id));
        after = page.next;
        if after.is_none() {
            break;
        }
        test_export(&mut world.conn, world.northwind, webhook, &rosa());
    }
    assert_eq!(seen, ids);
}

//! Exports as lists and objects: where they stand, whose they are, pages and filters.

use chrono::{DateTime, TimeDelta};
use domain::actor::Actor;
use domain::export::ExportStatus;
use domain::id::ExportId;
use domain::outcome::Outcome;
use store::exports::{Export, ExportFilter, get, list, payload, resend};
use store::{Conn, queue};

use crate::actors::{admin, recruiter};
use crate::database::World;
use crate::people::people;
use crate::sending::{answer, lease, new_export, test_export, try_export, webhook};

fn listed(conn: &mut Conn, actor: &Actor, filter: &ExportFilter) -> Vec<ExportId> {
    let page = list(conn, actor, filter, None, 200).expect("Postgres");
    page.map_or(vec![], |page| page.items).into_iter().map(|export| export.id).collect()
}

fn read(world: &mut World, id: ExportId) -> Export {
    get(&mut world.conn, &world.support, id).expect("Postgres").expect("there")
}

#[test]
fn an_export_stands_where_its_job_says() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let id = test_export(&mut world.conn, &world.rosa, webhook);
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
    resend(&mut world.conn, &world.admin, id, None).expect("Postgres").expect("reopened");
    let export = read(&mut world, id);
    assert_eq!((export.status, export.attempt_count), (ExportStatus::Queued, 2));
    assert_eq!((export.outcome, export.finished_at, export.payload_kept_until), (None, None, None));
}

#[test]
fn each_status_finds_its_exports() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let mut export = |status: Option<u16>| {
        let id = test_export(&mut world.conn, &world.rosa, webhook);
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
    resend(&mut world.conn, &world.admin, resent, None).expect("Postgres").expect("open");
    let cases = [
        (ExportStatus::Queued, vec![queued, resent]),
        (ExportStatus::Delivering, vec![delivering]),
        (ExportStatus::Retrying, vec![retrying]),
        (ExportStatus::Delivered, vec![delivered]),
        (ExportStatus::Failed, vec![failed]),
        (ExportStatus::Cancelled, vec![]),
    ];
    let several = ExportFilter {
        statuses: vec![ExportStatus::Failed, ExportStatus::Queued, ExportStatus::Delivered],
        ..ExportFilter::default()
    };
    for actor in [&world.admin, &world.support] {
        let found = listed(&mut world.conn, actor, &several);
        assert_eq!(found, [queued, resent, failed, delivered], "newest first, whatever the order");
        let first = list(&mut world.conn, actor, &several, None, 2);
        let first = first.expect("Postgres").expect("known");
        let rest = list(&mut world.conn, actor, &several, first.next, 2);
        let rest = rest.expect("Postgres").expect("known");
        let paged: Vec<_> = first.items.iter().chain(&rest.items).map(|export| export.id).collect();
        assert_eq!((paged, rest.next), (found, None));
    }
    for (status, expected) in cases {
        let filter = ExportFilter { statuses: vec![status], ..ExportFilter::default() };
        for actor in [&world.admin, &world.support] {
            assert_eq!(listed(&mut world.conn, actor, &filter), expected, "{status}");
        }
        let theirs = listed(&mut world.conn, &world.stranger, &filter);
        assert_eq!(theirs, [], "{status}");
    }
}

#[test]
fn filters_hold_together() {
    let mut world = World::new();
    let ben = recruiter(world.northwind, "auth0|ben");
    let [first, second] = [1, 2].map(|url| webhook(&mut world.conn, &world.admin, url));
    let (vacancy, people) = people(&mut world.conn, &world.admin, 1);
    let of_rosa = test_export(&mut world.conn, &world.rosa, first);
    world.until_the_next_millisecond();
    let of_ben = test_export(&mut world.conn, &ben, second);
    let at = read(&mut world, of_ben).requested_at;
    world.until_the_next_millisecond();
    let real = new_export(second, vacancy, &people);
    let real = try_export(&mut world.conn, &world.rosa, &real).expect("accepted").export.id;
    let all = ExportFilter::default();
    let (by_ben, just_after) = (Some(ben.id), Some(at + TimeDelta::milliseconds(1)));
    let in_1969 = Some(DateTime::UNIX_EPOCH - TimeDelta::days(1));
    let (admin, rosa) = (&world.admin, &world.rosa);
    let cases = [
        (admin, all.clone(), vec![real, of_ben, of_rosa]),
        (admin, ExportFilter { webhook_id: Some(second), ..all.clone() }, vec![real, of_ben]),
        (admin, ExportFilter { vacancy_id: Some(vacancy), ..all.clone() }, vec![real]),
        (admin, ExportFilter { requested_by: by_ben.clone(), ..all.clone() }, vec![of_ben]),
        (rosa, all.clone(), vec![real, of_rosa]),
        (rosa, ExportFilter { requested_by: by_ben, ..all.clone() }, vec![]),
        (rosa, ExportFilter { webhook_id: Some(second), ..all.clone() }, vec![real]),
        (admin, ExportFilter { from: Some(at), ..all.clone() }, vec![real, of_ben]),
        (admin, ExportFilter { to: Some(at), ..all.clone() }, vec![of_rosa]),
        (admin, ExportFilter { from: Some(at), to: just_after, ..all.clone() }, vec![of_ben]),
        (admin, ExportFilter { from: in_1969, ..all.clone() }, vec![real, of_ben, of_rosa]),
        (admin, ExportFilter { to: in_1969, ..all }, vec![]),
    ];
    for (actor, filter, expected) in cases {
        let found = listed(&mut world.conn, actor, &filter);
        assert_eq!(found, expected, "{filter:?}");
    }
}

#[test]
fn an_export_is_there_for_its_organisation_its_requester_and_support() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let id = test_export(&mut world.conn, &world.rosa, webhook);
    let (northwind, contoso) = (world.northwind, world.contoso);
    let cases = [
        (admin(northwind), true),
        (recruiter(northwind, "auth0|rosa"), true),
        (recruiter(northwind, "auth0|ben"), false),
        (admin(contoso), false),
        (recruiter(contoso, "auth0|rosa"), false),
    ];
    for (actor, there) in cases {
        let found = get(&mut world.conn, &actor, id).expect("Postgres");
        assert_eq!(found.is_some(), there, "{actor:?}");
        let bytes = payload(&mut world.conn, &actor, id).expect("Postgres");
        assert_eq!(bytes.is_some(), there, "{actor:?}");
    }
    assert!(get(&mut world.conn, &world.support, id).expect("Postgres").is_some());
}

#[test]
fn pages_are_stable_while_exports_come() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let mut ids = [(); 7].map(|()| test_export(&mut world.conn, &world.rosa, webhook));
    ids.reverse();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = list(&mut world.conn, &world.admin, &ExportFilter::default(), after, 3);
        let page = page.expect("Postgres").expect("known");
        seen.extend(page.items.iter().map(|export| export.id));
        after = page.next;
        if after.is_none() {
            break;
        }
        test_export(&mut world.conn, &world.rosa, webhook);
    }
    assert_eq!(seen, ids);
}

/// Of few, support's pages are gathered by organisation and webhook; of many they are found among all.
#[test]
fn what_many_share_is_paged_alike_however_many_there_are() {
    let mut world = World::new();
    let support = world.support.clone();
    let mut ids = Vec::new();
    for actor in [world.admin.clone(), world.stranger.clone()] {
        let webhook = webhook(&mut world.conn, &actor, 1);
        for code in [200, 500, 200] {
            let id = test_export(&mut world.conn, &actor, webhook);
            let jobs = lease(&mut world.conn, 1);
            answer(&mut world.conn, jobs, code);
            ids.extend((code == 200).then_some(id));
        }
    }
    world.sql("INSERT INTO organisations (id, name) SELECT uuid_v7(), 'O ' || n FROM generate_series(1, 200) n");
    world.sql(
        "INSERT INTO webhooks (organisation_id, id, name, host, url_sealed, url_hmac, include, created_by_type,
                               created_by_id, created_by_name, created_by_email)
         SELECT o.id, uuid_v7(), 'hook', w.host, '\\x00', int4send(1), '{}', 'member', 'ada', 'Ada', ''
           FROM organisations o, (SELECT host FROM webhooks LIMIT 1) w WHERE o.name LIKE 'O %'",
    );
    ids.reverse();
    let host = read(&mut world, ids[0]).host;
    let delivered = || vec![ExportStatus::Delivered];
    for filter in [
        ExportFilter { statuses: delivered(), ..ExportFilter::default() },
        ExportFilter { statuses: delivered(), host: Some(host), ..ExportFilter::default() },
    ] {
        for limit in [1, 2, 3, 4, 200] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let page = list(&mut world.conn, &support, &filter, after, limit);
                let page = page.expect("Postgres").expect("known");
                found.extend(page.items.iter().map(|export| export.id));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found, ids, "{limit}");
        }
    }
}

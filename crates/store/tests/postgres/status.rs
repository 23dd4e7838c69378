//! Where an export stands is said in one place: what is read of one agrees with what lists find.

use std::collections::BTreeMap;

use diesel::prelude::*;
use domain::export::ExportStatus;
use domain::id::ExportId;
use store::exports::{ExportFilter, get, list};

use crate::database::World;
use crate::sending::{test_export, webhook};

const STATUSES: [ExportStatus; 6] = [
    ExportStatus::Queued,
    ExportStatus::Delivering,
    ExportStatus::Retrying,
    ExportStatus::Delivered,
    ExportStatus::Failed,
    ExportStatus::Cancelled,
];

/// An export for each combination of what its row and its job can say.
fn every_combination(world: &mut World) -> Vec<(ExportId, ExportStatus)> {
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let mut made = Vec::new();
    for attempts_before in 0..3 {
        for attempts_since in 0..3 {
            for leased in [false, true] {
                let status = match (leased, attempts_since) {
                    (true, _) => ExportStatus::Delivering,
                    (false, 0) => ExportStatus::Queued,
                    (false, _) => ExportStatus::Retrying,
                };
                let id = in_progress(world, webhook, (attempts_before, attempts_since), leased);
                made.push((id, status));
            }
        }
        for status in [ExportStatus::Delivered, ExportStatus::Failed, ExportStatus::Cancelled] {
            made.push((ended(world, webhook, attempts_before, status), status));
        }
    }
    made
}

/// A test export, without the limit of tests.
fn export(world: &mut World, webhook: domain::id::WebhookId) -> ExportId {
    let id = test_export(&mut world.conn, &world.rosa, webhook);
    world.sql("UPDATE exports SET type = 'candidates'");
    id
}

fn in_progress(
    world: &mut World,
    webhook: domain::id::WebhookId,
    (before, since): (i32, i32),
    leased: bool,
) -> ExportId {
    let id = export(world, webhook);
    let lease = "attempt_id = uuid_v7(), started_at = now(), lease_until = now(), worker = 'w'";
    let lease = if leased { lease } else { "worker = NULL" };
    world.sql(&format!("UPDATE exports SET attempt_count = {before} WHERE id = '{id}'"));
    world.sql(&format!(
        "UPDATE export_jobs SET attempt_number = {before} + {since}, {lease} WHERE export_id = '{id}'"
    ));
    id
}

fn ended(
    world: &mut World,
    webhook: domain::id::WebhookId,
    attempts: i32,
    status: ExportStatus,
) -> ExportId {
    let id = export(world, webhook);
    world.sql(&format!("DELETE FROM export_jobs WHERE export_id = '{id}'"));
    world.sql(&format!(
        "UPDATE exports SET end_state = '{status}', ended_by = 'member', outcome = 'delivered',
             finished_at = now(), attempt_count = {attempts} WHERE id = '{id}'"
    ));
    id
}

#[test]
fn lists_by_status_find_exactly_what_stands_there() {
    let mut world = World::new();
    let made = every_combination(&mut world);
    assert_eq!(made.len(), 3 * (3 * 2 + 3));
    let mut standing: BTreeMap<String, Vec<ExportId>> = BTreeMap::new();
    for (id, status) in &made {
        let read = get(&mut world.conn, &world.admin, *id).expect("Postgres").expect("there");
        assert_eq!(read.status, *status, "{read:?}");
        standing.entry(status.to_string()).or_default().insert(0, *id);
    }
    for actor in [&world.admin, &world.rosa, &world.support] {
        for status in STATUSES {
            let filter = ExportFilter { statuses: vec![status], ..ExportFilter::default() };
            let page = list(&mut world.conn, actor, &filter, None, 200).expect("Postgres");
            let page = page.expect("known");
            assert!(page.items.iter().all(|export| export.status == status));
            let found: Vec<_> = page.items.iter().map(|export| export.id).collect();
            assert_eq!(Some(&found), standing.get(status.as_str()), "{status}");
        }
        let all = list(&mut world.conn, actor, &ExportFilter::default(), None, 200);
        let all = all.expect("Postgres").expect("known").items;
        assert!(all.iter().map(|export| export.id).eq(made.iter().rev().map(|(id, _)| *id)));
    }
}

#[test]
fn a_statement_may_ask_it_by_itself() {
    #[derive(QueryableByName)]
    struct Status {
        #[diesel(sql_type = diesel::sql_types::Text)]
        status: String,
    }
    let mut world = World::new();
    let lease = "'00000000-0000-0000-0000-000000000001'";
    for (arguments, expected) in [
        ("NULL, 0, NULL, 0".to_owned(), "queued"),
        ("NULL, 2, NULL, 2".to_owned(), "queued"),
        ("NULL, 0, NULL, 1".to_owned(), "retrying"),
        ("NULL, 2, NULL, 3".to_owned(), "retrying"),
        (format!("NULL, 0, {lease}, 1"), "delivering"),
        ("'failed', 1, NULL, NULL".to_owned(), "failed"),
        (format!("'delivered', 1, {lease}, 2"), "delivered"),
    ] {
        let query = format!("SELECT export_status({arguments}) AS status");
        let answer: Status =
            diesel::sql_query(query).get_result(&mut world.conn).expect("Postgres");
        assert_eq!(answer.status, expected, "{arguments}");
    }
}

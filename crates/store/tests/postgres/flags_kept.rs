//! How long flags, and what they are judged by, are kept, and how often they are told.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use domain::audit::Action;
use serde_json::json;
use store::flags::judge;
use store::maintenance::{destroy_sealed, drop_exports, drop_usual};
use store::webhooks::delete;

use crate::audit::told;
use crate::database::World;
use crate::people::{count, people};
use crate::sending::{answer, lease, new_export, test_export, try_export, webhook};

#[test]
fn flags_go_with_their_export_and_marks_with_the_sealed_url() {
    let mut world = World::new();
    let rosa = world.rosa.clone();
    let hook = webhook(&mut world.conn, &world.admin, 1);
    webhook(&mut world.conn, &world.stranger, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 1);
    let new = new_export(hook, vacancy, &picked);
    try_export(&mut world.conn, &rosa, &new).expect("accepted");
    while count(&mut world.conn, "export_flags") == 0 {
        judge(&mut world.conn, Duration::ZERO).expect("Postgres");
    }
    let marks = |world: &mut World| {
        let (northwind, contoso) = (world.northwind, world.contoso);
        [northwind, contoso]
            .map(|id| count(&mut world.conn, &format!("url_marks WHERE organisation_id = '{id}'")))
    };
    // With the deletion where nothing is on the wire, and by a sweep where something was.
    let sent = webhook(&mut world.conn, &world.admin, 2);
    test_export(&mut world.conn, &world.admin, sent);
    let jobs = lease(&mut world.conn, 1);
    assert_eq!(marks(&mut world), [2, 1]);
    for id in [hook, sent] {
        delete(&mut world.conn, &world.admin, id, true).expect("Postgres").expect("deleted");
    }
    assert_eq!(marks(&mut world), [1, 1]);
    answer(&mut world.conn, jobs, 200);
    assert!(destroy_sealed(&mut world.conn).expect("Postgres") > 0);
    assert_eq!(marks(&mut world), [0, 1]);

    world.sql(
        "UPDATE exports SET payload_kept_until = NULL, finished_at = now() - interval '1 day'",
    );
    while drop_exports(&mut world.conn, Duration::ZERO).expect("Postgres") > 0 {}
    assert_eq!(count(&mut world.conn, "export_flags"), 0);
}

#[test]
fn what_was_usual_long_ago_is_forgotten() {
    let mut world = World::new();
    for (table, columns) in [
        ("member_days", "'auth0|rosa', (now() AT TIME ZONE 'UTC')::date - day, 3"),
        ("export_hours", "(now() AT TIME ZONE 'UTC')::date - day, 9, 3"),
    ] {
        let rows = format!(
            "INSERT INTO {table} SELECT '{}', {columns} FROM unnest(ARRAY[0, 100, 101]) day",
            world.northwind
        );
        diesel::sql_query(rows).execute(&mut world.conn).expect("a good statement");
    }
    assert_eq!(drop_usual(&mut world.conn).expect("Postgres"), 2);
    assert_eq!(drop_usual(&mut world.conn).expect("Postgres"), 0);
    assert_eq!(count(&mut world.conn, "member_days"), 2);
    assert_eq!(count(&mut world.conn, "export_hours"), 2);
}

#[test]
fn what_holds_for_all_exports_of_a_webhook_is_told_once_a_day() {
    let mut world = World::new();
    let rosa = world.rosa.clone();
    let shared = [1, 2].map(|number| {
        webhook(&mut world.conn, &world.stranger, number);
        webhook(&mut world.conn, &world.admin, number)
    });
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 20);
    let mut asked = 0;
    let mut ask = |world: &mut World, webhook, people| {
        let new = new_export(webhook, vacancy, &picked[..people]);
        try_export(&mut world.conn, &rosa, &new).expect("accepted");
        asked += 1;
        while count(&mut world.conn, "export_flags") < asked {
            judge(&mut world.conn, Duration::ZERO).expect("Postgres");
        }
        let told = told(&mut world.conn);
        let told = told.into_iter().filter(|event| event.action == Action::ExportFlagged);
        told.map(|event| event.details["reasons"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ask(&mut world, shared[0], 1), [json!(["shared_url"])]);
    for _ in 0..3 {
        assert!(ask(&mut world, shared[0], 1).is_empty(), "it is known");
    }
    let both = json!(["whole_vacancy", "shared_url"]);
    assert_eq!(ask(&mut world, shared[0], 20), std::slice::from_ref(&both), "a reason of its own");
    assert_eq!(ask(&mut world, shared[1], 20), [both], "another webhook");
    assert!(ask(&mut world, shared[1], 1).is_empty());
    // As if all that had been yesterday.
    let yesterday = "CREATE TEMP TABLE before AS SELECT * FROM exports;
         UPDATE before SET id = uuid_v7(now() - interval '1 day');
         INSERT INTO exports SELECT * FROM before;
         INSERT INTO export_flags
         SELECT organisation_id, id, (SELECT flags FROM export_flags LIMIT 1) FROM before;
         DELETE FROM export_flags WHERE export_id NOT IN (SELECT id FROM before)";
    world.conn.batch_execute(yesterday).expect("a copy");
    assert_eq!(ask(&mut world, shared[0], 1), [json!(["shared_url"])], "the next day");
}

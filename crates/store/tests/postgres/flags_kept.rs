//! How long flags, and what they are judged by, are kept.

use std::time::Duration;

use diesel::prelude::*;
use store::flags::judge;
use store::maintenance::{destroy_sealed, drop_exports, drop_usual};
use store::webhooks::delete;

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

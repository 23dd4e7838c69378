//! Removing an organisation: all that it had goes, and what the audit was told stays.

use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::audit::Action;
use domain::id::OrganisationId;
use serde_json::json;
use store::Conn;
use store::organisations::{self, RemoveRefusal};
use store::summaries::{Counted, count_on};
use uuid::Uuid;

use crate::actors::{admin, operator};
use crate::api_keys::new_key;
use crate::audit::{briefly, told};
use crate::database::World;
use crate::erasure::erased;
use crate::people::{count, people};
use crate::sending::{answer, lease, new_export, test_export, try_export, webhook};

/// Rows of an organisation, by table; the audit aside.
fn rows_of(conn: &mut Conn, organisation: OrganisationId) -> Vec<(String, i64)> {
    #[derive(QueryableByName)]
    struct Table {
        #[diesel(sql_type = Text)]
        name: String,
    }
    // What is not logged never outlives a transaction.
    let query = "SELECT c.relname::text AS name FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id'
        WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND NOT c.relispartition AND c.relname <> 'audit_events'
        ORDER BY 1";
    let tables: Vec<Table> = diesel::sql_query(query).load(conn).expect("tables");
    assert!(tables.len() >= 12, "{} tables", tables.len());
    let rows = |Table { name }: Table| {
        let of = format!("{name} WHERE organisation_id = '{organisation}'");
        (name, count(conn, &of))
    };
    tables.into_iter().map(rows).collect()
}

/// An organisation with something in every table.
fn fill(conn: &mut Conn, organisation: OrganisationId) {
    let actor = admin(organisation);
    let webhook = webhook(conn, &actor, 1);
    let (vacancy, picked) = people(conn, &actor, 3);
    erased(conn, &actor, "C-3");
    let export = test_export(conn, &actor, webhook);
    let jobs = lease(conn, 1);
    assert_eq!(jobs[0].lease.export, export);
    answer(conn, jobs, 500);
    test_export(conn, &actor, webhook);
    let jobs = lease(conn, 1);
    answer(conn, jobs, 413);
    let mut new = new_export(webhook, vacancy, &picked[..2]);
    new.idempotency_key = Some(store::idempotency_keys::IdempotencyKey {
        caller: "issuer|auth0|ada".to_owned(),
        operation: "create_export".to_owned(),
        key: "k-1".to_owned(),
        request_sha256: [1; 32],
    });
    let export = try_export(conn, &actor, &new).expect("accepted").export.id;
    // As if its webhook had been replaced.
    let row = format!(
        "INSERT INTO carry_overs VALUES ('{organisation}', '{export}', '{webhook}', 'failed')"
    );
    diesel::sql_query(row).execute(conn).expect("a good statement");
    count_by_day(conn);
    for row in [
        format!("export_flags VALUES ('{organisation}', '{export}', '[{{}}]')"),
        format!("member_days VALUES ('{organisation}', 'auth0|ada', now(), 2)"),
        format!(
            "requesters VALUES ('{organisation}', 'auth0|ada', 'ada@example.com', DEFAULT, now())"
        ),
        format!("export_hours VALUES ('{organisation}', now(), 9, 1)"),
    ] {
        diesel::sql_query(format!("INSERT INTO {row}")).execute(conn).expect("a good statement");
    }
    let review = store::webhooks::Review::default();
    assert!(store::webhooks::review(conn, &actor, webhook, &review).expect("Postgres"));
    store::members::note(conn, &actor).expect("noted");
    let row = format!(
        "WITH told AS (INSERT INTO notifications (organisation_id, member_id, kind, at, webhook_id)
             SELECT '{organisation}', id, 'webhook_failing', now(), '{webhook}' FROM members
             WHERE organisation_id = '{organisation}')
         INSERT INTO mails (organisation_id, member_id)
         SELECT organisation_id, id FROM members WHERE organisation_id = '{organisation}'"
    );
    diesel::sql_query(row).execute(conn).expect("a good statement");
    let mut key = new_key("CRM", 0);
    key.secret_sha256[..16].copy_from_slice(Uuid::from(organisation).as_bytes());
    store::api_keys::create(conn, &actor, &key, None).expect("Postgres").expect("made");
    // As if it had been on the wire.
    let row = format!("INSERT INTO erasure_cuts VALUES ('{organisation}', '{export}')");
    diesel::sql_query(row).execute(conn).expect("a good statement");
    for (table, rows) in rows_of(conn, organisation) {
        assert!(rows > 0, "{table} is empty");
    }
}

/// Counts all of it for summaries, as if some time had passed, and leaves a day to be counted again.
fn count_by_day(conn: &mut Conn) {
    let again = "INSERT INTO days_to_recount (organisation_id, what, webhook_id, day)
        SELECT DISTINCT organisation_id, what, webhook_id, (requested_at AT TIME ZONE 'UTC')::date
        FROM exports, unnest(ARRAY['attempts', 'exports']) what";
    let later = "UPDATE days_counted SET until = now() + interval '1 minute'";
    for sql in [again, later] {
        diesel::sql_query(sql).execute(conn).expect("a good statement");
    }
    for what in Counted::ALL {
        assert!(!count_on(conn, what).expect("Postgres"));
    }
    diesel::sql_query(again).execute(conn).expect("a good statement");
}

#[test]
fn all_of_it_goes_and_nothing_of_anybody_elses() {
    let mut world = World::new();
    let northwind = world.northwind;
    fill(&mut world.conn, world.contoso);
    let theirs = rows_of(&mut world.conn, world.contoso);
    fill(&mut world.conn, northwind);
    let told_before = count(&mut world.conn, "audit_events");
    let conn = &mut world.conn;
    let removed = organisations::remove(conn, &operator(), northwind, "Northwind");
    assert_eq!(removed.expect("Postgres"), Ok(()));
    assert!(rows_of(conn, northwind).iter().all(|(_, rows)| *rows == 0));
    assert_eq!(organisations::of(conn, &world.admin).expect("Postgres"), None);
    assert_eq!(rows_of(conn, world.contoso), theirs);
    assert_eq!(count(conn, "audit_events"), told_before + 2, "its webhook, and itself");
    let last = told(conn).pop().expect("events");
    assert_eq!(last.organisation, Some(northwind));
    let removed = (Action::OrganisationRemoved, northwind.into(), json!({}));
    assert_eq!(briefly(&[last]), [removed]);
    let again = organisations::remove(conn, &operator(), northwind, "Northwind");
    assert_eq!(again.expect("Postgres"), Err(RemoveRefusal::Unknown));
    assert_eq!(told(conn), []);
}

#[test]
fn nothing_goes_without_its_name_or_by_somebody_of_another() {
    let mut world = World::new();
    fill(&mut world.conn, world.northwind);
    let before = rows_of(&mut world.conn, world.northwind);
    told(&mut world.conn);
    let (northwind, unknown) = (world.northwind, Uuid::from_u128(1).into());
    for (actor, id, name, refusal) in [
        (&operator(), northwind, "northwind", RemoveRefusal::NameDiffers),
        (&operator(), northwind, "Contoso", RemoveRefusal::NameDiffers),
        (&operator(), unknown, "Northwind", RemoveRefusal::Unknown),
        (&world.stranger, northwind, "Northwind", RemoveRefusal::Unknown),
        (&world.stranger, northwind, "Contoso", RemoveRefusal::Unknown),
    ] {
        let removed = organisations::remove(&mut world.conn, actor, id, name).expect("Postgres");
        assert_eq!(removed, Err(refusal), "{actor:?} {name}");
    }
    assert_eq!(rows_of(&mut world.conn, northwind), before);
    assert_eq!(told(&mut world.conn), []);
}

#[test]
fn what_is_on_the_wire_is_let_finish() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    test_export(&mut world.conn, &world.rosa, webhook);
    let jobs = lease(&mut world.conn, 1);
    let (conn, northwind) = (&mut world.conn, world.northwind);
    let removed = organisations::remove(conn, &operator(), northwind, "Northwind");
    assert_eq!(removed.expect("Postgres"), Err(RemoveRefusal::InProgress(1)));
    assert_eq!(count(conn, "export_jobs"), 1);
    answer(conn, jobs, 200);
    let removed = organisations::remove(conn, &operator(), northwind, "Northwind");
    assert_eq!(removed.expect("Postgres"), Ok(()));
    assert_eq!(count(conn, "attempts"), 0);
}

//! The role of the application: it reads and writes rows, but makes, changes and empties no table,
//! and what the audit was told stays as it is.

use diesel::prelude::*;
use diesel::sql_types::Text;
use postgres::error::SqlState;
use postgres::{Client, NoTls};
use store::{Conn, Db, DbConfig, StoreError, maintenance};

use crate::database::World;

const ROLE: &str = "talentats_app";

/// A session of the application.
fn application(world: &World) -> Client {
    let mut client = Client::connect(&world.url, NoTls).expect("a connection");
    client.batch_execute(&format!("SET ROLE {ROLE}")).expect("a role that may be taken");
    client
}

/// The partitions of audit and log, as statements name them.
fn months(client: &mut Client) -> Vec<String> {
    let query = "SELECT inhrelid::regclass::text FROM pg_inherits
                 WHERE inhparent IN ('audit_events'::regclass, 'attempts'::regclass)
                   AND inhrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r')
                 ORDER BY 1";
    client.query(query, &[]).expect("months").iter().map(|row| row.get(0)).collect()
}

fn denied(client: &mut Client, statement: &str) {
    let error = client.batch_execute(statement).expect_err(statement);
    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{statement}: {error}");
}

#[test]
fn what_the_audit_was_told_can_be_added_to_and_read_but_not_changed() {
    let world = World::new();
    let mut client = application(&world);
    let insert = "INSERT INTO audit_events (actor_type, actor_id, action, object_type)
                  VALUES ('system', 'test', 'access.refused', 'operation')";
    assert_eq!(client.execute(insert, &[]).expect("inserted"), 1);
    let months = months(&mut client);
    let months: Vec<_> = months.iter().filter(|name| name.starts_with("audit_events_")).collect();
    assert_eq!(months.len(), 4, "this month and three ahead");
    for table in std::iter::once("audit_events").chain(months.into_iter().map(String::as_str)) {
        denied(&mut client, &format!("UPDATE {table} SET actor_id = 'nobody'"));
        denied(&mut client, &format!("DELETE FROM {table}"));
        denied(&mut client, &format!("TRUNCATE {table}"));
        denied(&mut client, &format!("DROP TABLE {table}"));
    }
    denied(
        &mut client,
        "INSERT INTO audit_events (actor_type, actor_id, action, object_type)
        VALUES ('system', 'x', 'x', 'x') ON CONFLICT (id) DO UPDATE SET actor_id = 'nobody'",
    );
    denied(&mut client, "UPDATE receipt_keys SET id = 'other'");
    denied(&mut client, "DELETE FROM receipt_keys");
    let told: i64 =
        client.query_one("SELECT count(*) FROM audit_events", &[]).expect("read").get(0);
    assert_eq!(told, 3, "two organisations were added, and what was inserted here");
}

#[test]
fn no_table_is_made_changed_or_emptied() {
    let world = World::new();
    let mut client = application(&world);
    for statement in [
        "CREATE TABLE something (id integer)",
        "CREATE FUNCTION something() RETURNS integer LANGUAGE sql RETURN 1",
        "CREATE SCHEMA something",
        "CREATE ROLE something",
        "DROP TABLE exports",
        "TRUNCATE exports",
        "TRUNCATE exports CASCADE",
        "ALTER TABLE exports ADD COLUMN something integer",
        "ALTER TABLE audit_events DISABLE TRIGGER ALL",
        "CREATE INDEX something ON exports (host)",
        "CREATE TRIGGER something BEFORE INSERT ON exports FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger()",
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('something')",
        "DELETE FROM __diesel_schema_migrations",
    ] {
        denied(&mut client, statement);
    }
}

#[test]
fn the_application_makes_months_that_it_cannot_change() {
    let mut world = World::new();
    let mut client = application(&world);
    let last = months(&mut client).pop().expect("months");
    world.sql(
        "DO $$ DECLARE month regclass; BEGIN
        FOR month IN SELECT inhrelid FROM pg_inherits
            WHERE inhparent IN ('audit_events'::regclass, 'attempts'::regclass)
              AND inhrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r') LOOP
            EXECUTE format('DROP TABLE %s', month);
        END LOOP; END $$",
    );
    assert_eq!(months(&mut client), [""; 0]);
    client.batch_execute("SELECT make_partitions()").expect("made");
    let made = months(&mut client);
    assert_eq!((made.len(), made.last()), (8, Some(&last)));
    for month in made.iter().filter(|name| name.starts_with("audit_events_")) {
        denied(&mut client, &format!("UPDATE {month} SET actor_id = 'nobody'"));
        denied(&mut client, &format!("DELETE FROM {month}"));
    }
    let insert = "INSERT INTO audit_events (actor_type, actor_id, action, object_type)
                  VALUES ('system', 'test', 'access.refused', 'operation')";
    assert_eq!(client.execute(insert, &[]).expect("a month to go to"), 1);
}

fn current_user(conn: &mut Conn) -> Result<String, StoreError> {
    #[derive(QueryableByName)]
    struct User {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let query = "SELECT current_user::text AS name";
    Ok(diesel::sql_query(query).get_result::<User>(conn)?.name)
}

/// Runs a call on a pool of one connection.
fn run<T: Send + 'static>(
    config: DbConfig,
    call: impl FnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
) -> T {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let db = Db::new(&config).expect("an address");
    runtime.block_on(db.run(call)).expect("Postgres")
}

#[test]
fn sessions_of_the_pool_have_that_role_where_they_are_asked_to() {
    let mut world = World::new();
    let login = current_user(&mut world.conn).expect("Postgres");
    assert_ne!(login, ROLE);
    for (application_role, expected) in [(true, ROLE), (false, login.as_str())] {
        let config = DbConfig { application_role, ..DbConfig::new(world.url.clone(), 1) };
        assert_eq!(run(config, current_user), expected);
    }
}

#[test]
fn months_that_are_kept_no_longer_are_dropped_by_a_session_of_the_pool() {
    let mut world = World::new();
    let old = "CREATE TABLE attempts_2020_01 PARTITION OF attempts
        FOR VALUES FROM (uuid_v7_floor('2020-01-01T00:00:00Z'))
        TO (uuid_v7_floor('2020-02-01T00:00:00Z'))";
    world.sql(old);
    let dropped = run(DbConfig::new(world.url.clone(), 1), |conn| {
        let year = std::time::Duration::from_hours(365 * 24);
        Ok((maintenance::drop_partitions(conn, year)?, current_user(conn)?))
    });
    assert_eq!(dropped, (vec!["attempts_2020_01".to_owned()], ROLE.to_owned()));
}

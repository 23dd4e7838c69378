//! The pool: a link that broke while nobody used it is replaced before anything is sent on it.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer};
use store::{Conn, Connect, Connections, Db, DbConfig, StoreError};

use crate::database::World;

/// The process that serves a session.
fn backend(conn: &mut Conn) -> Result<i32, StoreError> {
    #[derive(QueryableByName)]
    struct Backend {
        #[diesel(sql_type = Integer)]
        pid: i32,
    }
    let query = "SELECT pg_backend_pid() AS pid";
    Ok(diesel::sql_query(query).get_result::<Backend>(conn)?.pid)
}

/// Ends the process that serves a session, and returns when it is gone.
fn terminate(world: &mut World, pid: i32) {
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Bool)]
        yes: bool,
    }
    let query = format!("SELECT pg_terminate_backend({pid}) AS yes");
    let ended: Answer = diesel::sql_query(query).get_result(&mut world.conn).expect("Postgres");
    assert!(ended.yes);
    let query =
        format!("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = {pid}) AS yes");
    while !diesel::sql_query(&query).get_result::<Answer>(&mut world.conn).expect("Postgres").yes {}
    // The process itself ends, and closes its end of the link, a moment later.
    while std::path::Path::new(&format!("/proc/{pid}")).exists() {}
}

#[test]
fn a_link_that_broke_is_replaced_without_an_error() {
    let mut world = World::new();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let db = Db::new(&DbConfig::new(world.url.clone(), 1)).expect("an address");
    let first = runtime.block_on(db.run(backend)).expect("Postgres");
    let again = runtime.block_on(db.run(backend)).expect("Postgres");
    assert_eq!(first, again, "one connection, used again");
    for _ in 0..3 {
        let broken = runtime.block_on(db.run(backend)).expect("Postgres");
        terminate(&mut world, broken);
        let replaced = runtime.block_on(db.run(backend)).expect("a new link");
        assert_ne!(replaced, broken);
    }
}

#[test]
fn a_call_that_runs_apart_holds_no_connection_between_its_uses() {
    let mut world = World::new();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let db = Db::new(&DbConfig::new(world.url.clone(), 1)).expect("an address");
    let other = db.clone();
    let handle = runtime.handle().clone();
    let apart = db.run_apart(move |connections: &mut Connections| {
        let first = connections.with(backend)??;
        // There is one connection: it is free while nobody uses it.
        let between = handle.block_on(other.run(backend))?;
        terminate(&mut world, first);
        let second = connections.with(backend)??;
        Ok::<_, StoreError>((first, between, second))
    });
    let (first, between, second) = runtime.block_on(apart).expect("Postgres");
    assert_eq!(first, between);
    assert_ne!(first, second, "the one that broke meanwhile is not given out");
}

//! Failover: links to a server that takes no more writes are thrown away at the first refusal, and
//! writing works again as soon as the server takes writes.

use std::collections::BTreeSet;
use std::sync::{Arc, Barrier};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use domain::actor::{Actor, Scope};
use store::{Conn, Db, DbConfig, StoreError, organisations};
use tokio::runtime::Runtime;

use crate::database::World;

const LINKS: usize = 3;

fn pool(world: &World) -> (Runtime, Db) {
    let size = u32::try_from(LINKS).expect("few");
    let db = Db::new(&DbConfig::new(world.url.clone(), size)).expect("an address");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    (runtime.expect("a runtime"), db)
}

fn write(runtime: &Runtime, db: &Db, name: &'static str) -> Result<(), StoreError> {
    let add =
        move |conn: &mut Conn| organisations::add(conn, &Actor::system("test", Scope::All), name);
    runtime.block_on(db.run(add)).map(|added| drop(added.expect("a free name")))
}

/// Does the same on each link of the pool at once, and tells the processes that served them.
fn on_each(runtime: &Runtime, db: &Db, sql: &'static str) -> BTreeSet<i32> {
    #[derive(QueryableByName)]
    struct Backend {
        #[diesel(sql_type = Integer)]
        pid: i32,
    }
    let all = Arc::new(Barrier::new(LINKS));
    let call = || {
        let (db, all) = (db.clone(), Arc::clone(&all));
        let call = move |conn: &mut Conn| {
            conn.batch_execute(sql)?;
            let pid = diesel::sql_query("SELECT pg_backend_pid() AS pid");
            let Backend { pid } = pid.get_result(conn)?;
            all.wait();
            Ok(pid)
        };
        async move { db.run(call).await }
    };
    runtime.block_on(async {
        let calls: Vec<_> = (0..LINKS).map(|_| tokio::spawn(call())).collect();
        let mut pids = BTreeSet::new();
        for call in calls {
            pids.insert(call.await.expect("no panic").expect("Postgres"));
        }
        pids
    })
}

/// For sessions that begin from now on.
fn set_read_only(world: &mut World, value: &str) {
    world.sql(&format!(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = {value}',
         current_database()); END $$"
    ));
}

#[test]
fn the_first_refused_write_throws_away_every_link() {
    let world = World::new();
    let (runtime, db) = pool(&world);
    write(&runtime, &db, "before").expect("written");
    let old = on_each(&runtime, &db, "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
    assert_eq!(old.len(), LINKS);
    let refused = write(&runtime, &db, "meanwhile").expect_err("read-only");
    assert!(refused.is_unavailable(), "the client may try again: {refused}");
    write(&runtime, &db, "after").expect("on a new link");
    let new = on_each(&runtime, &db, "SELECT");
    assert_eq!(old.intersection(&new).count(), 0, "none of the old ones is left");
}

#[test]
fn a_look_finds_out_as_well() {
    let world = World::new();
    let (runtime, db) = pool(&world);
    assert!(runtime.block_on(db.can_write()).expect("asked"));
    on_each(&runtime, &db, "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
    assert!(!runtime.block_on(db.can_write()).expect("asked"));
    write(&runtime, &db, "after").expect("on a new link");
    assert!(runtime.block_on(db.can_write()).expect("asked"));
}

#[test]
fn links_that_were_made_meanwhile_are_not_kept() {
    let mut world = World::new();
    set_read_only(&mut world, "on");
    let (runtime, db) = pool(&world);
    let reads = |conn: &mut Conn| organisations::list(conn, &Actor::system("test", Scope::All));
    for _ in 0..2 {
        assert!(!runtime.block_on(db.can_write()).expect("asked"));
        let refused = write(&runtime, &db, "meanwhile").expect_err("read-only");
        assert!(matches!(refused, StoreError::ReadOnly(_)) && refused.is_unavailable());
        assert_eq!(runtime.block_on(db.run(reads)).expect("reading goes on").len(), 2);
    }
    set_read_only(&mut world, "off");
    // One link may have been made before, and waits for its first use.
    drop(write(&runtime, &db, "at once"));
    write(&runtime, &db, "then").expect("writing works again");
    assert!(runtime.block_on(db.can_write()).expect("asked"));
}

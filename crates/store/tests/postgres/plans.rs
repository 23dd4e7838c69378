//! An organisation that came after statistics were gathered: its rows are looked up by key, not
//! all read for each.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use store::applications::{self, ApplicationFilter};
use store::{Conn, StoreError};

use crate::database::World;
use crate::people::{application, candidate, import, people, vacancy};
use crate::sending::{new_export, try_export, webhook};

mod failed;
mod lists;

const PEOPLE: usize = 1_500;
const ROWS: &[&str] = &["candidates", "applications"];

/// Rows of these tables that `work` makes Postgres read, on a connection whose counters are still at
/// zero.
fn rows_read(world: &World, tables: &[&str], work: impl FnOnce(&mut Conn)) -> i64 {
    #[derive(QueryableByName)]
    struct Read {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    let query = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint AS rows
                 FROM pg_stat_xact_user_tables WHERE relname = ANY ($1)";
    world
        .connect()
        .transaction(|conn| {
            work(conn);
            Ok::<_, StoreError>(
                diesel::sql_query(query)
                    .bind::<Array<Text>, _>(tables)
                    .get_result::<Read>(conn)?
                    .rows,
            )
        })
        .expect("Postgres")
}

#[test]
fn a_new_organisation_reads_each_of_its_rows_a_few_times() {
    let mut world = World::new();
    let stranger = world.stranger.clone();
    people(&mut world.conn, &world.admin, PEOPLE);
    world.sql("ANALYZE");
    let mut lines = vec![vacancy("V-1", &["Applied", "Shortlisted"])];
    for number in 1..=PEOPLE {
        lines.extend([candidate(number), application("V-1", number, "Applied")]);
    }
    let few = i64::try_from(12 * PEOPLE).expect("small");
    for _ in 0..2 {
        let read = rows_read(&world, ROWS, |conn| {
            import(conn, &stranger, &lines).expect("imported");
        });
        assert!(read < few, "import: {read}");
    }
    let (vacancy, picked) = people(&mut world.conn, &stranger, PEOPLE);
    let webhook = webhook(&mut world.conn, &stranger, 1);
    let read = rows_read(&world, ROWS, |conn| {
        try_export(conn, &stranger, &new_export(webhook, vacancy, &picked)).expect("accepted");
    });
    assert!(read < few, "export: {read}");
    let read = rows_read(&world, ROWS, |conn| {
        let filter = ApplicationFilter::default();
        let page = applications::list(conn, &stranger, vacancy, &filter, None, PEOPLE);
        page.expect("Postgres").expect("there");
    });
    assert!(read < few, "list: {read}");
}

//! What the gauges of storage show.

use store::stats::{Storage, storage};

use crate::database::World;

#[test]
fn months_ahead_and_bytes_are_counted() {
    let mut world = World::new();
    let Storage { database_bytes, attempts_months, audit_months } =
        storage(&mut world.conn).expect("an answer");
    assert_eq!((attempts_months, audit_months), (3, 3));
    assert!(database_bytes > 1024 * 1024, "{database_bytes}");
}

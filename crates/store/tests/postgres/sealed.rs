//! What is sealed is sealed again value by value, and whatever changed meanwhile stays as it was changed.

use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::sealing::Resealed;
use store::Conn;
use store::maintenance::{SEALED, SealedColumn, SealedValue, replace_sealed, sealed_values};

use crate::database::World;
use crate::sending::webhook;

fn all(conn: &mut Conn, column: SealedColumn) -> Vec<SealedValue> {
    sealed_values(conn, column, None, 100).expect("Postgres")
}

fn again(byte: u8) -> Resealed {
    Resealed { sealed: vec![1, b'n', byte], url_hmac: [byte; 32], url_mark: [byte; 32] }
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
}

/// What an erasure makes.
fn reference_key(world: &mut World, byte: u8) {
    world.sql(&format!(
        "INSERT INTO reference_keys (organisation_id, key_sealed) SELECT id, '\\x{byte:02x}' FROM organisations"
    ));
}

/// A new sealed column has to be in the list: else it would not open any more once its key is gone.
#[test]
fn every_sealed_column_is_known() {
    let mut world = World::new();
    let query = "SELECT table_name || '.' || column_name AS name FROM information_schema.columns
                 WHERE table_schema = 'public' AND column_name LIKE '%\\_sealed' ORDER BY 1";
    let found: Vec<Column> = diesel::sql_query(query).load(&mut world.conn).expect("columns");
    let mut known = SEALED.map(|(_, table, column)| format!("{table}.{column}"));
    known.sort();
    assert_eq!(found.into_iter().map(|column| column.name).collect::<Vec<_>>(), known);
}

#[test]
fn batches_walk_over_all_values() {
    let mut world = World::new();
    for (actor, url) in [(&world.admin, 1), (&world.admin, 2), (&world.stranger, 3)] {
        webhook(&mut world.conn, actor, url);
    }
    reference_key(&mut world, 1);
    for (column, _, _) in SEALED {
        let whole: Vec<_> = all(&mut world.conn, column)
            .into_iter()
            .map(|it| (it.context.organisation, it.context.webhook))
            .collect();
        assert!(whole.len() >= 2, "{column:?}");
        let (mut walked, mut after) = (Vec::new(), None);
        while let Some(value) =
            sealed_values(&mut world.conn, column, after.as_ref(), 1).expect("Postgres").pop()
        {
            walked.push((value.context.organisation, value.context.webhook));
            after = Some(value);
        }
        assert_eq!(walked, whole, "{column:?}");
    }
}

#[test]
fn a_value_that_changed_meanwhile_stays() {
    let mut world = World::new();
    let admin = world.admin.clone();
    let hook = webhook(&mut world.conn, &admin, 1);
    reference_key(&mut world, 1);
    for (column, _, _) in SEALED {
        let before = all(&mut world.conn, column).remove(0);
        let replace =
            |conn: &mut Conn, byte| replace_sealed(conn, &before, &again(byte)).expect("Postgres");
        assert!(replace(&mut world.conn, 1), "{column:?}");
        assert!(!replace(&mut world.conn, 2), "another process was here before: {column:?}");
        assert_eq!(all(&mut world.conn, column)[0].value, [1, b'n', 1]);
    }
    let rotated = store::webhooks::rotate_secret(&mut world.conn, &admin, hook, b"\x01nnew");
    rotated.expect("Postgres").expect("rotated");
    let secrets = all(&mut world.conn, SealedColumn::WebhookSecret);
    assert_eq!(secrets.len(), 2, "the earlier one signs along, and is sealed");
    store::webhooks::delete(&mut world.conn, &admin, hook, true)
        .expect("Postgres")
        .expect("deleted");
    for secret in &secrets {
        assert!(
            !replace_sealed(&mut world.conn, secret, &again(3)).expect("Postgres"),
            "it is gone"
        );
    }
    assert!(all(&mut world.conn, SealedColumn::WebhookUrl).is_empty());
}

#[test]
fn a_url_that_was_registered_twice_keeps_what_finds_it() {
    let mut world = World::new();
    let admin = world.admin.clone();
    webhook(&mut world.conn, &admin, 1);
    webhook(&mut world.conn, &admin, 2);
    for value in all(&mut world.conn, SealedColumn::WebhookUrl) {
        assert!(replace_sealed(&mut world.conn, &value, &again(7)).expect("Postgres"));
    }
    let resealed = all(&mut world.conn, SealedColumn::WebhookUrl);
    assert!(resealed.iter().all(|value| value.value == [1, b'n', 7]));
}

//! Work under the key of a request: done once, remembered with what it did, or not at all.

use store::api_keys::{CreateRefusal, create};
use store::idempotency_keys::{IdempotencyKey, Once, once_called};
use store::import::{Imported, load_once, of_event};
use store::webhooks;
use uuid::Uuid;

use crate::api_keys::new_key;
use crate::database::World;
use crate::people::count;
use crate::sending::{new_webhook, test_export, webhook};

fn key(name: &str, request: u8) -> IdempotencyKey {
    IdempotencyKey {
        caller: "https://id.example.com auth0|ada".to_owned(),
        operation: "an_operation".to_owned(),
        key: name.to_owned(),
        request_sha256: [request; 32],
    }
}

#[test]
fn the_second_request_is_told_what_the_first_one_did() {
    let mut world = World::new();
    let new = new_webhook(&mut world.conn, "Zapier", 1);
    let mut register = |key: &IdempotencyKey| {
        let admin = &world.admin;
        let once = once_called(&mut world.conn, admin, Some(key), |conn| {
            let created = webhooks::create(conn, admin, &new)?;
            Ok(created.map(|()| ((), new.id.into())))
        });
        once.expect("Postgres")
    };
    let resource = Uuid::from(new.id);
    assert_eq!(register(&key("k", 1)), Ok(Once::Done(())));
    assert_eq!(register(&key("k", 1)), Ok(Once::Replayed { resource }));
    assert_eq!(register(&key("k", 2)), Ok(Once::KeyReused));
    let other = IdempotencyKey { operation: "another".to_owned(), ..key("k", 1) };
    assert!(register(&other).is_err(), "the URL is taken, and the key another one");
    assert_eq!(count(&mut world.conn, "idempotency_keys"), 1, "a refusal is not remembered");
    assert_eq!(count(&mut world.conn, "webhooks"), 1);
}

#[test]
fn what_is_refused_may_be_asked_for_again_under_the_same_key() {
    let mut world = World::new();
    let id = webhook(&mut world.conn, &world.admin, 1);
    test_export(&mut world.conn, &world.admin, id);
    let mut delete = |cancel| {
        let admin = &world.admin;
        let once = once_called(&mut world.conn, admin, Some(&key("k", 1)), |conn| {
            let deleted = webhooks::delete(conn, admin, id, cancel)?;
            Ok(deleted.map(|deleted| (deleted.cancelled, id.into())))
        });
        once.expect("Postgres")
    };
    assert!(delete(false).is_err(), "an export is in progress");
    assert_eq!(delete(true), Ok(Once::Done(1)));
    assert_eq!(delete(false), Ok(Once::Replayed { resource: id.into() }), "it is gone, as asked");
}

#[test]
fn a_key_belongs_to_its_organisation_and_caller() {
    let mut world = World::new();
    let other = IdempotencyKey { caller: "api_key 1".to_owned(), ..key("k", 1) };
    let (conn, new) = (&mut world.conn, new_key("CRM", 1));
    let made = create(conn, &world.admin, &new, Some(&key("k", 1))).expect("Postgres");
    assert!(matches!(made, Ok(Once::Done(_))));
    let again = create(conn, &world.admin, &new, Some(&other)).expect("Postgres");
    assert_eq!(again, Err(CreateRefusal::NameTaken));
    let new = new_key("CRM", 2);
    let theirs = create(conn, &world.stranger, &new, Some(&key("k", 1))).expect("Postgres");
    assert!(matches!(theirs, Ok(Once::Done(_))));
}

#[test]
fn an_import_is_remembered_by_its_event() {
    let mut world = World::new();
    let mut load = |actor| {
        let lines = std::iter::empty();
        load_once(&mut world.conn, actor, None, lines, Some(&key("k", 1))).expect("Postgres")
    };
    let (admin, stranger) = (world.admin.clone(), world.stranger.clone());
    assert!(matches!(load(&admin), Ok(Once::Done(counts)) if counts == Imported::default()));
    let Ok(Once::Replayed { resource }) = load(&admin) else { panic!("the same request") };
    let mut told = |actor| of_event(&mut world.conn, actor, resource).expect("Postgres");
    assert_eq!(told(&admin), Some(Imported::default()));
    assert_eq!(told(&stranger), None, "another organisation's");
}

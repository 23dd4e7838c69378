//! Keys of third parties: made, found, used, revoked, and whose they are.

use domain::actor::{Actor, ActorKind, Scope};
use domain::audit::Action;
use domain::id::ApiKeyId;
use domain::role::Role;
use serde_json::json;
use store::Conn;
use store::api_keys::{
    self, ApiKey, CreateRefusal, Found, LIVE_LIMIT, NewApiKey, Unknown, create, find, get, list,
    revoke,
};
use store::idempotency_keys::Once;
use store::organisations::is_known;
use uuid::Uuid;

use crate::audit::{briefly, told};
use crate::database::World;

pub(crate) fn new_key(name: &str, number: u8) -> NewApiKey {
    let name = name.to_owned();
    NewApiKey { name, role: Role::OrgAdmin, secret_sha256: [number; 32], expires_in_days: 90 }
}

fn made(conn: &mut Conn, actor: &Actor, new: &NewApiKey) -> Result<ApiKey, CreateRefusal> {
    match create(conn, actor, new, None).expect("Postgres")? {
        Once::Done(key) => Ok(key),
        other => panic!("{other:?} without an idempotency key"),
    }
}

fn actor(conn: &mut Conn, number: u8) -> Option<Actor> {
    match find(conn, &[number; 32]).expect("Postgres") {
        Some(Found::Live { actor, .. }) => Some(actor),
        Some(Found::Expired) | None => None,
    }
}

#[test]
fn a_key_acts_in_its_role_until_it_is_revoked() {
    let mut world = World::new();
    told(&mut world.conn);
    let admins = made(&mut world.conn, &world.admin, &new_key("CRM", 1)).expect("made");
    let recruits = NewApiKey { role: Role::Recruiter, ..new_key("Forms", 2) };
    let recruits = made(&mut world.conn, &world.admin, &recruits).expect("made");
    assert_eq!(admins.created_by, world.admin.requester());
    assert_eq!((admins.expires_at - admins.created_at).num_days(), 90);
    let northwind = world.northwind;
    for (number, key, scope) in
        [(1, &admins, Scope::Organisation(northwind)), (2, &recruits, Scope::Own(northwind))]
    {
        let actor = actor(&mut world.conn, number).expect("live");
        assert_eq!(
            (actor.kind, &actor.id, actor.scope),
            (ActorKind::ApiKey, &key.id.to_string(), scope)
        );
        assert_eq!((actor.name.as_ref(), &actor.email), (Some(&key.name), &None));
        assert!(is_known(&mut world.conn, &actor).expect("Postgres"));
        let revoked = revoke(&mut world.conn, &world.admin, key.id, None).expect("Postgres");
        assert_eq!(revoked, Ok(Once::Done(())));
        assert_eq!(find(&mut world.conn, &[number; 32]).expect("Postgres"), None);
        assert!(!is_known(&mut world.conn, &actor).expect("Postgres"), "who acts already stops");
        let again = revoke(&mut world.conn, &world.admin, key.id, None).expect("Postgres");
        assert_eq!(again, Ok(Once::Done(())), "and that stays so");
    }
    assert_eq!(find(&mut world.conn, &[9; 32]).expect("Postgres"), None);
    let details = |role: &str| json!({ "role": role, "expires_in_days": 90 });
    let expected = [
        (Action::ApiKeyCreated, admins.id.into(), details("org_admin")),
        (Action::ApiKeyCreated, recruits.id.into(), details("recruiter")),
        (Action::ApiKeyRevoked, admins.id.into(), json!({})),
        (Action::ApiKeyRevoked, recruits.id.into(), json!({})),
    ];
    assert_eq!(briefly(&told(&mut world.conn)), expected);
}

#[test]
fn a_key_expires_by_itself() {
    let mut world = World::new();
    let key = made(&mut world.conn, &world.admin, &new_key("CRM", 1)).expect("made");
    let actor = actor(&mut world.conn, 1).expect("live");
    world.sql("UPDATE api_keys SET created_at = now() - interval '90 days', expires_at = now()");
    assert_eq!(find(&mut world.conn, &[1; 32]).expect("Postgres"), Some(Found::Expired));
    assert!(!is_known(&mut world.conn, &actor).expect("Postgres"));
    // Its name is free again.
    made(&mut world.conn, &world.admin, &new_key("crm", 2)).expect("made");
    revoke(&mut world.conn, &world.admin, key.id, None).expect("Postgres").expect("there");
    assert_eq!(find(&mut world.conn, &[1; 32]).expect("Postgres"), None, "revoked tells less");
}

#[test]
fn names_are_unique_among_the_live_and_there_are_not_too_many() {
    let mut world = World::new();
    let first = made(&mut world.conn, &world.admin, &new_key("CRM", 1)).expect("made");
    let taken = made(&mut world.conn, &world.admin, &new_key("Crm", 2));
    assert_eq!(taken, Err(CreateRefusal::NameTaken));
    made(&mut world.conn, &world.stranger, &new_key("CRM", 2)).expect("another organisation's");
    revoke(&mut world.conn, &world.admin, first.id, None).expect("Postgres").expect("there");
    for number in 0..LIVE_LIMIT {
        let new = new_key(&format!("Key {number}"), 100 + u8::try_from(number).expect("small"));
        made(&mut world.conn, &world.admin, &new).expect("made");
    }
    let refused = made(&mut world.conn, &world.admin, &new_key("One more", 99));
    assert_eq!(refused, Err(CreateRefusal::TooMany { limit: LIVE_LIMIT }));
}

#[test]
fn keys_are_their_organisations_and_a_list_has_all_of_them_newest_first() {
    let mut world = World::new();
    let [one, two, three] = [("A", 1), ("B", 2), ("C", 3)].map(|(name, number)| {
        made(&mut world.conn, &world.admin, &new_key(name, number)).expect("made").id
    });
    revoke(&mut world.conn, &world.admin, two, None).expect("Postgres").expect("there");
    let mut page = |actor: &Actor, after| {
        let page = list(&mut world.conn, actor, after, 2).expect("Postgres");
        (page.items.iter().map(|key| key.id).collect::<Vec<_>>(), page.next)
    };
    assert_eq!(page(&world.admin, None), (vec![three, two], Some(two)));
    assert_eq!(page(&world.admin, Some(two)), (vec![one], None));
    assert_eq!(page(&world.stranger, None), (vec![], None));
    let missing = ApiKeyId::from(Uuid::from_u128(1));
    for (actor, id) in [(&world.stranger, one), (&world.admin, missing)] {
        assert_eq!(revoke(&mut world.conn, actor, id, None).expect("Postgres"), Err(Unknown));
        assert_eq!(get(&mut world.conn, actor, id).expect("Postgres"), None);
    }
    let read = get(&mut world.conn, &world.admin, two).expect("Postgres").expect("it stays");
    assert!(read.revoked_at.is_some());
}

#[test]
fn a_use_is_noted_once_a_minute() {
    let mut world = World::new();
    let key = made(&mut world.conn, &world.admin, &new_key("CRM", 1)).expect("made").id;
    let to_be_noted = |world: &mut World| match find(&mut world.conn, &[1; 32]) {
        Ok(Some(Found::Live { to_be_noted, .. })) => to_be_noted,
        other => panic!("{other:?}"),
    };
    let actor = actor(&mut world.conn, 1).expect("live");
    let noted = |world: &mut World| {
        api_keys::used(&mut world.conn, &actor).expect("Postgres");
        let key = get(&mut world.conn, &world.admin, key).expect("Postgres").expect("there");
        key.last_used_at.expect("it was used")
    };
    assert!(to_be_noted(&mut world));
    let first = noted(&mut world);
    assert!(!to_be_noted(&mut world));
    assert_eq!(noted(&mut world), first, "within the minute");
    world.sql("UPDATE api_keys SET last_used_at = now() - interval '61 seconds'");
    assert!(to_be_noted(&mut world));
    assert!(noted(&mut world) >= first);
    assert!(!to_be_noted(&mut world));
}

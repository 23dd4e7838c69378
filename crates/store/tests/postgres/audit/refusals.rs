//! What was refused is told of the organisation of who asked: objects of others, and what a role may
//! not do. What exists nowhere is not.

use domain::actor::Actor;
use domain::audit::{Action, ObjectType};
use serde_json::json;
use store::audit::{AuditFilter, Object, Refused, page, refused};
use store::filter::UnknownFilter;
use uuid::Uuid;

use super::{briefly, told};
use crate::actors::recruiter;
use crate::database::World;
use crate::people::people;
use crate::sending::{test_export, webhook};

const OPERATION: &str = "POST /v1/exports";

fn refusal(forbidden: bool, objects: &[Object]) -> Refused {
    Refused { operation: OPERATION.to_owned(), forbidden, objects: objects.to_vec() }
}

fn event(object: Object, why: &str) -> (Action, Object, serde_json::Value) {
    (Action::AccessRefused, object, json!({"operation": OPERATION, "why": why}))
}

#[test]
fn objects_of_another_organisation_are_told() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 2);
    let export = test_export(&mut world.conn, &world.rosa, webhook);
    told(&mut world.conn);
    let objects: [Object; 5] =
        [export.into(), webhook.into(), vacancy.into(), picked[0].into(), picked[1].into()];
    let nowhere = Uuid::from_u128(9);
    let kinds =
        [ObjectType::Export, ObjectType::Webhook, ObjectType::Vacancy, ObjectType::Application];
    let unknown = kinds.map(|kind| Object { kind, id: Some(nowhere) });
    // An id of one kind is none of another.
    let mistaken = Object { kind: ObjectType::Webhook, id: Some(export.into()) };
    let asked = [&objects[..], &unknown, &[mistaken, ObjectType::Export.into()]].concat();
    refused(&mut world.conn, &world.stranger, &refusal(false, &asked)).expect("Postgres");
    let events = told(&mut world.conn);
    for event in &events {
        assert_eq!(event.by, ("member".to_owned(), world.stranger.id.clone()));
        assert_eq!(event.organisation, Some(world.contoso), "it is of who asked");
    }
    let mut told_of = briefly(&events);
    told_of.sort_by_key(|(_, object, _)| objects.iter().position(|asked| asked == object));
    assert_eq!(told_of, objects.map(|object| event(object, "foreign")));
    for actor in [&world.admin, &world.rosa, &world.support] {
        refused(&mut world.conn, actor, &refusal(false, &asked)).expect("Postgres");
        assert_eq!(told(&mut world.conn), [], "it is theirs, or nowhere");
    }
}

/// An admin who reads of it would learn which ids there are elsewhere.
#[test]
fn only_support_reads_who_asked_for_what_is_elsewhere() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let ben = recruiter(world.contoso, "auth0|ben");
    let (theirs, support) = (world.stranger.clone(), world.support.clone());
    let mut read = |actor: &Actor, filter: AuditFilter| {
        refused(&mut world.conn, &ben, &refusal(false, &[webhook.into()])).expect("Postgres");
        let page = page(&mut world.conn, actor, &filter, None, 100).expect("Postgres");
        page.map(|page| page.items.iter().any(|it| it.action == "access.refused"))
    };
    let filters = [
        AuditFilter::default(),
        AuditFilter { actions: vec![Action::AccessRefused], ..AuditFilter::default() },
        AuditFilter { object: Some(webhook.into()), ..AuditFilter::default() },
    ];
    for filter in filters {
        assert_eq!(read(&theirs, filter.clone()), Ok(false), "{filter:?}");
        for actor in [&support, &support.within(world.contoso)] {
            assert_eq!(read(actor, filter.clone()), Ok(true), "{filter:?}");
        }
    }
    let by_ben = AuditFilter { actor: Some(ben.id.clone()), ..AuditFilter::default() };
    assert_eq!(read(&theirs, by_ben.clone()), Err(UnknownFilter::Actor), "as if nothing was");
    assert_eq!(read(&support, by_ben), Ok(true));
}

#[test]
fn what_a_role_may_not_do_is_told() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    told(&mut world.conn);
    let operation = Object::from(ObjectType::Operation);
    let nowhere = Object { kind: ObjectType::Webhook, id: Some(Uuid::from_u128(9)) };
    for (objects, named) in [
        (vec![], operation),
        (vec![Object::from(webhook)], webhook.into()),
        (vec![nowhere], nowhere),
    ] {
        for actor in [&world.rosa, &world.support] {
            refused(&mut world.conn, actor, &refusal(true, &objects)).expect("Postgres");
            let events = told(&mut world.conn);
            assert_eq!(briefly(&events), [event(named, "role")]);
            assert_eq!(events[0].organisation, actor.organisation());
        }
    }
    refused(&mut world.conn, &world.rosa, &refusal(false, &[])).expect("Postgres");
    assert_eq!(told(&mut world.conn), []);
}

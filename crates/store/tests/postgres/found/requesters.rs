//! Who asked for exports, what became of those of a recruiter alone, and who is told that support looked.

use domain::actor::Actor;
use domain::audit::{Action, ObjectType};
use domain::explanation::Traffic;
use domain::id::WebhookId;
use serde_json::json;
use store::Conn;
use store::search::What;

use super::{found, register, results};
use crate::actors::recruiter;
use crate::audit::{briefly, told};
use crate::database::World;
use crate::sending::{answer, lease, test_export};

/// So many that what went to another webhook is older than all that is looked at.
#[test]
fn a_recruiter_with_thousands_is_told_that_not_all_were_counted() {
    let mut world = World::new();
    let (ann, rosa) = (world.admin.clone(), world.rosa.clone());
    let hook = register(&mut world, &ann, ("Zapier", "hooks.zapier.com"), 1);
    let other = register(&mut world, &ann, ("Flows", "flows.example.com"), 2);
    test_export(&mut world.conn, &rosa, hook);
    let jobs = lease(&mut world.conn, 1);
    answer(&mut world.conn, jobs, 200);
    let conn = &mut world.conn;
    let traffic = |conn: &mut Conn, id: WebhookId| match results(conn, &rosa, &id.to_string())
        .hits
        .remove(0)
        .what
    {
        What::Webhook(it) => it.delivery.traffic,
        other => panic!("{other:?}"),
    };
    assert_eq!(traffic(conn, other), Traffic::default());
    let more = "INSERT INTO exports SELECT (jsonb_populate_record(e, jsonb_build_object(
            'id', uuid_v7_floor(now() - n * interval '1 millisecond')))).*
        FROM exports e, generate_series(1, 5000) n";
    assert_eq!(world.sql(more), 5_000);
    let conn = &mut world.conn;
    assert_eq!(traffic(conn, other), Traffic { bounded: true, ..Traffic::default() });
    let all = Traffic { accepted: 5_000, bounded: true, ..Traffic::default() };
    assert_eq!(traffic(conn, hook), all);
}

#[test]
fn who_asked_is_found_with_the_newest_of_it() {
    let mut world = World::new();
    let (ann, rosa) = (world.admin.clone(), world.rosa.clone());
    let hook = register(&mut world, &ann, ("Zapier", "hooks.zapier.com"), 1);
    for _ in 0..6 {
        test_export(&mut world.conn, &rosa, hook);
    }
    let ben = recruiter(world.northwind, "auth0|ben");
    let (support, stranger) = (world.support.clone(), world.stranger.clone());
    let conn = &mut world.conn;
    let email = "Rosa <SOMEBODY@example.com>";
    let mut expected = vec!["=requester Rosa Recruiter".to_owned()];
    expected.extend(vec!["=export".to_owned(); 5]);
    for actor in [&ann, &rosa, &support] {
        assert_eq!(found(conn, actor, email), expected);
    }
    for actor in [&ben, &stranger] {
        assert_eq!(found(conn, actor, email), [""; 0], "not theirs to see");
    }
    let long_ago = format!("{email} 2020-01-01");
    assert_eq!(found(conn, &ann, &long_ago), ["=requester Rosa Recruiter"]);
    told(conn);
    assert_eq!(found(conn, &support, &long_ago), ["=requester Rosa Recruiter"]);
    let looks = told(conn);
    let look = (Action::SupportLooked, ObjectType::Export.into(), json!({ "shown": 1 }));
    assert_eq!(briefly(&looks), [look], "a card of somebody, without an export after it");
    assert_eq!(looks[0].organisation, Some(world.northwind));
    let owner = |conn: &mut Conn, actor: &Actor| match &results(conn, actor, email).hits[0].what {
        What::Requester(it) => (it.organisation().copied(), it.organisation_name.clone()),
        other => panic!("{other:?}"),
    };
    let (one, name) = (Some(world.northwind), Some("Northwind".to_owned()));
    assert_eq!(owner(conn, &support), (one, name));
    let theirs = register(&mut world, &stranger, ("Flows", "flows.example.com"), 2);
    test_export(&mut world.conn, &stranger, theirs);
    let conn = &mut world.conn;
    assert_eq!(owner(conn, &support), (None, None), "added up over two organisations");
    assert_eq!(owner(conn, &ann), (one, None));
    told(conn);
    found(conn, &support, &long_ago);
    assert_eq!(told(conn).len(), 2, "each of them is told");
    assert_eq!(found(conn, &ann, "nobody@example.com"), [""; 0]);
}

#[test]
fn what_support_is_shown_is_told_and_no_one_elses_search() {
    let mut world = World::new();
    let (ann, rosa, contoso) = (world.admin.clone(), world.rosa.clone(), world.stranger.clone());
    let hook = register(&mut world, &ann, ("Zapier", "hooks.zapier.com"), 1);
    register(&mut world, &contoso, ("Flows", "hooks.zapier.com"), 2);
    register(&mut world, &ann, ("Other", "flows.example.com"), 3);
    let export = test_export(&mut world.conn, &rosa, hook);
    told(&mut world.conn);
    let support = world.support.clone();
    let looked = |kind: ObjectType| (Action::SupportLooked, kind.into(), json!({"shown": 1}));
    for (q, expected) in [
        (export.to_string(), vec![looked(ObjectType::Export)]),
        ("Northwind".to_owned(), vec![looked(ObjectType::Organisation)]),
        ("somebody@example.com".to_owned(), vec![looked(ObjectType::Export)]),
        (world.northwind.to_string(), vec![looked(ObjectType::Organisation)]),
        ("flows.example.com".to_owned(), vec![looked(ObjectType::Webhook)]),
        // Of several organisations, none of which is named.
        ("hooks.zapier.com".to_owned(), vec![]),
        ("nothing of the kind".to_owned(), vec![]),
    ] {
        results(&mut world.conn, &support, &q);
        assert_eq!(briefly(&told(&mut world.conn)), expected, "{q}");
        results(&mut world.conn, &ann, &q);
        assert_eq!(briefly(&told(&mut world.conn)), [], "{q}: one's own is no event");
    }
}

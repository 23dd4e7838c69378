//! One box: what is found by whom, the best hits first, and whose look is told.

use chrono::Utc;
use domain::actor::{Actor, ActorKind};
use domain::audit::{Action, ObjectType};
use domain::explanation::Traffic;
use domain::id::WebhookId;
use domain::role::Role;
use domain::search::Search;
use serde_json::json;
use store::search::{self, HitKind, Results, What};
use store::webhooks::{self, WebhookFilter};
use store::{Conn, organisations};

use crate::actors::operator;
use crate::audit::{briefly, told};
use crate::database::World;
use crate::people::people;
use crate::sending::{answer, lease, new_webhook, test_export};

mod requesters;

fn results(conn: &mut Conn, actor: &Actor, q: &str) -> Results {
    let search = Search::parse(q).expect("something to search for");
    search::find(conn, actor, &search, Utc::now()).expect("Postgres")
}

/// What was found, in short; what is called just so is marked.
fn found(conn: &mut Conn, actor: &Actor, q: &str) -> Vec<String> {
    let hit = |hit: &search::Hit| {
        let what = match &hit.what {
            What::Attempt(_) => "attempt".to_owned(),
            What::Export(_) => "export".to_owned(),
            What::Webhook(it) => format!("webhook {}", it.name),
            What::Host(it) => format!("host {}", it.host),
            What::Requester(it) => format!("requester {}", it.name.as_deref().unwrap_or_default()),
            What::Organisation(it) => format!("organisation {}", it.name),
            What::Candidate(it) => format!("candidate {}", it.reference),
        };
        format!("{}{what}", if hit.exact { "=" } else { "" })
    };
    results(conn, actor, q).hits.iter().map(hit).collect()
}

fn register(world: &mut World, actor: &Actor, (name, host): (&str, &str), url: u8) -> WebhookId {
    let mut new = new_webhook(&mut world.conn, name, url);
    new.host = host.to_owned();
    webhooks::create(&mut world.conn, actor, &new).expect("Postgres").expect("free");
    new.id
}

#[test]
fn names_hosts_and_organisations_are_found_by_a_part() {
    let mut world = World::new();
    let (ann, contoso) = (world.admin.clone(), world.stranger.clone());
    register(&mut world, &ann, ("Zapier: new hires", "hooks.zapier.com"), 1);
    register(&mut world, &ann, ("zapier", "flows.example.com"), 2);
    register(&mut world, &contoso, ("Contoso flows", "hooks.zapier.com"), 3);
    let support = world.support.clone();
    let conn = &mut world.conn;
    let ours = ["=webhook zapier", "host hooks.zapier.com", "webhook Zapier: new hires"];
    assert_eq!(found(conn, &ann, "ZAPIER"), ours);
    assert_eq!(found(conn, &support, "zapier"), ours);
    assert_eq!(found(conn, &contoso, "zapier"), ["host hooks.zapier.com"]);
    assert_eq!(found(conn, &ann, "https://hooks.zapier.com/x"), ["=host hooks.zapier.com"]);
    let all = found(conn, &support, "contoso");
    assert_eq!(all, ["=organisation Contoso", "webhook Contoso flows"]);
    assert_eq!(found(conn, &contoso, "contoso"), ["webhook Contoso flows"], "no customers");
    let id = world.northwind.to_string();
    assert_eq!(found(conn, &support, &id), ["=organisation Northwind"]);
    for actor in [&ann, &world.rosa] {
        assert_eq!(found(conn, actor, &id), [""; 0], "not even their own");
    }
    assert_eq!(found(conn, &ann, "flows"), ["host flows.example.com"]);
    for nothing in ["%%%", "___", "\\\\\\", "nothing of the kind", "***"] {
        assert_eq!(found(conn, &ann, nothing), [""; 0], "{nothing}");
    }
    let owners = |results: &Results| match &results.hits[0].what {
        What::Host(host) => (host.organisations.len(), host.organisation_name.clone()),
        _ => panic!("{results:?}"),
    };
    assert_eq!(owners(&results(conn, &support, "hooks.zapier.com")), (2, None));
    let one = owners(&results(conn, &support, "flows.example.com"));
    assert_eq!(one, (1, Some("Northwind".to_owned())));
}

#[test]
fn of_each_kind_ten_are_shown_and_more_are_told_of() {
    let mut world = World::new();
    let ann = world.admin.clone();
    for url in 0..11 {
        let (name, host) = (format!("Flow {url}"), format!("flow-{url}.example.com"));
        register(&mut world, &ann, (&name, &host), url);
    }
    let found = results(&mut world.conn, &ann, "flow");
    assert_eq!(found.hits.len(), 20);
    assert_eq!(found.more, [HitKind::Host, HitKind::Webhook]);
    let found = results(&mut world.conn, &ann, "flow 10");
    assert!(found.more.is_empty(), "{found:?}");
}

/// Whatever label a recruiter or support guesses, the answer is the same.
#[test]
fn a_masked_label_is_found_by_nobody_who_does_not_read_it() {
    let mut world = World::new();
    let (ann, rosa, support) = (world.admin.clone(), world.rosa.clone(), world.support.clone());
    register(&mut world, &ann, ("Tunnel", "blue-fox.ngrok-free.app"), 1);
    register(&mut world, &ann, ("Tunnel 2", "red-fox.ngrok-free.app"), 2);
    let conn = &mut world.conn;
    let whole = ["=host blue-fox.ngrok-free.app"];
    assert_eq!(found(conn, &ann, "blue-fox.ngrok-free.app"), whole);
    assert_eq!(found(conn, &ann, "blue-fox"), ["host blue-fox.ngrok-free.app"]);
    let listed = |conn: &mut Conn, actor: &Actor, q: &str| {
        let filter = WebhookFilter { q: Some(q.to_owned()), ..WebhookFilter::default() };
        let page = webhooks::list(conn, actor, &filter, None, 10).expect("Postgres");
        page.expect("nothing unknown").items.len()
    };
    assert_eq!(listed(conn, &ann, "blue-fox"), 1);
    for actor in [&rosa, &support] {
        for guess in
            ["blue-fox", "blue-fo", "green-fox", "fox", "blue-fox.ng", "green-fox.ng", "fox.ngrok"]
        {
            assert_eq!(found(conn, actor, guess), [""; 0], "{guess}");
            assert_eq!(listed(conn, actor, guess), 0, "{guess}");
        }
        for read in ["blue-fox.ngrok-free.app", "green-fox.ngrok-free.app", "***.ngrok-free.app"] {
            assert_eq!(found(conn, actor, read), ["=host ***.ngrok-free.app"], "{read}");
            assert_eq!(listed(conn, actor, read), 2, "{read}");
        }
        assert_eq!(found(conn, actor, "ngrok"), ["host ***.ngrok-free.app"]);
    }
}

#[test]
fn webhooks_are_counted_by_what_became_of_their_exports() {
    let mut world = World::new();
    let (ann, rosa) = (world.admin.clone(), world.rosa.clone());
    let hook = register(&mut world, &ann, ("Zapier", "hooks.zapier.com"), 1);
    for (actor, status) in [(&rosa, 200), (&rosa, 413), (&ann, 200), (&ann, 500)] {
        test_export(&mut world.conn, actor, hook);
        let jobs = lease(&mut world.conn, 1);
        answer(&mut world.conn, jobs, status);
    }
    let conn = &mut world.conn;
    let mut delivery = |actor: &Actor, q: &str| match results(conn, actor, q).hits.remove(0).what {
        What::Webhook(it) => it.delivery,
        What::Host(it) => it.delivery,
        other => panic!("{other:?}"),
    };
    let all = Traffic { accepted: 2, failed: 1, in_progress: 1, ..Traffic::default() };
    let own = Traffic { accepted: 1, failed: 1, ..Traffic::default() };
    for (actor, traffic, last) in [(&ann, all, 500), (&world.support, all, 500), (&rosa, own, 413)]
    {
        for q in ["Zapier", &hook.to_string(), "hooks.zapier.com"] {
            let found = delivery(actor, q);
            assert_eq!(found.traffic, traffic, "{q}");
            let failed = found.last_failure.expect("one failed");
            assert_eq!((failed.http_status, failed.response_body), (Some(last), None), "{q}");
            assert_eq!((found.standing.live, found.standing.failing), (1, 1), "{q}");
        }
    }
    let day = |days: i64| (Utc::now() - chrono::TimeDelta::days(days)).format("%Y-%m-%d");
    let today = delivery(&ann, &format!("hooks.zapier.com {}", day(0)));
    assert_eq!(today.traffic, all);
    let before = delivery(&ann, &format!("hooks.zapier.com {}", day(1)));
    assert_eq!((before.traffic, before.last_failure.is_none()), (Traffic::default(), true));
}

#[test]
fn candidates_are_found_by_their_own_admins_alone() {
    let mut world = World::new();
    let ann = world.admin.clone();
    people(&mut world.conn, &ann, 3);
    let key = Actor { kind: ActorKind::ApiKey, ..ann.clone() };
    let of_recruiter = Actor { role: Some(Role::Recruiter), ..key.clone() };
    let (rosa, support, stranger) =
        (world.rosa.clone(), world.support.clone(), world.stranger.clone());
    let id: uuid::Uuid = {
        use diesel::prelude::*;
        #[derive(QueryableByName)]
        struct Id {
            #[diesel(sql_type = diesel::sql_types::Uuid)]
            id: uuid::Uuid,
        }
        let query = "SELECT id FROM candidates WHERE reference = 'C-2'";
        diesel::sql_query(query).get_result::<Id>(&mut world.conn).expect("a candidate").id
    };
    let conn = &mut world.conn;
    let id = id.to_string();
    for (q, expected) in [
        ("C-2", vec!["=candidate C-2"]),
        ("ada2@example.com", vec!["=candidate C-2"]),
        ("ADA2@EXAMPLE.com", vec!["=candidate C-2"]),
        (&id, vec!["=candidate C-2"]),
    ] {
        for actor in [&ann, &key] {
            assert_eq!(found(conn, actor, q), expected, "{q}");
        }
        for actor in [&rosa, &of_recruiter, &support, &support.within(world.northwind), &stranger] {
            assert_eq!(found(conn, actor, q), [""; 0], "{q} as {:?}", actor.role);
        }
    }
    told(conn);
    assert_eq!(found(conn, &ann, "ada").len(), 3);
    let searched = (Action::CandidatesSearched, ObjectType::Candidate.into(), json!({"shown": 3}));
    assert_eq!(briefly(&told(conn)), [searched], "who looked at people is told, not for whom");
    assert_eq!(found(conn, &support, "ada"), [""; 0]);
}

#[test]
fn organisations_are_found_by_words_in_any_order() {
    let mut world = World::new();
    for name in ["B\u{e9}ta Personal AG", "Personal & B\u{e4}ren", "\u{201e}Zeta\u{201c}"] {
        organisations::add(&mut world.conn, &operator(), name).expect("Postgres").expect("free");
    }
    let ann = world.admin.clone();
    let hook = register(&mut world, &ann, ("Zapier", "hooks.zapier.com"), 1);
    test_export(&mut world.conn, &world.rosa, hook);
    let support = world.support.clone();
    let conn = &mut world.conn;
    let mut names = |q: Option<&str>, after: Option<&str>, limit: usize| {
        let page = organisations::find(conn, &support, q, after, limit).expect("Postgres");
        (page.items.into_iter().map(|it| it.name).collect::<Vec<_>>(), page.next)
    };
    for (q, expected) in [
        ("personal", vec!["B\u{e9}ta Personal AG", "Personal & B\u{e4}ren"]),
        ("AG beta", vec!["B\u{e9}ta Personal AG"]),
        ("bar", vec!["Personal & B\u{e4}ren"]),
        ("zeta", vec!["\u{201e}Zeta\u{201c}"]),
        ("gamma", vec![]),
        ("%", vec![]),
        ("...", vec![]),
    ] {
        assert_eq!(names(Some(q), None, 10).0, expected, "{q}");
    }
    let (all, _) = names(None, None, 10);
    assert_eq!(all.len(), 5);
    let (first, next) = names(None, None, 2);
    let (rest, end) = names(None, next.as_deref(), 10);
    assert_eq!(([first, rest].concat(), end), (all, None));
    let found = organisations::find(conn, &support, Some("northwind"), None, 1).expect("Postgres");
    let northwind = &found.items[0];
    assert_eq!((northwind.live_webhooks, northwind.failing_webhooks), (1, 0));
    assert!(northwind.last_export_at.is_some());
}

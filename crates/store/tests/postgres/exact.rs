//! `q` of the lists of exports and attempts: one thing by its id, its e-mail address or its host, within
//! what the actor may see.

use domain::actor::Actor;
use domain::id::{AttemptId, ExportId};
use domain::search::Exact;
use store::Conn;
use store::attempts::{self, AttemptFilter};
use store::exports::{self, ExportFilter};
use store::filter::UnknownFilter;
use uuid::Uuid;

use crate::actors::recruiter;
use crate::database::World;
use crate::sending::{answer, lease, new_webhook, test_export, webhook};

fn attempts_of(conn: &mut Conn, actor: &Actor, filter: &AttemptFilter) -> Vec<AttemptId> {
    let page = attempts::list(conn, actor, filter, None, 200).expect("Postgres");
    page.expect("nothing unknown").items.iter().map(|attempt| attempt.id).collect()
}

fn exports_of(conn: &mut Conn, actor: &Actor, filter: &ExportFilter) -> Vec<ExportId> {
    let page = exports::list(conn, actor, filter, None, 200).expect("Postgres");
    page.expect("nothing unknown").items.iter().map(|export| export.id).collect()
}

fn by(q: &Exact) -> (ExportFilter, AttemptFilter) {
    let q = Some(q.clone());
    let exports = ExportFilter { q: q.clone(), ..ExportFilter::default() };
    (exports, AttemptFilter { q, ..AttemptFilter::default() })
}

/// What both lists answer.
fn found(conn: &mut Conn, actor: &Actor, q: &Exact) -> (Vec<ExportId>, Vec<AttemptId>) {
    let (exports, attempts) = by(q);
    (exports_of(conn, actor, &exports), attempts_of(conn, actor, &attempts))
}

#[test]
fn an_id_is_of_an_export_an_attempt_or_a_webhook() {
    let mut world = World::new();
    let hook = webhook(&mut world.conn, &world.admin, 1);
    let other = webhook(&mut world.conn, &world.admin, 2);
    let (rosa, ann) = (world.rosa.clone(), world.admin.clone());
    let ended = test_export(&mut world.conn, &rosa, hook);
    let jobs = lease(&mut world.conn, 1);
    answer(&mut world.conn, jobs, 200);
    let under_way = test_export(&mut world.conn, &rosa, hook);
    lease(&mut world.conn, 1);
    let waiting = test_export(&mut world.conn, &rosa, other);
    let tries = attempts_of(&mut world.conn, &ann, &AttemptFilter::default());
    let [wired, logged] = tries[..] else { panic!("two attempts: {tries:?}") };
    let cases: [(Uuid, Vec<ExportId>, Vec<AttemptId>); 7] = [
        (ended.into(), vec![ended], vec![logged]),
        (logged.into(), vec![ended], vec![logged]),
        (under_way.into(), vec![under_way], vec![wired]),
        (wired.into(), vec![under_way], vec![wired]),
        (waiting.into(), vec![waiting], vec![]),
        (hook.into(), vec![under_way, ended], vec![wired, logged]),
        (Uuid::from_u128(9), vec![], vec![]),
    ];
    let ben = recruiter(world.northwind, "auth0|ben");
    let (support, stranger) = (world.support.clone(), world.stranger.clone());
    for (id, exports, attempts) in cases {
        for actor in [&rosa, &ann, &support, &support.within(world.northwind)] {
            let found = found(&mut world.conn, actor, &Exact::Id(id));
            assert_eq!(found, (exports.clone(), attempts.clone()), "{id} for {actor:?}");
        }
        for actor in [&ben, &stranger, &support.within(world.contoso)] {
            let found = found(&mut world.conn, actor, &Exact::Id(id));
            assert_eq!(found, (vec![], vec![]), "{id} for {actor:?}");
        }
    }
}

#[test]
fn it_narrows_what_else_is_asked_for() {
    let mut world = World::new();
    let [hook, other] = [1, 2].map(|url| webhook(&mut world.conn, &world.admin, url));
    let ann = world.admin.clone();
    let export = test_export(&mut world.conn, &ann, hook);
    let jobs = lease(&mut world.conn, 1);
    answer(&mut world.conn, jobs, 413);
    let (exports, attempts) = by(&Exact::Id(export.into()));
    let conn = &mut world.conn;
    for (webhook_id, count) in [(hook, 1), (other, 0)] {
        let exports = ExportFilter { webhook_id: Some(webhook_id), ..exports.clone() };
        assert_eq!(exports_of(conn, &ann, &exports).len(), count);
        let attempts = AttemptFilter { webhook_id: Some(webhook_id), ..attempts.clone() };
        assert_eq!(attempts_of(conn, &ann, &attempts).len(), count);
    }
    let email = Exact::Email("SOMEBODY@example.com".to_owned());
    assert_eq!(found(conn, &ann, &email).0, [export]);
    for (status, count) in
        [(domain::export::ExportStatus::Failed, 1), (domain::export::ExportStatus::Delivered, 0)]
    {
        for q in [Exact::Id(export.into()), Exact::Id(hook.into()), email.clone()] {
            let filter = ExportFilter { statuses: vec![status], ..by(&q).0 };
            assert_eq!(exports_of(conn, &ann, &filter).len(), count, "{status}");
        }
    }
    let nobody = Exact::Email("nobody@example.com".to_owned());
    assert_eq!(found(conn, &ann, &nobody), (vec![], vec![]), "an empty list, unlike a filter");
    let somebody = ExportFilter { requested_by: Some(ann.id.clone()), ..by(&nobody).0 };
    assert_eq!(exports_of(conn, &ann, &somebody), []);
}

/// Who reads `***` gets the same answer whatever label they guess.
#[test]
fn a_host_that_is_masked_is_no_oracle() {
    let mut world = World::new();
    let ann = world.admin.clone();
    let mut exports = Vec::new();
    for (url, host) in
        [(1, "aaaa-1.ngrok-free.app"), (2, "bbbb-2.ngrok-free.app"), (3, "hooks.example.com")]
    {
        let mut new = new_webhook(&mut world.conn, host, url);
        new.host = host.to_owned();
        store::webhooks::create(&mut world.conn, &ann, &new).expect("Postgres").expect("free");
        exports.push(test_export(&mut world.conn, &ann, new.id));
    }
    let both = vec![exports[1], exports[0]];
    let (support, host) = (world.support.clone(), |text: &str| Exact::Host(text.to_owned()));
    for (text, whole, masked) in [
        ("aaaa-1.ngrok-free.app", vec![exports[0]], both.clone()),
        ("guess.ngrok-free.app", vec![], both.clone()),
        ("***.ngrok-free.app", both.clone(), both.clone()),
        ("hooks.example.com", vec![exports[2]], vec![exports[2]]),
        ("example.com", vec![], vec![]),
    ] {
        assert_eq!(found(&mut world.conn, &ann, &host(text)).0, whole, "{text}");
        assert_eq!(found(&mut world.conn, &support, &host(text)).0, masked, "{text}");
        assert_eq!(found(&mut world.conn, &world.stranger, &host(text)).0, [], "{text}");
        let filter = ExportFilter { host: Some(text.to_owned()), ..ExportFilter::default() };
        for (actor, expected) in [(&ann, whole), (&support, masked)] {
            let page = exports::list(&mut world.conn, actor, &filter, None, 10).expect("Postgres");
            let ids = page.map(|page| page.items.iter().map(|it| it.id).collect::<Vec<_>>());
            // Who filters is told that there is no such host.
            let unknown = || Err(UnknownFilter::Host);
            assert_eq!(ids, if expected.is_empty() { unknown() } else { Ok(expected) }, "{text}");
        }
    }
}

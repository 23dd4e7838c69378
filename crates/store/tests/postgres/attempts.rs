//! The log, with what is under way in it.

use chrono::{DateTime, TimeDelta};
use domain::actor::Actor;
use domain::id::{AttemptId, WebhookId};
use domain::outcome::Outcome;
use store::attempts::{Attempt, AttemptFilter, list, of_export};
use store::{Conn, queue};

use crate::actors::recruiter;
use crate::database::World;
use crate::sending::{answer, lease, test_export, webhook};

fn listed(conn: &mut Conn, actor: &Actor, filter: &AttemptFilter) -> Vec<Attempt> {
    list(conn, actor, filter, None, 200).expect("Postgres").map_or(vec![], |page| page.items)
}

/// One export with one attempt.
fn attempt(world: &mut World, webhook: WebhookId, requester: &str, status: u16) -> AttemptId {
    let requester = recruiter(world.northwind, requester);
    test_export(&mut world.conn, &requester, webhook);
    let jobs = lease(&mut world.conn, 1);
    let id = jobs[0].lease.attempt;
    answer(&mut world.conn, jobs, status);
    id
}

#[test]
fn an_attempt_is_listed_from_its_claim_on() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let export = test_export(&mut world.conn, &world.rosa, webhook);
    let all = AttemptFilter::default();
    assert_eq!(listed(&mut world.conn, &world.admin, &all), []);
    let jobs = lease(&mut world.conn, 1);
    let under_way = listed(&mut world.conn, &world.admin, &all).pop().expect("under way");
    assert_eq!((under_way.id, under_way.export_id), (jobs[0].lease.attempt, export));
    assert_eq!((under_way.outcome, under_way.duration_ms), (None, None));
    assert_eq!((under_way.attempt_number, under_way.candidate_count), (1, Some(2)));
    assert_eq!(under_way.started_at, jobs[0].lease.started_at);
    answer(&mut world.conn, jobs, 503);
    let logged = listed(&mut world.conn, &world.admin, &all);
    assert_eq!(logged.len(), 1, "once, not twice");
    let logged = &logged[0];
    assert_eq!((logged.id, logged.outcome), (under_way.id, Some(Outcome::Http5xx)));
    assert_eq!((logged.http_status, logged.candidate_count), (Some(503), Some(2)));
    assert_eq!(logged.response_headers, [("server".to_owned(), "tests".to_owned())]);
    assert_eq!(logged.response_body.as_deref(), Some(&b"noted"[..]));
    assert!(logged.next_attempt_at > Some(logged.started_at));
    assert_eq!(
        (logged.payload_sha256.clone(), logged.payload_gone),
        (under_way.payload_sha256, false)
    );

    // Whoever ends the export: nothing comes that was due.
    store::exports::cancel(&mut world.conn, &world.rosa, export)
        .expect("Postgres")
        .expect("it waits");
    let logged = listed(&mut world.conn, &world.admin, &all);
    assert_eq!((logged[0].next_attempt_at, logged[0].payload_gone), (None, false));
    world.sql("UPDATE exports SET payload_kept_until = now()");
    let logged = listed(&mut world.conn, &world.admin, &all);
    assert_eq!((logged[0].response_body.as_ref(), logged[0].payload_gone), (None, true));
}

#[test]
fn filters_hold_together() {
    let mut world = World::new();
    let [first, second] = [1, 2].map(|url| webhook(&mut world.conn, &world.admin, url));
    world.sql("UPDATE webhooks SET host = 'other.example.com' WHERE url_sealed = '\\x02'");
    let a = attempt(&mut world, first, "auth0|rosa", 200);
    let b = attempt(&mut world, first, "auth0|ben", 404);
    let c = attempt(&mut world, second, "auth0|ben", 413);
    test_export(&mut world.conn, &world.rosa, second);
    let jobs = lease(&mut world.conn, 1);
    let under_way = jobs[0].lease.attempt;
    let all = AttemptFilter::default();
    let read = listed(&mut world.conn, &world.admin, &all);
    let of_c = read.iter().find(|attempt| attempt.id == c).expect("in the log").clone();
    let text = |text: &str| Some(text.to_owned());
    let in_1969 = Some(DateTime::UNIX_EPOCH - TimeDelta::days(1));
    let cases = [
        (all.clone(), vec![under_way, c, b, a]),
        (AttemptFilter { webhook_id: Some(second), ..all.clone() }, vec![under_way, c]),
        (AttemptFilter { export_id: Some(of_c.export_id), ..all.clone() }, vec![c]),
        (AttemptFilter { outcomes: vec![Outcome::Http4xx], ..all.clone() }, vec![b]),
        (
            AttemptFilter {
                outcomes: [Outcome::Delivered, Outcome::Http4xx].into(),
                ..all.clone()
            },
            vec![b, a],
        ),
        (AttemptFilter { http_status: Some(200), ..all.clone() }, vec![a]),
        (AttemptFilter { http_status: Some(65_535), ..all.clone() }, vec![]),
        (AttemptFilter { host: text("hooks.example.com"), ..all.clone() }, vec![b, a]),
        (AttemptFilter { host: text("other.example.com"), ..all.clone() }, vec![under_way, c]),
        (AttemptFilter { requested_by: text("auth0|ben"), ..all.clone() }, vec![c, b]),
        (AttemptFilter { from: Some(of_c.started_at), ..all.clone() }, vec![under_way, c]),
        (AttemptFilter { to: Some(of_c.started_at), ..all.clone() }, vec![b, a]),
        (AttemptFilter { from: in_1969, ..all.clone() }, vec![under_way, c, b, a]),
        (AttemptFilter { to: in_1969, ..all.clone() }, vec![]),
    ];
    for (filter, expected) in cases {
        for actor in [&world.admin, &world.support] {
            let found = listed(&mut world.conn, actor, &filter);
            let found: Vec<_> = found.iter().map(|attempt| attempt.id).collect();
            assert_eq!(found, expected, "{filter:?}");
        }
        let of_rosa = expected.into_iter().filter(|id| [under_way, a].contains(id));
        let own = listed(&mut world.conn, &world.rosa, &filter);
        let own = own.iter().map(|attempt| attempt.id);
        assert!(own.eq(of_rosa), "a recruiter sees their own: {filter:?}");
        let theirs = listed(&mut world.conn, &world.stranger, &filter);
        assert_eq!(theirs, []);
    }
}

#[test]
fn support_finds_an_export_that_the_log_outlives() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let id = attempt(&mut world, webhook, "auth0|rosa", 200);
    let export_id = listed(&mut world.conn, &world.support, &AttemptFilter::default())[0].export_id;
    world.sql("DELETE FROM exports");
    let filter = AttemptFilter { export_id: Some(export_id), ..AttemptFilter::default() };
    let found = listed(&mut world.conn, &world.support, &filter);
    assert_eq!(found.iter().map(|attempt| attempt.id).collect::<Vec<_>>(), [id]);
    assert_eq!(found[0].candidate_count, None);
}

#[test]
fn a_log_without_from_covers_a_month_and_an_export_all_of_it() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let id = attempt(&mut world, webhook, "auth0|rosa", 200);
    let export = listed(&mut world.conn, &world.admin, &AttemptFilter::default())[0].export_id;
    // As if it had been made 40 days ago; the partition of that month has to be made first.
    world.sql(
        "CREATE TABLE attempts_old PARTITION OF attempts
         FOR VALUES FROM ('00000000-0000-0000-0000-000000000000')
         TO (uuid_v7_floor(date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'))",
    );
    world.sql(
        "UPDATE attempts SET id = uuid_v7(now() - interval '40 days'),
                             started_at = now() - interval '40 days'",
    );
    assert_eq!(listed(&mut world.conn, &world.admin, &AttemptFilter::default()), []);
    let from = Some(chrono::Utc::now() - TimeDelta::days(50));
    let to = Some(chrono::Utc::now() - TimeDelta::days(35));
    for filter in [
        AttemptFilter { from, ..AttemptFilter::default() },
        AttemptFilter { to, ..AttemptFilter::default() },
        AttemptFilter { export_id: Some(export), ..AttemptFilter::default() },
    ] {
        let found = listed(&mut world.conn, &world.admin, &filter);
        assert_eq!(found.len(), 1);
        assert!(found[0].id < id);
    }
}

#[test]
fn the_attempts_of_an_export_come_in_their_order() {
    let mut world = World::new();
    let northwind = world.northwind;
    let webhook_1 = webhook(&mut world.conn, &world.admin, 1);
    let export = test_export(&mut world.conn, &world.rosa, webhook_1);
    for _ in 0..5 {
        queue::notify(&mut world.conn, &[(northwind, webhook_1)]).expect("Postgres");
        let jobs = lease(&mut world.conn, 1);
        answer(&mut world.conn, jobs, 413);
        store::exports::resend(&mut world.conn, &world.admin, export, None)
            .expect("Postgres")
            .expect("it has ended");
    }
    queue::notify(&mut world.conn, &[(northwind, webhook_1)]).expect("Postgres");
    assert_eq!(lease(&mut world.conn, 1).len(), 1);
    let (mut numbers, mut after) = (Vec::new(), None);
    loop {
        let page = of_export(&mut world.conn, &world.admin, export, after, 4);
        let page = page.expect("Postgres").expect("there");
        numbers.extend(page.items.iter().map(|attempt| attempt.attempt_number));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6], "the last one is under way");
    for other in [&world.stranger, &recruiter(northwind, "auth0|ben")] {
        let foreign = of_export(&mut world.conn, other, export, None, 10);
        assert_eq!(foreign.expect("Postgres"), None);
    }
    let filter = AttemptFilter::default();
    let newest = list(&mut world.conn, &world.admin, &filter, None, 4).expect("Postgres");
    let newest = newest.expect("known");
    let rest = list(&mut world.conn, &world.admin, &filter, newest.next, 4).expect("Postgres");
    let rest = rest.expect("known");
    let both = newest.items.iter().chain(&rest.items).map(|attempt| attempt.attempt_number);
    assert_eq!(both.collect::<Vec<_>>(), [6, 5, 4, 3, 2, 1]);
    assert_eq!(rest.next, None);
}

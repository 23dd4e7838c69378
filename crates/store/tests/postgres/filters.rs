//! Filters that name something: found in each spelling, and told when it is not there, which is
//! what everything of another organisation is.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use domain::actor::Actor;
use domain::id::{ExportId, VacancyId, WebhookId};
use store::Conn;
use store::attempts::{self, AttemptFilter};
use store::exports::{self, ExportFilter};
use store::filter::UnknownFilter;
use store::maintenance::forget_requesters;
use uuid::Uuid;

use crate::actors::{admin, recruiter};
use crate::database::World;
use crate::people::{count, people};
use crate::sending::{answer, lease, new_webhook, test_export, webhook};

type Found = Result<Vec<ExportId>, UnknownFilter>;

/// What both lists answer, which is the same.
fn listed(conn: &mut Conn, actor: &Actor, requested_by: Option<&str>, host: Option<&str>) -> Found {
    let (requested_by, host) = (requested_by.map(str::to_owned), host.map(str::to_owned));
    let of_attempts = AttemptFilter {
        requested_by: requested_by.clone(),
        host: host.clone(),
        ..AttemptFilter::default()
    };
    let of_exports = ExportFilter { requested_by, host, ..ExportFilter::default() };
    let attempts = attempts::list(conn, actor, &of_attempts, None, 200).expect("Postgres");
    let attempts: Found =
        attempts.map(|page| page.items.iter().map(|attempt| attempt.export_id).collect());
    let exports = exports::list(conn, actor, &of_exports, None, 200).expect("Postgres");
    let exports: Found = exports.map(|page| page.items.iter().map(|export| export.id).collect());
    assert_eq!(attempts, exports, "{of_exports:?}");
    exports
}

fn delivered(world: &mut World, actor: &Actor, webhook: WebhookId) -> ExportId {
    let id = test_export(&mut world.conn, actor, webhook);
    let jobs = lease(&mut world.conn, 1);
    answer(&mut world.conn, jobs, 200);
    id
}

fn with_email(mut actor: Actor, email: &str) -> Actor {
    actor.email = Some(email.to_owned());
    actor
}

#[test]
fn a_requester_is_found_by_id_and_by_email() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let rosa = with_email(recruiter(world.northwind, "auth0|rosa"), "Rosa@Northwind.example");
    let ben = with_email(recruiter(world.northwind, "ben@northwind.example"), "ben@example.com");
    let ann = with_email(admin(world.northwind), "ann@northwind.example");
    let of_rosa = delivered(&mut world, &rosa, webhook);
    let of_ben = delivered(&mut world, &ben, webhook);
    // She married, and her next token says so: both addresses are hers.
    let renamed = with_email(rosa.clone(), "rosa.new@northwind.example");
    let of_renamed = delivered(&mut world, &renamed, webhook);
    let both = || Ok(vec![of_renamed, of_rosa]);
    let nobody = || Err(UnknownFilter::Requester);
    let cases = [
        ("auth0|rosa", both()),
        ("rosa@northwind.example", both()),
        (" ROSA@NORTHWIND.EXAMPLE ", both()),
        ("rosa.new@northwind.example", both()),
        ("ben@northwind.example", Ok(vec![of_ben])),
        ("ben@example.com", Ok(vec![of_ben])),
        ("ann@northwind.example", Ok(vec![])),
        (&ann.id, Ok(vec![])),
        ("osa@northwind.example", nobody()),
        ("%@%", nobody()),
        ("auth0|Rosa", nobody()),
        ("rosa", nobody()),
        ("", nobody()),
    ];
    for (text, expected) in cases {
        assert_eq!(listed(&mut world.conn, &ann, Some(text), None), expected, "{text}");
    }
    // An earlier version stored it as the token said it.
    let zoe = with_email(recruiter(world.northwind, "auth0|zoe"), "Zo\u{eb}@B\u{fc}cher.example");
    let of_zoe = delivered(&mut world, &zoe, webhook);
    for text in ["zoe\u{308}@bu\u{308}cher.example", "ZO\u{cb}@xn--bcher-kva.EXAMPLE"] {
        for actor in [&ann, &zoe] {
            let found = listed(&mut world.conn, actor, Some(text), None);
            assert_eq!(found, Ok(vec![of_zoe]), "{text}");
        }
    }
    assert_eq!(listed(&mut world.conn, &ann, Some("zoe@b\u{fc}cher.example"), None), nobody());
    let support = world.support.clone();
    assert_eq!(listed(&mut world.conn, &support, Some("ROSA@northwind.example"), None), both());
    assert_eq!(listed(&mut world.conn, &support, Some("auth0|rosa"), None), both());
    assert_eq!(listed(&mut world.conn, &support, Some("eve@example.com"), None), nobody());
    for text in ["auth0|rosa", "rosa@northwind.example"] {
        assert_eq!(listed(&mut world.conn, &world.stranger, Some(text), None), nobody());
        assert_eq!(listed(&mut world.conn, &ben, Some(text), None), nobody(), "not theirs to see");
    }
    for text in ["auth0|rosa", "rosa.new@northwind.example"] {
        assert_eq!(listed(&mut world.conn, &renamed, Some(text), None), both());
    }
}

/// Judges all that there is, and says that nothing can have come late.
fn swept(world: &mut World) {
    store::flags::judge(&mut world.conn, Duration::ZERO).expect("Postgres");
    world.sql("UPDATE flag_rounds SET looks = 2, look_again_at = 'infinity'");
}

#[test]
fn a_requester_is_found_by_email_however_long_ago_they_asked() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let (ann, support) = (world.admin.clone(), world.support.clone());
    let rosa = with_email(recruiter(world.northwind, "auth0|rosa"), "Rosa@Northwind.example");
    let zoe = with_email(recruiter(world.northwind, "auth0|zoe"), "Zo\u{eb}@B\u{fc}cher.example");
    let mut of_rosa = vec![delivered(&mut world, &rosa, webhook)];
    let of_zoe = delivered(&mut world, &zoe, webhook);
    for turn in 0..3 {
        for actor in [&ann, &support] {
            let mut found = |text| listed(&mut world.conn, actor, Some(text), None);
            assert_eq!(found("ROSA@northwind.example"), Ok(of_rosa.clone()), "{turn}");
            assert_eq!(found("zo\u{eb}@xn--bcher-kva.example"), Ok(vec![of_zoe]), "{turn}");
            assert_eq!(found("eve@example.com"), Err(UnknownFilter::Requester), "{turn}");
        }
        let found = listed(&mut world.conn, &world.stranger, Some("rosa@northwind.example"), None);
        assert_eq!(found, Err(UnknownFilter::Requester));
        swept(&mut world);
        assert_eq!(count(&mut world.conn, "requesters"), 2);
        of_rosa.insert(0, delivered(&mut world, &rosa, webhook));
    }
    world.sql("UPDATE exports SET payload_kept_until = NULL, finished_at = '2026-01-01'");
    world.sql("UPDATE requesters SET asked_on = '2026-01-01'");
    let kept = Duration::from_hours(24);
    assert_eq!(forget_requesters(&mut world.conn, kept).expect("Postgres"), 2, "by their day");
    swept(&mut world);
    world.sql("DELETE FROM exports WHERE requested_by_id = 'auth0|rosa'");
    let found = listed(&mut world.conn, &support, Some("rosa@northwind.example"), None);
    assert_eq!(found, Err(UnknownFilter::Requester), "by an address of exports alone");
}

#[test]
fn a_plain_key_is_the_key_of_an_address() {
    use domain::email;
    let mut world = World::new();
    for (address, is_plain) in [
        ("Ada.B+jobs@Example.COM", true),
        ("ADA_x-1@mail.example.com", true),
        ("ada@localhost", true),
        ("ada@192.0.2.1", true),
        ("ada@XN--BCHER-KVA.example", true),
        ("ada@xn--0.example", true),
        ("ada..b@-example..com.", true),
        ("zo\u{eb}@example.com", false),
        ("ada@b\u{fc}cher.example", false),
        (" ada@example.com", false),
        ("ada@example.com\n", false),
        ("ada\u{ff20}example.com", false),
        ("\u{212a}ada@example.com", false),
        ("ada", false),
        ("", false),
    ] {
        let asked = diesel::sql_query("SELECT plain_email_key($1) AS key");
        let found: Plain =
            asked.bind::<Text, _>(address).get_result(&mut world.conn).expect("a good statement");
        assert_eq!(found.key.is_some(), is_plain, "{address}");
        assert!(found.key.is_none() || found.key == email::key(address), "{address}");
    }
}

#[derive(QueryableByName)]
struct Plain {
    #[diesel(sql_type = Nullable<Text>)]
    key: Option<String>,
}

#[test]
fn a_host_is_one_of_a_webhook_that_is_or_was() {
    let mut world = World::new();
    let ann = world.admin.clone();
    let register = |world: &mut World, host: &str, url| {
        let mut new = new_webhook(&mut world.conn, host, url);
        new.host = host.to_owned();
        let created = store::webhooks::create(&mut world.conn, &ann, &new);
        created.expect("Postgres").expect("free");
        new.id
    };
    let first = register(&mut world, "aaaa-1.ngrok-free.app", 1);
    let second = register(&mut world, "bbbb-2.ngrok-free.app", 2);
    let third = register(&mut world, "hooks_1.example.com", 3);
    register(&mut world, "unused.example.com", 4);
    let ids = [first, second, third].map(|id| delivered(&mut world, &ann, id));
    let deleted = store::webhooks::delete(&mut world.conn, &ann, third, false);
    deleted.expect("Postgres").expect("idle");
    let none = || Err(UnknownFilter::Host);
    let alike = || Ok(vec![ids[1], ids[0]]);
    let cases = [
        ("aaaa-1.ngrok-free.app", Ok(vec![ids[0]])),
        ("***.ngrok-free.app", alike()),
        ("hooks_1.example.com", Ok(vec![ids[2]])),
        ("unused.example.com", Ok(vec![])),
        ("hooksx1.example.com", none()),
        ("***.example.com", none()),
        ("ngrok-free.app", none()),
        ("other.example.com", none()),
    ];
    for (host, expected) in cases {
        assert_eq!(listed(&mut world.conn, &ann, None, Some(host)), expected, "{host}");
        // Who reads it masked asks for all that look alike.
        let expected = if host == "aaaa-1.ngrok-free.app" { alike() } else { expected };
        let support = world.support.clone();
        assert_eq!(listed(&mut world.conn, &support, None, Some(host)), expected, "{host}");
        assert_eq!(listed(&mut world.conn, &world.stranger, None, Some(host)), none(), "{host}");
    }
}

#[test]
fn what_is_foreign_is_told_like_what_is_nowhere() {
    let mut world = World::new();
    let hook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, _) = people(&mut world.conn, &world.admin, 1);
    let export = test_export(&mut world.conn, &world.rosa, hook);
    let unused = webhook(&mut world.conn, &world.admin, 2);
    let ben = recruiter(world.northwind, "auth0|ben");
    let nowhere = Uuid::from_u128(9);
    let webhook_is = |id: WebhookId| ExportFilter { webhook_id: Some(id), ..Default::default() };
    let vacancy_is = |id: VacancyId| ExportFilter { vacancy_id: Some(id), ..Default::default() };
    let of = |world: &mut World, actor: &Actor, filter: &ExportFilter| {
        let page = exports::list(&mut world.conn, actor, filter, None, 10).expect("Postgres");
        page.map(|page| page.items.len())
    };
    let (ann, stranger, support) =
        (world.admin.clone(), world.stranger.clone(), world.support.clone());
    let no_webhook = Err(UnknownFilter::Webhook);
    assert_eq!(of(&mut world, &ann, &webhook_is(hook)), Ok(1));
    for actor in [&ann, &ben, &support] {
        assert_eq!(of(&mut world, actor, &webhook_is(unused)), Ok(0));
        assert_eq!(of(&mut world, actor, &webhook_is(nowhere.into())), no_webhook);
    }
    assert_eq!(of(&mut world, &stranger, &webhook_is(hook)), no_webhook);
    assert_eq!(of(&mut world, &ann, &vacancy_is(vacancy)), Ok(0));
    for (actor, id) in [(&ann, nowhere.into()), (&stranger, vacancy)] {
        assert_eq!(of(&mut world, actor, &vacancy_is(id)), Err(UnknownFilter::Vacancy));
    }
    let everybody = support.within(nowhere.into());
    let unknown = Err(UnknownFilter::Organisation);
    assert_eq!(of(&mut world, &everybody, &ExportFilter::default()), unknown);
    let attempts = |world: &mut World, actor: &Actor, id: ExportId| {
        let filter = AttemptFilter { export_id: Some(id), ..Default::default() };
        let page = attempts::list(&mut world.conn, actor, &filter, None, 10).expect("Postgres");
        page.map(|page| page.items.len())
    };
    assert_eq!(attempts(&mut world, &ann, export), Ok(0), "it waits for its first attempt");
    for (actor, id) in [(&ann, nowhere.into()), (&stranger, export), (&ben, export)] {
        assert_eq!(attempts(&mut world, actor, id), Err(UnknownFilter::Export));
    }
}

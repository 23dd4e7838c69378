//! Acceptance of exports: whole or not at all.

use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use domain::export::{DisabledReason, ExportStatus, ExportType};
use domain::id::{ApplicationId, ExportId, WebhookId};
use serde_json::{Value, json};
use store::StoreError;
use store::exports::{
    self, CreateRefusal, Limits, Refused, TESTS_PER_HOUR, Unexportable, create_test,
};
use store::idempotency_keys::IdempotencyKey;
use uuid::Uuid;

use crate::database::World;
use crate::people::{application, candidate, count, import, people, vacancy, vacancy_id};
use crate::sending::{answer, lease, new_export, test_export, try_export, webhook};

fn payload(world: &mut World, id: ExportId) -> Value {
    let bytes = exports::payload(&mut world.conn, &world.rosa, id);
    serde_json::from_slice(&bytes.expect("Postgres").expect("there").expect("kept")).expect("JSON")
}

fn key(text: &str, request: u8) -> IdempotencyKey {
    IdempotencyKey {
        caller: "issuer|auth0|rosa".to_owned(),
        operation: "create_export".to_owned(),
        key: text.to_owned(),
        request_sha256: [request; 32],
    }
}

#[test]
fn people_go_in_the_order_in_which_they_were_picked() {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Array<SqlUuid>)]
        ids: Vec<Uuid>,
    }
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, mut picked) = people(&mut world.conn, &world.admin, 25);
    picked.swap(3, 20);
    picked.reverse();
    let new = new_export(webhook, vacancy, &picked);
    let accepted = try_export(&mut world.conn, &world.rosa, &new).expect("accepted");
    assert_eq!((accepted.export.webhook_id, accepted.replayed), (webhook, false));
    let payload = payload(&mut world, accepted.export.id);
    let sent = payload["candidates"].as_array().expect("a list").iter();
    let sent: Vec<_> = sent.map(|person| person["application_id"].clone()).collect();
    assert_eq!(json!(sent), json!(picked));
    let query =
        "SELECT array_agg(application_id ORDER BY sequence) AS ids FROM export_applications";
    let Row { ids } = diesel::sql_query(query).get_result(&mut world.conn).expect("a row");
    assert_eq!(ids, picked.iter().copied().map(Uuid::from).collect::<Vec<_>>());
}

#[test]
fn an_accepted_export_is_frozen_and_queued() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 2);
    let new = new_export(webhook, vacancy, &picked);
    let accepted = try_export(&mut world.conn, &world.rosa, &new).expect("accepted").export;
    let id = accepted.id;
    let export = exports::get(&mut world.conn, &world.admin, id).expect("Postgres").expect("there");
    assert_eq!(accepted, export, "what is answered is what is read");
    assert_eq!((export.status, export.kind), (ExportStatus::Queued, ExportType::Candidates));
    assert_eq!((export.candidate_count, export.attempt_count), (2, 0));
    assert_eq!((export.vacancy_id, export.requested_by), (Some(vacancy), world.rosa.requester()));
    assert_eq!(export.next_attempt_at.map(|at| at >= export.requested_at), Some(true));
    let bytes = exports::payload(&mut world.conn, &world.rosa, id);
    let bytes = bytes.expect("Postgres").expect("there").expect("kept");
    assert_eq!(export.payload_bytes, bytes.len() as u64);
    let sent = serde_json::from_slice::<Value>(&bytes).expect("JSON");
    assert_eq!(sent["export"]["id"], json!(id));
    assert_eq!(sent["organisation"]["name"], "Northwind");
    assert_eq!(sent["vacancy"]["reference"], "V-1");
    let requested_at = sent["timestamp"].as_str().expect("text");
    assert_eq!(requested_at, domain::import::format_instant(export.requested_at));
    import(&mut world.conn, &world.admin, &[candidate(1)]).expect("imported");
    store::queue::notify(&mut world.conn, &[(world.northwind, webhook)]).expect("Postgres");
    let jobs = lease(&mut world.conn, 8);
    assert_eq!(jobs[0].body.as_ref(), Some(&bytes));
}

#[test]
fn applications_that_may_not_go_are_all_named_and_nothing_is_queued() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy_1, picked) = people(&mut world.conn, &world.admin, 4);
    let (_, foreign) = people(&mut world.conn, &world.stranger, 1);
    let mut withdrawn = application("V-1", 2, "Applied");
    withdrawn["status"] = json!("withdrawn");
    let mut restricted = candidate(3);
    restricted["restricted"] = json!(true);
    let lines =
        [withdrawn, restricted, vacancy("V-2", &["Applied"]), application("V-2", 1, "Applied")];
    import(&mut world.conn, &world.admin, &lines).expect("imported");
    let vacancy_2 = vacancy_id(&mut world.conn, &world.admin, "V-2");
    let of_v2 = store::applications::list(
        &mut world.conn,
        &world.admin,
        vacancy_2,
        &Default::default(),
        None,
        1,
    );
    let other_vacancy = of_v2.expect("Postgres").expect("there").items[0].id;
    let unknown = ApplicationId::from(Uuid::from_u128(77));
    let asked =
        [picked[0], picked[1], foreign[0], picked[2], other_vacancy, picked[0], unknown, picked[3]];
    let refused = try_export(&mut world.conn, &world.rosa, &new_export(webhook, vacancy_1, &asked));
    let expected = [
        (1, Unexportable::Withdrawn),
        (2, Unexportable::NotFound),
        (3, Unexportable::Restricted),
        (4, Unexportable::NotFound),
        (5, Unexportable::Duplicate),
        (6, Unexportable::NotFound),
    ];
    let name = |why| match why {
        Unexportable::NotFound => None,
        Unexportable::Withdrawn => Some("Ada Example 2".to_owned()),
        Unexportable::Restricted => Some("Ada Example 3".to_owned()),
        Unexportable::Duplicate => Some("Ada Example 1".to_owned()),
    };
    let refused_for = |(index, why)| {
        let full_name = name(why);
        Refused { index: Some(index), id: asked[index], full_name, why }
    };
    let expected = expected.map(refused_for).to_vec();
    assert_eq!(refused, Err(CreateRefusal::Applications { refused: expected, total: 6 }));
    for table in ["exports", "export_jobs", "export_payloads", "export_applications"] {
        assert_eq!(count(&mut world.conn, table), 0, "{table}");
    }
}

#[test]
fn the_first_hundred_of_many_that_may_not_go_are_named() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, _) = people(&mut world.conn, &world.admin, 1);
    let many: Vec<_> = (0..150).map(|id| Uuid::from_u128(id).into()).collect();
    let new = new_export(webhook, vacancy, &many);
    let refused = try_export(&mut world.conn, &world.rosa, &new);
    let Err(CreateRefusal::Applications { refused, total: 150 }) = refused else { panic!() };
    assert_eq!(refused.len(), 100);
}

#[test]
fn what_an_export_is_about_must_be_here_and_fit_and_be_enabled() {
    let mut world = World::new();
    let mine = webhook(&mut world.conn, &world.admin, 1);
    let theirs = webhook(&mut world.conn, &world.stranger, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 3);
    let (their_vacancy, _) = people(&mut world.conn, &world.stranger, 1);
    let good = new_export(mine, vacancy, &picked);
    let limited = |max_candidates, max_payload_bytes| {
        let limits = Limits { max_candidates, max_payload_bytes };
        exports::NewExport { limits, ..good.clone() }
    };
    let unknown = |vacancy, webhook| CreateRefusal::Unknown { vacancy, webhook };
    let cases = [
        (new_export(theirs, vacancy, &picked), unknown(false, true)),
        (new_export(mine, their_vacancy, &picked), unknown(true, false)),
        (new_export(theirs, their_vacancy, &picked), unknown(true, true)),
        (new_export(mine, vacancy, &[]), CreateRefusal::NoCandidates),
        (limited(2, 1 << 20), CreateRefusal::TooManyCandidates { limit: 2, actual: 3 }),
    ];
    for (new, refusal) in cases {
        assert_eq!(try_export(&mut world.conn, &world.rosa, &new), Err(refusal));
    }
    let too_large = try_export(&mut world.conn, &world.rosa, &limited(3, 100));
    let Err(CreateRefusal::PayloadTooLarge { limit: 100, actual }) = too_large else { panic!() };
    let exact = try_export(&mut world.conn, &world.rosa, &limited(3, actual));
    assert!(exact.is_ok(), "exactly as large as allowed");
    let jobs = lease_woken(&mut world, mine);
    answer(&mut world.conn, jobs, 410);
    let disabled = try_export(&mut world.conn, &world.rosa, &good);
    assert!(matches!(disabled, Err(CreateRefusal::Disabled { reason: DisabledReason::Gone, .. })));
}

fn lease_woken(world: &mut World, webhook: WebhookId) -> Vec<store::queue::Job> {
    store::queue::notify(&mut world.conn, &[(world.northwind, webhook)]).expect("Postgres");
    lease(&mut world.conn, 8)
}

#[test]
fn a_key_stands_for_one_request_of_one_caller() {
    let mut world = World::new();
    let webhook_1 = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 1);
    let mut new = new_export(webhook_1, vacancy, &picked);
    new.idempotency_key = Some(key("k-1", 1));
    let refused = new_export(webhook_1, vacancy, &[Uuid::from_u128(1).into()]);
    let refused = exports::NewExport { idempotency_key: new.idempotency_key.clone(), ..refused };
    assert!(try_export(&mut world.conn, &world.rosa, &refused).is_err());
    let first = try_export(&mut world.conn, &world.rosa, &new).expect("a refusal takes no key");
    let replay = try_export(&mut world.conn, &world.rosa, &new).expect("the same");
    let replayed = (replay.export.id, replay.export.webhook_id, replay.replayed);
    assert_eq!(replayed, (first.export.id, webhook_1, true));
    new.idempotency_key = Some(key("k-1", 2));
    assert_eq!(try_export(&mut world.conn, &world.rosa, &new), Err(CreateRefusal::KeyReused));
    new.idempotency_key = Some(IdempotencyKey { caller: "issuer|other".into(), ..key("k-1", 1) });
    let other = try_export(&mut world.conn, &world.rosa, &new).expect("another caller's key");
    assert!(!other.replayed && other.export.id != first.export.id);
    let theirs = webhook(&mut world.conn, &world.stranger, 1);
    let test = create_test(&mut world.conn, &world.stranger, theirs, Some(&key("k-1", 1)));
    let test = test.expect("Postgres").expect("another organisation's key");
    assert!(!test.replayed);
    assert_eq!(count(&mut world.conn, "exports"), 3);
}

#[test]
fn parallel_requests_under_one_key_make_one_export() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 1);
    let mut new = new_export(webhook, vacancy, &picked);
    new.idempotency_key = Some(key("k-1", 1));
    let mut first = world.connect();
    let (accepted, second) = first
        .transaction(|first| {
            let accepted = try_export(first, &world.rosa, &new).expect("accepted");
            let (mut conn, new, rosa) = (world.connect(), new.clone(), world.rosa.clone());
            let second = std::thread::spawn(move || try_export(&mut conn, &rosa, &new));
            world.until_somebody_waits();
            Ok::<_, StoreError>((accepted, second))
        })
        .expect("committed");
    let replay = second.join().expect("no panic").expect("the same");
    assert_eq!((replay.export.id, replay.replayed), (accepted.export.id, true));
    assert_eq!(count(&mut world.conn, "exports"), 1);
}

#[test]
fn a_test_export_carries_nobody_and_is_limited() {
    let mut world = World::new();
    let webhook_1 = webhook(&mut world.conn, &world.admin, 1);
    let foreign = create_test(&mut world.conn, &world.stranger, webhook_1, None);
    let unknown = CreateRefusal::Unknown { vacancy: false, webhook: true };
    assert_eq!(foreign.expect("Postgres"), Err(unknown));
    for _ in 0..TESTS_PER_HOUR {
        let id = test_export(&mut world.conn, &world.rosa, webhook_1);
        let payload = payload(&mut world, id);
        assert_eq!(payload["test"], true);
        assert!(payload["vacancy"]["id"].is_string(), "made up, and no vacancy of ours");
    }
    let refused = create_test(&mut world.conn, &world.rosa, webhook_1, None);
    let Err(CreateRefusal::TooManyTests { limit: 10, retry_after_s }) = refused.expect("Postgres")
    else {
        panic!()
    };
    assert!((1..=3_601).contains(&retry_after_s), "{retry_after_s}");
    assert_eq!(count(&mut world.conn, "export_applications"), 0);
    let other = webhook(&mut world.conn, &world.admin, 2);
    test_export(&mut world.conn, &world.rosa, other);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 1);
    let real = new_export(webhook_1, vacancy, &picked);
    assert!(try_export(&mut world.conn, &world.rosa, &real).is_ok(), "real ones are not limited");
}

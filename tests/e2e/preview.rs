//! Before an export: what is shown is what goes out, who cannot go is named, and what to know is told.

use serde_json::value::RawValue;
use serde_json::{Value, json};
use support::client::Call;
use support::{Client, Webhook, people};

use crate::world;

pub(crate) const OPERATIONS: &[&str] = &["POST /v1/exports/preview"];

const NIL: &str = "00000000-0000-0000-0000-000000000000";

/// A body with everything but the pick.
fn body(webhook: &Webhook, vacancy: &str, more: Value) -> Value {
    let mut body = json!({ "vacancy_id": vacancy, "webhook_id": webhook.id });
    let (Value::Object(members), Value::Object(more)) = (&mut body, more) else {
        panic!("objects")
    };
    members.extend(more);
    body
}

fn preview(client: &Client, body: &Value) -> Call {
    client.post("/v1/exports/preview").json(body)
}

fn create(client: &Client, body: &Value) -> Call {
    client.post("/v1/exports").json(body)
}

#[derive(serde::Deserialize)]
struct Sampled {
    sample: Vec<Box<RawValue>>,
}

#[derive(serde::Deserialize)]
struct Sent {
    candidates: Vec<Box<RawValue>>,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_what_goes_out() {
    let mut world = world().covers(OPERATIONS).start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let recruiter = &northwind.recruiter;
    let webhook = northwind.register(&receiver.url()).await;
    let (vacancy, picked) = northwind.pick(5).await;
    let asked = body(&webhook, &vacancy, json!({ "application_ids": picked }));
    let mut looked = asked.clone();
    looked["sample"] = json!(2);
    let reply = preview(recruiter, &looked).await;
    let shown = reply.expect(200);
    assert_eq!((&shown["candidate_count"], &shown["can_be_created"]), (&json!(5), &json!(true)));
    assert_eq!((&shown["cannot_go"], &shown["left_out"]), (&json!([]), &json!([])));
    let codes = codes(&shown);
    assert_eq!(codes, ["webhook_untested"], "{shown:#}");
    let sampled: Sampled = serde_json::from_str(&reply.text()).expect("a sample");

    let mut confirmed = asked;
    confirmed["selection_digest"] = shown["selection_digest"].clone();
    let export = create(recruiter, &confirmed).await.expect(202);
    assert_eq!(self::codes(&export), ["webhook_untested"]);
    assert_eq!(export["payload_bytes"], shown["payload_bytes"]);
    let delivery = receiver.next().await;
    let sent: Sent = serde_json::from_slice(&delivery.body).expect("people");
    assert_eq!(sampled.sample.len(), 2);
    for (sample, sent) in sampled.sample.iter().zip(&sent.candidates) {
        let id = export["id"].as_str().expect("an id");
        assert_eq!(sample.get().replacen(NIL, id, 1), sent.get(), "byte for byte");
    }
    world.until_status(recruiter, export["id"].as_str().expect("an id"), "delivered").await;
    let again = preview(recruiter, &looked).await.expect(200);
    assert_eq!(self::codes(&again), ["already_sent"]);
    let warning = &again["warnings"][0];
    assert_eq!((&warning["candidate_count"], &warning["export_id"]), (&json!(5), &export["id"]));
    assert_eq!(warning["last_requested_by"], export["requested_by"], "{warning:#}");
    assert_eq!(warning["last_requested_at"], export["requested_at"], "{warning:#}");
    let of_others = preview(&northwind.other_recruiter, &looked).await.expect(200);
    assert_eq!(self::codes(&of_others), ["already_sent"], "by a colleague, too");
    assert_eq!(listed(recruiter).await, 1, "a look makes nothing");
    receiver.assert_no_more();
}

fn codes(answer: &Value) -> Vec<String> {
    let warnings = answer["warnings"].as_array().expect("a list").iter();
    warnings.map(|warning| warning["code"].as_str().expect("a code").to_owned()).collect()
}

async fn listed(client: &Client) -> usize {
    client.get("/v1/exports").await.items().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_in_between_stops_what_was_seen() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let recruiter = &northwind.recruiter;
    let webhook = northwind.register(&receiver.url()).await;
    let (vacancy, picked) = northwind.pick(3).await;
    for pick in [json!({ "application_ids": picked }), json!({ "select": {} })] {
        let mut asked = body(&webhook, &vacancy, pick);
        let shown = preview(recruiter, &asked).await.expect(200);
        let person = &shown["sample"][0];
        let line = json!({
            "kind": "candidate", "reference": person["candidate_reference"], "first_name": "Ada",
            "last_name": format!("Changed {}", shown["selection_digest"]),
        });
        northwind.import(&people::ndjson(&[line])).await.expect(200);
        asked["selection_digest"] = shown["selection_digest"].clone();
        create(recruiter, &asked).await.problem(409, "selection_changed");
        let stale = preview(recruiter, &asked).await.expect(200);
        assert_eq!(stale["can_be_created"], false);
        assert_ne!(stale["selection_digest"], shown["selection_digest"]);
    }
    assert_eq!(listed(recruiter).await, 0, "nothing was queued");
    receiver.assert_no_more();
}

/// The vacancy V-3 has one who withdrew and one who is restricted.
#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_go_is_named_with_their_names() {
    let mut world = world().start().await;
    let receiver = world.receiver();
    let northwind = world.northwind.clone();
    let recruiter = &northwind.recruiter;
    let webhook = northwind.register(&receiver.url()).await;
    let vacancy = northwind.vacancy("V-3").await;
    let picked = northwind.applications(&vacancy).await;
    let listed = recruiter.get("/v1/vacancies/{id}/applications").id(&vacancy).await.items();
    let names: Vec<_> = listed.iter().map(|one| one["full_name"].as_str().expect("text")).collect();
    let asked = body(&webhook, &vacancy, json!({ "application_ids": picked }));
    let shown = preview(recruiter, &asked).await.expect(200);
    assert_eq!((&shown["candidate_count"], &shown["cannot_go_total"]), (&json!(0), &json!(2)));
    let told: Vec<_> = shown["cannot_go"].as_array().expect("a list").iter().collect();
    for (index, who) in told.iter().enumerate() {
        assert_eq!(who["pointer"], format!("/application_ids/{index}"));
        assert_eq!(
            (&who["application_id"], &who["full_name"]),
            (&json!(picked[index]), &json!(names[index]))
        );
    }
    let problem = create(recruiter, &asked).await.problem(422, "applications_not_exportable");
    for (index, name) in names.iter().enumerate() {
        let detail = problem["errors"][index]["detail"].as_str().expect("text");
        assert!(detail.starts_with(&format!("{name}: ")), "{problem:#}");
    }
    for pick in [json!({ "application_ids": picked, "left_out": "skip" }), json!({ "select": {} })]
    {
        let asked = body(&webhook, &vacancy, pick);
        create(recruiter, &asked).await.problem(422, "nobody_to_send");
        assert_eq!(preview(recruiter, &asked).await.expect(200)["can_be_created"], false);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_goes_without_those_who_may_not_be_sent() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let recruiter = &northwind.recruiter;
    let webhook = northwind.register(&receiver.url()).await;
    let mut lines = people::vacancy_with_people("V-7", 700..703);
    lines.extend(
        people::unexportable("V-7", 710).into_iter().filter(|line| line["kind"] != "vacancy"),
    );
    northwind.import(&people::ndjson(&lines)).await.expect(200);
    let vacancy = northwind.vacancy("V-7").await;
    let asked = body(&webhook, &vacancy, json!({ "select": { "q": "", "status": ["active"] } }));
    create(recruiter, &asked).await.problem(422, "invalid");
    let asked = body(&webhook, &vacancy, json!({ "select": { "applied_after": "2000-01-01" } }));
    let export = create(recruiter, &asked).await.expect(202);
    let reasons =
        json!([{ "reason": "withdrawn", "count": 1 }, { "reason": "restricted", "count": 1 }]);
    assert_eq!((&export["candidate_count"], &export["left_out"]), (&json!(3), &reasons));
    let payload = receiver.next().await.json();
    assert_eq!(payload["candidates"].as_array().map(Vec::len), Some(3));
    let seen = recruiter.get("/v1/exports/{id}").id(export["id"].as_str().expect("id")).await;
    assert_eq!(seen.expect(200)["left_out"], reasons);
    receiver.assert_no_more();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_wrongly_is_told() {
    let mut world = world().env("MAX_CANDIDATES", "3").start().await;
    let receiver = world.receiver();
    let (northwind, contoso) = (world.northwind.clone(), world.contoso.clone());
    let recruiter = &northwind.recruiter;
    let webhook = northwind.register(&receiver.url()).await;
    let (vacancy, picked) = northwind.pick(4).await;
    let one = &picked[..1];
    let cases = [
        (json!({}), "choose_one", "/application_ids"),
        (json!({ "application_ids": one, "select": {} }), "choose_one", "/application_ids"),
        (json!({ "application_ids": [] }), "invalid", "/application_ids"),
        (json!({ "application_ids": one, "hold_seconds": 61 }), "invalid", "/hold_seconds"),
        (json!({ "application_ids": one, "hold_seconds": -1 }), "invalid", "/hold_seconds"),
        (json!({ "application_ids": one, "left_out": "some" }), "invalid", "/left_out"),
        (
            json!({ "application_ids": one, "selection_digest": "x" }),
            "invalid",
            "/selection_digest",
        ),
        (json!({ "select": { "stage": "Nowhere" } }), "invalid", "/select/stage"),
        (json!({ "select": { "stage": [7] } }), "invalid", "/select/stage"),
        (json!({ "select": { "status": "gone" } }), "invalid", "/select/status"),
        (json!({ "select": { "status": [] } }), "invalid", "/select/status"),
        (json!({ "select": { "q": "--" } }), "invalid", "/select/q"),
        (json!({ "select": { "min_rating": "5" } }), "invalid", "/select/min_rating"),
        (json!({ "select": { "applied_after": "soon" } }), "invalid", "/select/applied_after"),
        (json!({ "select": { "name": "Ada" } }), "invalid", "/select/name"),
        (json!({ "select": { "min_rating": 1000 } }), "nobody_to_send", "/select"),
        (json!({ "application_ids": picked }), "too_many_candidates", "/application_ids"),
        (json!({ "select": {} }), "too_many_candidates", "/select"),
    ];
    for (more, slug, pointer) in cases {
        let asked = body(&webhook, &vacancy, more.clone());
        for call in [preview(recruiter, &asked), create(recruiter, &asked)] {
            let problem = call.await.problem(422, slug);
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{more} {problem:#}");
        }
    }
    for sample in [json!(11), json!(-1), json!("3")] {
        let asked = body(&webhook, &vacancy, json!({ "application_ids": one, "sample": sample }));
        let problem = preview(recruiter, &asked).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/sample", "{problem:#}");
    }
    let asked = body(&webhook, &vacancy, json!({ "application_ids": one }));
    preview(&world.support, &asked).await.problem(403, "forbidden");
    let foreign = preview(&contoso.recruiter, &asked).await.problem(422, "invalid");
    let nowhere = body(
        &Webhook { id: NIL.to_owned(), secret: String::new() },
        NIL,
        json!({ "application_ids": one }),
    );
    let missing = preview(&contoso.recruiter, &nowhere).await.problem(422, "invalid");
    let errors = |problem: &Value| problem["errors"].clone();
    assert_eq!(errors(&foreign), errors(&missing), "foreign as missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_can_be_taken_back_without_a_trace() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let recruiter = &northwind.recruiter;
    let webhook = northwind.register(&receiver.url()).await;
    let (vacancy, picked) = northwind.pick(2).await;
    let held = |seconds: u32, ids: &[String]| {
        body(&webhook, &vacancy, json!({ "application_ids": ids, "hold_seconds": seconds }))
    };
    let first = create(recruiter, &held(60, &picked)).await.expect(202);
    assert_eq!(first["status"], "queued");
    assert_eq!(first["held_until"], first["next_attempt_at"], "{first:#}");
    let words = first["explanation"].as_str().expect("words");
    assert!(words.contains("held back until"), "{words}");
    let second = create(recruiter, &held(1, &picked[..1])).await.expect(202);
    let delivery = receiver.next().await;
    assert_eq!(delivery.header("webhook-id"), second["id"].as_str().expect("an id"));
    let id = first["id"].as_str().expect("an id");
    let cancelled = recruiter.post("/v1/exports/{id}/cancel").id(id).await.expect(200);
    assert_eq!(
        (&cancelled["status"], &cancelled["held_until"]),
        (&json!("cancelled"), &Value::Null)
    );
    assert!(cancelled["explanation"].as_str().expect("words").contains("nothing was sent"));
    let ended =
        world.until_status(recruiter, second["id"].as_str().expect("id"), "delivered").await;
    assert_eq!(ended["held_until"], Value::Null);
    receiver.assert_no_more();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_warns_of_nothing_and_a_test_url_is_told() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url_of("/webhook-test/abc")).await;
    let (vacancy, picked) = northwind.pick(1).await;
    let asked = body(&webhook, &vacancy, json!({ "application_ids": picked }));
    let call = create(&northwind.recruiter, &asked).header("idempotency-key", "k-1");
    let made = call.clone().await.expect(202);
    assert_eq!(codes(&made), ["webhook_untested", "test_url"]);
    assert_eq!(made["warnings"][1]["seconds"], 120);
    let replay = call.await.expect(202);
    assert_eq!((&replay["id"], codes(&replay)), (&made["id"], Vec::new()));
    let again = create(&northwind.recruiter, &asked).await.expect(202);
    assert_eq!(codes(&again)[0], "already_sent", "what waits is on its way");
}

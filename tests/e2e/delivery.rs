//! The main job: an admin registers a webhook, a recruiter picks people and exports them, the
//! receiver gets one signed request, and everybody can read what happened.

use serde_json::{Value, json};
use support::{Delivery, Webhook, World, ask_for_export, id_of};

use crate::world;

pub(crate) const OPERATIONS: &[&str] = &[
    "GET /v1/me",
    "GET /v1/webhooks",
    "POST /v1/webhooks",
    "GET /v1/webhooks/{id}",
    "GET /v1/vacancies",
    "GET /v1/vacancies/{id}",
    "GET /v1/vacancies/{id}/applications",
    "POST /v1/exports",
    "GET /v1/exports",
    "GET /v1/exports/{id}",
    "GET /v1/exports/{id}/attempts",
    "GET /v1/exports/{id}/payload",
    "GET /v1/attempts",
];

#[tokio::test(flavor = "multi_thread")]
async fn registered_exported_delivered() {
    let mut world = world().covers(OPERATIONS).start().await;
    let mut receiver = world.receiver();
    let me = world.northwind.recruiter.get("/v1/me").await.expect(200);
    assert_eq!(me["role"], "recruiter", "{me}");
    let webhook = world.northwind.register(&receiver.url()).await;
    assert!(webhook.secret.starts_with("whsec_"));
    let (vacancy, picked) = pick_backwards(&world).await;

    let call = ask_for_export(&world.northwind.recruiter, &webhook, &vacancy, &picked);
    let accepted = call.await;
    let export = id_of(&accepted.expect(202));
    assert_eq!(accepted.header("location"), Some(format!("/v1/exports/{export}").as_str()));

    let delivery = receiver.next().await;
    let client = &world.northwind.recruiter;
    let ended = world.until_status(client, &export, "delivered").await;
    receiver.assert_no_more();
    assert_request(&delivery, &webhook, &export);
    assert_payload(&delivery.json(), &picked, &vacancy);
    assert_export(&ended, &webhook, &vacancy, delivery.body.len());
    assert_log(&world, &export, &delivery).await;
    assert_found(&world, &export, &webhook).await;
    let kept = client.get("/v1/exports/{id}/payload").id(&export).await;
    assert_eq!(kept.body, delivery.body, "what is shown is what was sent");
}

/// Three people, last one first: the order of the request is the order of the payload.
async fn pick_backwards(world: &World) -> (String, Vec<String>) {
    let (vacancy, mut picked) = world.northwind.pick(3).await;
    picked.reverse();
    let client = &world.northwind.recruiter;
    let shown = client.get("/v1/vacancies/{id}").id(&vacancy).await.expect(200);
    assert_eq!(shown["reference"], "V-1", "{shown}");
    (vacancy, picked)
}

fn assert_request(delivery: &Delivery, webhook: &Webhook, export: &str) {
    delivery.assert_signed_with(&webhook.secret);
    assert_eq!(delivery.path, "/hooks/a1b2");
    assert_eq!(delivery.header("webhook-id"), export);
    assert_eq!(delivery.header("webhook-attempt-number"), "1");
    assert_eq!(delivery.header("content-type"), "application/json");
    let agent = delivery.header("user-agent");
    assert!(agent.starts_with("talentATS-Webhooks/"), "{agent}");
}

fn assert_payload(payload: &Value, picked: &[String], vacancy: &str) {
    assert_eq!(payload["type"], "candidates.exported");
    assert_eq!(payload["test"], false);
    assert_eq!(payload["export"]["candidate_count"], picked.len());
    assert_eq!(payload["organisation"]["name"], "Northwind");
    assert_eq!(payload["vacancy"]["id"], vacancy);
    let people = payload["candidates"].as_array().expect("a list of people");
    let ids: Vec<_> = people.iter().map(|person| person["application_id"].clone()).collect();
    assert_eq!(json!(ids), json!(picked), "in the order of the selection");
    for (position, person) in people.iter().enumerate() {
        assert_eq!(person["sequence"], position + 1);
        assert_eq!(person["contact"]["address"]["country"], Value::Null, "objects are never null");
        assert_eq!(person["answers"], json!([]), "not asked for");
        assert_eq!(person["phone"], "+441134960000");
    }
    assert!(!payload.to_string().contains("secret-answer"), "sensitive answers never leave");
}

fn assert_export(export: &Value, webhook: &Webhook, vacancy: &str, bytes: usize) {
    let expected = json!({
        "type": "candidates", "webhook_id": webhook.id, "vacancy_id": vacancy,
        "host": "127.0.0.1", "candidate_count": 3, "payload_bytes": bytes, "attempt_count": 1,
        "resent_from": null, "next_attempt_at": null, "ended_by": "receiver",
        "outcome": "delivered", "ambiguous": false, "act_by": "nobody",
        "status_label": "Accepted by 127.0.0.1",
    });
    for (member, value) in expected.as_object().expect("an object") {
        assert_eq!(&export[member], value, "{member} of {export:#}");
    }
    assert_eq!(export["requested_by"]["name"], "Rosa");
    let sentence = export["explanation"].as_str().unwrap_or_default();
    assert!(sentence.contains("accepted all 3 candidates"), "{sentence}");
}

async fn assert_log(world: &World, export: &str, delivery: &Delivery) {
    let attempts = world.attempts(&world.northwind.recruiter, export).await;
    let [attempt] = &attempts[..] else { panic!("one attempt: {attempts:#?}") };
    assert_eq!(attempt["id"], delivery.header("webhook-attempt-id"));
    assert_eq!(attempt["outcome"], "delivered");
    assert_eq!(attempt["http_status"], 200);
    assert_eq!(attempt["attempt_number"], 1);
    assert_eq!(attempt["payload_bytes"], delivery.body.len());
    assert_eq!(attempt["export_id"], export);
}

/// The lists show the export, its attempt and the webhook, which is healthy now.
async fn assert_found(world: &World, export: &str, webhook: &Webhook) {
    let admin = &world.northwind.admin;
    let exports = admin.get("/v1/exports").query("webhook_id", &webhook.id).await.items();
    assert_eq!(exports.iter().map(id_of).collect::<Vec<_>>(), [export]);
    let attempts = admin.get("/v1/attempts").query("export_id", export).await.items();
    assert_eq!(attempts.len(), 1);
    let listed = admin.get("/v1/webhooks").await.items();
    assert_eq!(listed[0]["health"], "healthy", "{listed:#?}");
    let shown = admin.get("/v1/webhooks/{id}").id(&webhook.id).await.expect(200);
    assert!(shown["url"].as_str().is_some_and(|url| url.ends_with("/hooks/a1b2")), "{shown}");
    assert!(shown["secret"].is_null() || shown.get("secret").is_none(), "{shown}");
}

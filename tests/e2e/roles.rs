//! What a role sees of an answer, and what it does not. Who may do what at all: `matrix`.

use serde_json::{Value, json};
use support::World;

use crate::world;

#[tokio::test(flavor = "multi_thread")]
async fn a_recruiter_sees_only_their_own_exports() {
    let mut world = world().start().await;
    let receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 1).await;
    world.until_status(&world.northwind.recruiter, &export, "delivered").await;
    let other = &world.northwind.other_recruiter;
    for list in ["/v1/exports", "/v1/attempts"] {
        assert!(other.get(list).await.items().is_empty(), "{list}");
    }
    for path in ["/v1/exports/{id}", "/v1/exports/{id}/attempts", "/v1/exports/{id}/payload"] {
        other.get(path).id(&export).await.problem(404, "not_found");
    }
    for path in ["/v1/exports/{id}/cancel", "/v1/exports/{id}/resend"] {
        other.post(path).id(&export).await.problem(404, "not_found");
    }
    let seen = other.get("/v1/webhooks/{id}").id(&webhook.id).await.expect(200);
    assert_eq!((&seen["url"], &seen["host"]), (&Value::Null, &json!("127.0.0.1")), "{seen:#}");
    assert_eq!(seen["id"], webhook.id);
    let admin = &world.northwind.admin;
    admin.get("/v1/exports/{id}").id(&export).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn support_sees_what_happened_but_not_who_was_sent() {
    let mut world = world().start().await;
    let receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 1).await;
    world.until_status(&world.northwind.recruiter, &export, "delivered").await;
    let support = &world.support;
    let shown = support.get("/v1/exports/{id}").id(&export).await.expect(200);
    assert_eq!(shown["status"], "delivered");
    let own = world.northwind.recruiter.get("/v1/exports/{id}").id(&export).await.expect(200);
    assert_eq!(members(&shown), members(&own), "null, never missing");
    let (vacancy, picked) = world.northwind.pick(1).await;
    let text = shown.to_string();
    assert!(!text.contains("Engineer") && !text.contains(&picked[0]), "{shown:#}");
    assert_ne!(shown["vacancy_title"], "Engineer V-1");
    drop(vacancy);
    assert_log(&world, &export).await;
    let listed = support.get("/v1/webhooks").await.items();
    assert_eq!(listed[0]["id"], webhook.id, "{listed:?}");
    assert_eq!(listed[0]["url"], Value::Null, "{listed:?}");
}

async fn assert_log(world: &World, export: &str) {
    let log = world.attempts(&world.support, export).await;
    let own = world.attempts(&world.northwind.recruiter, export).await;
    assert_eq!(members(&log[0]), members(&own[0]), "null, never missing");
    assert_eq!(log[0]["organisation_id"], world.northwind.id);
    assert_eq!(log[0]["resolved_address"], "127.0.0.1", "{:#}", log[0]);
    assert_eq!(own[0]["resolved_address"], Value::Null, "{:#}", own[0]);
}

fn members(object: &Value) -> Vec<&String> {
    object.as_object().expect("an object").keys().collect()
}

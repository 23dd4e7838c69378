//! Who may do what: each operation with each role, and what a role may not see of an answer.

use reqwest::Method;
use serde_json::{Value, json};
use support::client::Call;
use support::{Client, World};

use crate::world;

const MISSING: &str = "019aafc6-0000-7000-8000-000000000000";

/// Method, template, and whether an admin, a recruiter and support may.
const TABLE: [(&str, &str, [bool; 3]); 25] = [
    ("GET", "/v1/me", [true, true, true]),
    ("GET", "/v1/webhooks", [true, true, true]),
    ("POST", "/v1/webhooks", [true, false, false]),
    ("GET", "/v1/webhooks/{id}", [true, true, true]),
    ("DELETE", "/v1/webhooks/{id}", [true, false, false]),
    ("POST", "/v1/webhooks/{id}/test", [true, false, false]),
    ("POST", "/v1/webhooks/{id}/rotate-secret", [true, false, false]),
    ("POST", "/v1/webhooks/{id}/end-rotation", [true, false, false]),
    ("POST", "/v1/webhooks/{id}/enable", [true, false, false]),
    ("POST", "/v1/webhooks/{id}/replace", [true, false, false]),
    ("POST", "/v1/webhooks/{id}/resend", [true, false, false]),
    ("GET", "/v1/vacancies", [true, true, false]),
    ("GET", "/v1/vacancies/{id}", [true, true, false]),
    ("GET", "/v1/vacancies/{id}/applications", [true, true, false]),
    ("POST", "/v1/import", [true, false, false]),
    ("POST", "/v1/exports", [true, true, false]),
    ("GET", "/v1/exports", [true, true, true]),
    ("GET", "/v1/exports/{id}", [true, true, true]),
    ("GET", "/v1/exports/{id}/payload", [true, true, false]),
    ("DELETE", "/v1/exports/{id}/payload", [true, true, false]),
    ("GET", "/v1/exports/{id}/people", [true, true, false]),
    ("GET", "/v1/exports/{id}/attempts", [true, true, true]),
    ("POST", "/v1/exports/{id}/cancel", [true, true, false]),
    ("POST", "/v1/exports/{id}/resend", [true, true, false]),
    ("GET", "/v1/attempts", [true, true, true]),
];

/// With an id that does not exist and without a body: who may gets past 403, who may not doesn't.
#[tokio::test(flavor = "multi_thread")]
async fn each_operation_with_each_role() {
    let world = world().workers(0).start().await;
    let (admin, recruiter) = (&world.northwind.admin, &world.northwind.recruiter);
    for (method, template, allowed) in TABLE {
        for (client, allowed) in [admin, recruiter, &world.support].into_iter().zip(allowed) {
            let reply = bare(client, method, template).await;
            assert_ne!(reply.status, 401, "{method} {template}");
            assert_eq!(reply.status != 403, allowed, "{method} {template}: {}", reply.text());
            if !allowed {
                reply.problem(403, "forbidden");
            }
        }
        let nobody = bare(&world.anonymous, method, template).await;
        nobody.problem(401, "unauthenticated");
        assert!(nobody.header("www-authenticate").is_some(), "{method} {template}");
    }
}

/// The table has a row for each operation that asks who calls.
#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_whole() {
    let world = world().workers(0).start().await;
    let document = world.anonymous.get("/openapi.json").await.expect(200);
    let listed: Vec<_> = TABLE.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let operations = crate::coverage::operations(&document);
    let under_v1 = operations.iter().filter(|operation| operation.contains(" /v1/"));
    let missing: Vec<_> = under_v1.filter(|operation| !listed.contains(operation)).collect();
    assert!(missing.is_empty(), "operations without a row: {missing:?}");
}

fn bare(client: &Client, method: &str, template: &'static str) -> Call {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let call = client.call(method, template);
    if template.contains('{') { call.id(MISSING) } else { call }
}

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

//! A test export: made-up people through the same queue, worker and log.

use std::collections::HashSet;

use serde_json::Value;
use support::id_of;

use crate::world;

pub(crate) const OPERATIONS: &[&str] = &["POST /v1/webhooks/{id}/test"];

#[tokio::test(flavor = "multi_thread")]
async fn two_made_up_people_arrive() {
    let mut world = world().covers(OPERATIONS).start().await;
    let mut receiver = world.receiver();
    let admin = world.northwind.admin.clone();
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = id_of(&admin.post("/v1/webhooks/{id}/test").id(&webhook.id).await.expect(202));
    let delivery = receiver.next().await;
    delivery.assert_signed_with(&webhook.secret);
    let payload = delivery.json();
    assert_eq!(payload["test"], true);
    assert!(payload["vacancy"]["id"].is_string(), "shaped like a real one");
    let people = payload["candidates"].as_array().expect("people");
    assert_eq!(people.len(), 2);
    for person in people {
        assert_eq!(person["test"], true);
        assert_eq!(person["vacancy_id"], payload["vacancy"]["id"]);
        let email = person["email"].as_str().expect("an e-mail address");
        assert!(email.ends_with("@example.com"), "{email}");
    }
    // What a receiver that removes duplicates keeps.
    let kept: HashSet<_> = people.iter().map(|person| person["application_id"].as_str()).collect();
    assert_eq!(kept.len(), 2, "{payload:#}");
    assert!(!kept.contains(&None), "{payload:#}");
    let ended = world.until_status(&admin, &export, "delivered").await;
    assert_eq!(ended["type"], "test");
    assert_eq!(ended["vacancy_id"], Value::Null);
    assert_eq!(world.attempts(&admin, &export).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_an_hour() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let test = world.northwind.admin.post("/v1/webhooks/{id}/test").id(&webhook.id);
    for _ in 0..10 {
        test.clone().await.expect(202);
    }
    let refused = test.await;
    refused.problem(429, "too_many_requests");
    let seconds: u64 = refused.header("retry-after").expect("when").parse().expect("seconds");
    assert!((1..=3_600).contains(&seconds), "{seconds}");
}

//! What receivers answer, and how much of it is kept for whom.

use serde_json::{Value, json};
use support::Answer;

use crate::world;

/// What is kept of a body, in bytes.
const KEPT: usize = 4_096;

#[tokio::test(flavor = "multi_thread")]
async fn a_long_answer_is_cut_and_only_the_admin_reads_it() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let cases = [("short".to_owned(), [false, false]), ("x".repeat(9_000), [true, false])];
    let cases = cases.into_iter().chain([("x".repeat(300_000), [true, true])]);
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    for (body, [truncated, too_large]) in cases {
        receiver.script([Answer::status(200).body(body.clone()).header("x-request-id", "r-1")]);
        let export = northwind.export(&webhook, 1).await;
        receiver.next().await;
        world.until_status(&northwind.recruiter, &export, "delivered").await;
        let seen = &world.attempts(&northwind.admin, &export).await[0];
        let kept = seen["response_body"].as_str().expect("a body");
        assert_eq!(kept, &body[..body.len().min(KEPT)]);
        assert_eq!(seen["response_truncated"], truncated, "{} bytes", body.len());
        assert_eq!(seen["response_too_large"], too_large, "{} bytes", body.len());
        for other in [&northwind.recruiter, &world.support] {
            let seen = &world.attempts(other, &export).await[0];
            assert_eq!(seen["response_body"], Value::Null);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_webhook_asks_for_is_what_it_gets() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let northwind = &world.northwind;
    let create = json!({ "url": receiver.url(), "include": ["answers", "requester"] });
    let created = northwind.admin.post("/v1/webhooks").json(&create).await.expect(201);
    assert_eq!(created["include"], json!(["answers", "requester"]), "{created:#}");
    let (vacancy, picked) = northwind.pick(1).await;
    let body = json!({
        "vacancy_id": vacancy, "webhook_id": created["id"], "application_ids": picked,
    });
    northwind.recruiter.post("/v1/exports").json(&body).await.expect(202);
    let payload = receiver.next().await.json();
    let person = &payload["candidates"][0];
    let asked = json!([{ "question": "Notice period?", "answer": "1 month" }]);
    assert_eq!(person["answers"], asked, "and never the sensitive one");
    assert_eq!(payload["export"]["requested_by"]["name"], "Rosa");
    assert!(person["full_name"].is_string(), "always there");
    for member in ["email", "phone", "stage_name", "rating", "applied_at", "source"] {
        assert_eq!(person[member], Value::Null, "{member} was not asked for");
    }
    assert_eq!(person["contact"]["emails"], json!([]), "lists stay lists");
}

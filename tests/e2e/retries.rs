//! A receiver that is down for a moment: the same bytes come again, on schedule.

use std::time::Duration;

use support::Answer;

use crate::world;

#[tokio::test(flavor = "multi_thread")]
async fn two_errors_then_success() {
    let mut world = world().env("RETRY_SCHEDULE", "0s,300ms,600ms,900ms").start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(500), Answer::status(500)]);
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 2).await;

    let tries = receiver.next_many(3).await;
    let ended = world.until_status(&world.northwind.recruiter, &export, "delivered").await;
    receiver.assert_no_more();
    assert_eq!(ended["attempt_count"], 3);
    for (number, delivery) in tries.iter().enumerate() {
        delivery.assert_signed_with(&webhook.secret);
        assert_eq!(delivery.header("webhook-id"), export);
        assert_eq!(delivery.header("webhook-attempt-number"), (number + 1).to_string());
        assert_eq!(delivery.body, tries[0].body, "the same bytes");
    }
    let log = world.attempts(&world.northwind.recruiter, &export).await;
    let outcomes: Vec<_> = log.iter().map(|attempt| attempt["outcome"].as_str()).collect();
    assert_eq!(outcomes, [Some("http_5xx"), Some("http_5xx"), Some("delivered")]);
    let logged: Vec<_> = log.iter().map(|attempt| attempt["id"].as_str()).collect();
    let seen: Vec<_> =
        tries.iter().map(|delivery| Some(delivery.header("webhook-attempt-id"))).collect();
    assert_eq!(logged, seen, "each request has its own attempt, and the log knows it");
    // The schedule less a fifth of jitter; counted from the end of a try, so never shorter here.
    assert!(tries[1].at - tries[0].at >= Duration::from_millis(240));
    assert!(tries[2].at - tries[1].at >= Duration::from_millis(480));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_ends() {
    let mut world = world().env("RETRY_SCHEDULE", "0s,50ms,50ms").start().await;
    let mut receiver = world.receiver();
    receiver.otherwise(Answer::status(503));
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 1).await;
    receiver.next_many(3).await;
    let ended = world.until_status(&world.northwind.recruiter, &export, "failed").await;
    receiver.assert_no_more();
    assert_eq!(ended["ended_by"], "gave_up", "{ended:#}");
    assert_eq!(ended["outcome"], "http_5xx");
    assert_eq!(ended["status_label"], "Not delivered");
    let admin = &world.northwind.admin;
    let shown = admin.get("/v1/webhooks/{id}").id(&webhook.id).await.expect(200);
    assert_eq!(shown["health"], "failing", "{shown:#}");
}

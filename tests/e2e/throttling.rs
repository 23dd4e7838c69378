//! 429 with Retry-After: the export waits as long as it was told, and so does all else that goes
//! to this webhook.

use std::time::Duration;

use support::Answer;

use crate::world;

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_is_waited_for_by_the_whole_lane() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(429).header("retry-after", "2")]);
    let northwind = &world.northwind;
    let webhook = northwind.register(&receiver.url()).await;
    let throttled = northwind.export(&webhook, 1).await;
    let first = receiver.next().await;
    world.until_status(&northwind.recruiter, &throttled, "retrying").await;
    let behind = northwind.export(&webhook, 2).await;

    for delivery in receiver.next_many(2).await {
        let waited = delivery.at - first.at;
        assert!(waited >= Duration::from_secs(2), "only {waited:?}");
    }
    for export in [&throttled, &behind] {
        world.until_status(&northwind.recruiter, export, "delivered").await;
    }
    let log = world.attempts(&northwind.recruiter, &throttled).await;
    assert_eq!(log[0]["outcome"], "throttled");
    assert_eq!(log[0]["http_status"], 429);
    assert_eq!(log[1]["outcome"], "delivered");
    receiver.assert_no_more();
}

/// Who waits as long as it is asked to does all right, however often it is asked.
#[tokio::test(flavor = "multi_thread")]
async fn waiting_as_asked_spends_no_try() {
    let mut world = world().env("RETRY_SCHEDULE", "0s,50ms").start().await;
    let mut receiver = world.receiver();
    let busy = |status| Answer::status(status).header("retry-after", "1");
    receiver.script([busy(429), busy(503), busy(429)]);
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 1).await;
    receiver.next_many(4).await;
    let ended = world.until_status(&world.northwind.recruiter, &export, "delivered").await;
    assert_eq!(ended["attempt_count"], 4, "{ended:#}");
    receiver.assert_no_more();
}

/// What waits behind a pause says so, and until when.
#[tokio::test(flavor = "multi_thread")]
async fn the_next_try_is_told_as_late_as_it_will_be() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(429).header("retry-after", "600")]);
    let northwind = &world.northwind;
    let webhook = northwind.register(&receiver.url()).await;
    let throttled = northwind.export(&webhook, 1).await;
    receiver.next().await;
    let first = world.until_status(&northwind.recruiter, &throttled, "retrying").await;
    let behind = northwind.export(&webhook, 2).await;
    let told = northwind.recruiter.get("/v1/exports/{id}").id(&behind).await.expect(200);
    assert_eq!(told["next_attempt_at"], first["next_attempt_at"], "{told:#}");
    let words = told["explanation"].as_str().expect("words");
    assert!(words.contains("127.0.0.1 asked us to wait until "), "{words}");
    let list = northwind.recruiter.get("/v1/exports").query("status", "queued").await.items();
    assert_eq!(list[0]["next_attempt_at"], first["next_attempt_at"], "the list says the same");
    receiver.assert_no_more();
}

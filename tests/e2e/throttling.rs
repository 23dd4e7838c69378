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

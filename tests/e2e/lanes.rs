//! One webhook's queue never takes more of a receiver than its cap, and never holds up another.

use support::Answer;

use crate::world;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_lane_waits_and_leaves_others_alone() {
    let mut world = world().env("WEBHOOK_CONCURRENCY", "2").start().await;
    let (mut slow, mut quick) = (world.receiver(), world.receiver());
    slow.otherwise(Answer::status(200).held());
    let northwind = world.northwind.clone();
    let slow_webhook = northwind.register(&slow.url()).await;
    let quick_webhook = northwind.register(&quick.url()).await;
    let mut exports = Vec::new();
    for _ in 0..4 {
        exports.push(northwind.export(&slow_webhook, 1).await);
    }
    slow.next_many(2).await;

    let other = northwind.export(&quick_webhook, 1).await;
    quick.next().await;
    world.until_status(&northwind.recruiter, &other, "delivered").await;
    slow.assert_no_more();
    slow.release(4);
    slow.next_many(2).await;
    for export in &exports {
        world.until_status(&northwind.recruiter, export, "delivered").await;
    }
    slow.assert_no_more();
    assert_eq!(slow.peak(), 2, "never more than the cap at once");
}

//! SIGTERM: what is on the wire finishes, what cannot is given back at once, nothing is lost.

use support::Answer;

use crate::world;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_the_wire_finishes() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    receiver.otherwise(Answer::status(200).held());
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let exports = [northwind.export(&webhook, 1).await, northwind.export(&webhook, 2).await];
    receiver.next_many(2).await;
    let mut worker = world.workers.remove(0);
    worker.terminate().await;
    worker.wait_for(|line| line.contains("stopping").then_some(())).await;
    let unclaimed = northwind.export(&webhook, 3).await;
    receiver.release(2);
    let finished = worker.finished().await;
    assert!(finished.status.success(), "{}", finished.output);
    for export in &exports {
        let ended = world.until_status(&northwind.recruiter, export, "delivered").await;
        assert_eq!(ended["attempt_count"], 1, "{ended:#}");
    }
    receiver.assert_no_more();
    receiver.release(1);
    world.start_worker().await;
    receiver.next().await;
    world.until_status(&northwind.recruiter, &unclaimed, "delivered").await;
    receiver.assert_no_more();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_is_given_back() {
    let mut world = world().env("SHUTDOWN_GRACE", "1s").env("AMBIGUOUS_DELAY", "1s").start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::hang()]);
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let export = northwind.export(&webhook, 1).await;
    receiver.next().await;
    let mut worker = world.workers.remove(0);
    worker.terminate().await;
    let finished = worker.finished().await;
    assert!(finished.status.success(), "{}", finished.output);
    let log = world.attempts(&northwind.recruiter, &export).await;
    assert_eq!(log[0]["outcome"], "aborted", "{log:#?}");
    assert_eq!(log[0]["ambiguous"], true, "all of it was out: {log:#?}");
    world.start_worker().await;
    receiver.next().await;
    let ended = world.until_status(&northwind.recruiter, &export, "delivered").await;
    assert_eq!(ended["attempt_count"], 2, "{ended:#}");
    receiver.assert_no_more();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_stops_too() {
    let mut world = world().workers(0).start().await;
    world.api.process.terminate().await;
    let finished = world.api.process.finished().await;
    assert!(finished.status.success(), "{}", finished.output);
}

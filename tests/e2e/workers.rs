//! Several workers on one queue: they share the work, and no export goes out twice.

use std::collections::BTreeSet;

use support::Answer;

use crate::world;

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_send_each_export_once() {
    let mut world = world().workers(2).start().await;
    let mut receivers = [world.receiver(), world.receiver()];
    let northwind = world.northwind.clone();
    let mut exports = BTreeSet::new();
    for receiver in &receivers {
        let webhook = northwind.register(&receiver.url()).await;
        for count in 1..=20 {
            exports.insert(northwind.export(&webhook, count).await);
        }
    }
    let mut sent = BTreeSet::new();
    for receiver in &mut receivers {
        for delivery in receiver.next_many(20).await {
            assert!(sent.insert(delivery.header("webhook-id").to_owned()), "sent twice");
        }
    }
    assert_eq!(sent, exports);
    for export in &exports {
        let ended = world.until_status(&northwind.recruiter, export, "delivered").await;
        assert_eq!(ended["attempt_count"], 1, "{ended:#}");
    }
    for receiver in &mut receivers {
        receiver.assert_no_more();
    }
    let log = northwind.admin.get("/v1/attempts").query("limit", 200).await.items();
    assert_eq!(log.len(), exports.len(), "one line each");
}

/// A worker that stood still longer than its lease wakes up and finds that its export is
/// another's now: what it does then changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_wakes_up_late_changes_nothing() {
    let mut world = world().env("LEASE", "2s").env("AMBIGUOUS_DELAY", "1s").start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(500).held()]);
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let export = northwind.export(&webhook, 1).await;
    receiver.next().await;
    world.workers[0].signal("STOP").await;
    world.start_worker().await;
    receiver.next().await;
    let ended = world.until_status(&northwind.recruiter, &export, "delivered").await;
    receiver.release(1);
    world.workers[0].signal("CONT").await;
    // Both work on: the one that woke up is no ghost that holds the lane.
    let next = northwind.export(&webhook, 2).await;
    receiver.next().await;
    world.until_status(&northwind.recruiter, &next, "delivered").await;
    let mut sleeper = world.workers.remove(0);
    sleeper.terminate().await;
    assert!(sleeper.finished().await.status.success());
    let mut later = northwind.recruiter.get("/v1/exports/{id}").id(&export).await.expect(200);
    // Where the sleeper still heard the 500, it is known that nothing arrived at that try.
    later["explanation"] = ended["explanation"].clone();
    assert_eq!(later, ended, "a superseded attempt changes nothing of the export");
    let log = world.attempts(&northwind.recruiter, &export).await;
    let outcomes: Vec<_> = log.iter().map(|attempt| attempt["outcome"].as_str()).collect();
    assert_eq!(outcomes, [Some("worker_lost"), Some("delivered")]);
    receiver.assert_no_more();
}

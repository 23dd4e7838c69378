//! kill -9 in mid-request: another worker finishes the export, and the log says what happened.

use support::Answer;

use crate::world;

#[tokio::test(flavor = "multi_thread")]
async fn a_second_worker_finishes() {
    let mut world = world().env("LEASE", "2s").env("AMBIGUOUS_DELAY", "1s").start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::hang()]);
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 2).await;
    let lost = receiver.next().await;
    let recruiter = world.northwind.recruiter.clone();
    let under_way = world.attempts(&recruiter, &export).await;
    assert_eq!(under_way.len(), 1, "in the log before its end: {under_way:#?}");
    assert_eq!(under_way[0]["outcome"], serde_json::Value::Null);
    assert_eq!(under_way[0]["id"], lost.header("webhook-attempt-id"));

    world.workers[0].kill().await;
    world.start_worker().await;
    let again = receiver.next().await;
    let ended = world.until_status(&recruiter, &export, "delivered").await;
    assert_eq!(again.body, lost.body, "the same bytes");
    assert_eq!(again.header("webhook-id"), lost.header("webhook-id"));
    assert_ne!(again.header("webhook-attempt-id"), lost.header("webhook-attempt-id"));
    assert_eq!(ended["attempt_count"], 2, "{ended:#}");
    let log = world.attempts(&recruiter, &export).await;
    let outcomes: Vec<_> = log.iter().map(|attempt| attempt["outcome"].as_str()).collect();
    assert_eq!(outcomes, [Some("worker_lost"), Some("delivered")]);
    assert_eq!(log[0]["id"], lost.header("webhook-attempt-id"));
    assert_eq!(log[0]["ambiguous"], true, "it may have arrived");
    let told = ended["explanation"].as_str().expect("words");
    assert!(told.ends_with("It may also have arrived at try 1."), "{told}");
    receiver.assert_no_more();
}

/// The receiver took it and said so, the worker was killed before it could hear, and all later tries
/// fail: nobody may be told that it did not arrive.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_a_lost_try_is_left_open() {
    let mut world = world()
        .env("LEASE", "2s")
        .env("AMBIGUOUS_DELAY", "1s")
        .env("RETRY_SCHEDULE", "0s,50ms,50ms")
        .start()
        .await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(200).held()]);
    receiver.otherwise(Answer::status(500));
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 2).await;
    receiver.next().await;
    world.workers[0].kill().await;
    world.start_worker().await;
    let recruiter = world.northwind.recruiter.clone();
    let waiting = world.until_status(&recruiter, &export, "retrying").await;
    assert_eq!(waiting["ambiguous"], true, "while it is tried again, too: {waiting:#}");
    receiver.next_many(2).await;
    let ended = world.until_status(&recruiter, &export, "failed").await;
    assert_eq!((&ended["ambiguous"], &ended["outcome"]), (&true.into(), &"http_5xx".into()));
    assert_eq!(ended["status_label"], "Not confirmed: it may have arrived");
    let told = ended["explanation"].as_str().expect("words");
    assert!(told.ends_with("It may have arrived at try 1."), "{told}");
    let advice = ended["advice"].as_str().expect("words");
    assert!(advice.contains("before you send again"), "{advice}");
    receiver.release(1);
    receiver.assert_no_more();
}

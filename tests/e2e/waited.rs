//! `Prefer: wait`: the answer comes with the outcome, or as things stand then.

use std::time::Duration;

use serde_json::{Value, json};
use support::receiver::DEADLINE;
use support::{Answer, Client, Reply, ask_for_export, id_of};

use crate::world;

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_comes_with_the_outcome() {
    let mut world = world().start().await;
    let receiver = world.receiver();
    receiver.script([Answer::status(500), Answer::status(200)]);
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let (vacancy, picked) = northwind.pick(1).await;
    let ask = ask_for_export(&northwind.recruiter, &webhook, &vacancy, &picked);
    let ask = ask.header("prefer", "respond-async, wait=99").header("idempotency-key", "once");
    let reply = ask.clone().await;
    let export = applied(reply, "wait=30");
    assert_eq!(export["status"], "delivered", "{export:#}");
    assert_eq!(export["attempt_count"], 2);

    let replayed = ask.await;
    assert_eq!(replayed.header("idempotency-replayed"), Some("true"));
    assert_eq!(applied(replayed, "wait=30")["status"], "delivered");

    let id = export["id"].as_str().expect("an id");
    let resend = northwind.recruiter.post("/v1/exports/{id}/resend").id(id);
    let resent = applied(resend.header("prefer", "wait=20").await, "wait=20");
    assert_eq!((&resent["status"], &resent["attempt_count"]), (&json!("delivered"), &json!(3)));
    let test = northwind.admin.post("/v1/webhooks/{id}/test").id(&webhook.id);
    let tested = applied(test.header("prefer", "wait=\"20\"; a=b").await, "wait=20");
    assert_eq!((&tested["status"], &tested["type"]), (&json!("delivered"), &json!("test")));
}

/// Where no outcome comes in time the export is as it stands, and what is no preference changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn what_takes_longer_is_answered_as_it_stands() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let (vacancy, picked) = northwind.pick(1).await;
    let ask = ask_for_export(&northwind.recruiter, &webhook, &vacancy, &picked);
    let export = applied(ask.clone().header("prefer", "wait=1").await, "wait=1");
    assert_eq!(export["status"], "queued");
    for nothing in ["wait", "wait=0", "wait=-3", "return=minimal", "", "=;,,=\"", "wait=x"] {
        let reply = ask.clone().header("prefer", nothing).await;
        assert_eq!(reply.header("preference-applied"), None, "{nothing:?}");
        assert_eq!(reply.expect(202)["status"], "queued");
    }
    // Whoever waits is answered when the process stops, and cancelling ends the waiting.
    let waits = ask.clone().header("prefer", "wait=30");
    let waits = tokio::spawn(async move { waits.await });
    let waiting = until_listed(&northwind.recruiter, 9).await;
    northwind.recruiter.post("/v1/exports/{id}/cancel").id(&waiting).await.expect(200);
    assert_eq!(applied(waits.await.expect("an answer"), "wait=30")["status"], "cancelled");
    let waits = ask.header("prefer", "wait=30");
    let waits = tokio::spawn(async move { waits.await });
    until_listed(&northwind.recruiter, 10).await;
    world.api.process.terminate().await;
    assert_eq!(applied(waits.await.expect("an answer"), "wait=30")["status"], "queued");
}

fn applied(reply: Reply, wait: &str) -> Value {
    assert_eq!(reply.header("preference-applied"), Some(wait));
    reply.expect(202)
}

/// Reads the list until there are so many exports; the newest.
async fn until_listed(client: &Client, count: usize) -> String {
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    let listed = tokio::time::timeout(DEADLINE, async {
        loop {
            tick.tick().await;
            let exports = client.get("/v1/exports").await.items();
            if exports.len() >= count {
                return id_of(&exports[0]);
            }
        }
    });
    listed.await.unwrap_or_else(|_| panic!("there are fewer than {count} exports"))
}

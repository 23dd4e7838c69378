//! Idempotency-Key: a repeated request answers as the first did, and sends nothing again.

use futures_util::future::join_all;
use serde_json::{Value, json};
use support::{Client, Webhook, World, id_of};

use crate::world;

struct Story {
    world: World,
    body: Value,
}

async fn story() -> (Story, Webhook, support::Receiver) {
    let mut world = world().start().await;
    let receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let (vacancy, picked) = world.northwind.pick(2).await;
    let body = json!({
        "vacancy_id": vacancy, "webhook_id": webhook.id, "application_ids": picked,
    });
    (Story { world, body }, webhook, receiver)
}

fn ask(client: &Client, key: &str, body: &Value) -> support::client::Call {
    client.post("/v1/exports").header("idempotency-key", key).json(body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_is_the_same_export() {
    let (Story { world, body }, _, mut receiver) = story().await;
    let recruiter = &world.northwind.recruiter;
    let first = ask(recruiter, "key-1", &body).await;
    assert_eq!(first.header("idempotency-replayed"), None);
    let export = id_of(&first.expect(202));
    receiver.next().await;
    world.until_status(recruiter, &export, "delivered").await;

    let replay = ask(recruiter, "key-1", &body).await;
    assert_eq!(replay.header("idempotency-replayed"), Some("true"));
    assert_eq!(id_of(&replay.expect(202)), export);
    assert_eq!(replay.header("location"), first.header("location"));
    let mut other = body.clone();
    other["application_ids"].as_array_mut().expect("ids").pop();
    ask(recruiter, "key-1", &other).await.problem(422, "idempotency_key_reused");
    let another_caller = ask(&world.northwind.other_recruiter, "key-1", &other).await;
    assert_ne!(id_of(&another_caller.expect(202)), export, "a key belongs to its caller");
    receiver.next().await;
    let exports = world.northwind.admin.get("/v1/exports").await.items();
    assert_eq!(exports.len(), 2, "{exports:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_parallel_one_export() {
    let (Story { world, body }, _, mut receiver) = story().await;
    let recruiter = &world.northwind.recruiter;
    let replies = join_all((0..8).map(|_| async { ask(recruiter, "key-2", &body).await })).await;
    let ids: Vec<_> = replies.iter().map(|reply| id_of(&reply.expect(202))).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let fresh = replies.iter().filter(|reply| reply.header("idempotency-replayed").is_none());
    assert_eq!(fresh.count(), 1);
    receiver.next().await;
    world.until_status(recruiter, &ids[0], "delivered").await;
    receiver.assert_no_more();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_not_remembered() {
    let (Story { world, body }, _, _receiver) = story().await;
    let recruiter = &world.northwind.recruiter;
    let mut wrong = body.clone();
    wrong["application_ids"] = json!([]);
    ask(recruiter, "key-3", &wrong).await.problem(422, "invalid");
    ask(recruiter, "key-3", &body).await.expect(202);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_resend_sends_once() {
    let (Story { world, body }, _, mut receiver) = story().await;
    let recruiter = &world.northwind.recruiter;
    let export = id_of(&ask(recruiter, "key-4", &body).await.expect(202));
    receiver.next().await;
    world.until_status(recruiter, &export, "delivered").await;
    let resend = recruiter.post("/v1/exports/{id}/resend").id(&export);
    let resend = resend.header("idempotency-key", "key-4");
    resend.clone().await.expect(202);
    receiver.next().await;
    let sent_twice =
        |export: &Value| export["attempt_count"] == 2 && export["status"] == "delivered";
    world.until(recruiter, &export, sent_twice).await;
    let replay = resend.await;
    assert_eq!(replay.header("idempotency-replayed"), Some("true"));
    assert_eq!(replay.expect(202)["attempt_count"], 2);
    receiver.assert_no_more();
}

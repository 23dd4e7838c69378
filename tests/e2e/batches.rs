//! One request per batch, however many people are in it.

use serde_json::json;
use support::{Receiver, World, ask_for_export, id_of, people};

use crate::world;

#[tokio::test(flavor = "multi_thread")]
async fn one_request_with_one_or_25_people() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let (vacancy, all) = world.northwind.pick(30).await;
    for count in [1, 25] {
        let picked = &all[..count];
        let call = ask_for_export(&world.northwind.recruiter, &webhook, &vacancy, picked);
        let export = id_of(&call.await.expect(202));
        assert_one_request(&world, &mut receiver, &export, picked).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_with_ten_thousand_people() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let lines = people::vacancy_with_people("V-10k", 1_000..11_000);
    world.northwind.import(&people::ndjson(&lines)).await.expect(200);
    let vacancy = world.northwind.vacancy("V-10k").await;
    let picked = world.northwind.applications(&vacancy).await;
    assert_eq!(picked.len(), 10_000);
    let call = ask_for_export(&world.northwind.recruiter, &webhook, &vacancy, &picked);
    let export = id_of(&call.await.expect(202));
    assert_one_request(&world, &mut receiver, &export, &picked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_the_limit_is_refused_and_never_split() {
    let mut world = world().env("MAX_CANDIDATES", "3").start().await;
    let mut receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let (vacancy, picked) = world.northwind.pick(4).await;
    let call = ask_for_export(&world.northwind.recruiter, &webhook, &vacancy, &picked);
    let problem = call.await.problem(422, "too_many_candidates");
    assert_eq!((&problem["limit"], &problem["actual"]), (&json!(3), &json!(4)), "{problem}");
    let exports = world.northwind.admin.get("/v1/exports").await.items();
    assert!(exports.is_empty(), "{exports:?}");
    receiver.assert_no_more();
}

async fn assert_one_request(
    world: &World,
    receiver: &mut Receiver,
    export: &str,
    picked: &[String],
) {
    let delivery = receiver.next().await;
    let payload = delivery.json();
    let sent = payload["candidates"].as_array().expect("a list of people");
    let ids: Vec<_> = sent.iter().map(|person| &person["application_id"]).collect();
    assert!(ids.iter().zip(picked).all(|(id, picked)| *id == picked), "in the order picked");
    assert_eq!(ids.len(), picked.len());
    assert_eq!(payload["export"]["candidate_count"], picked.len());
    let ended = world.until_status(&world.northwind.recruiter, export, "delivered").await;
    assert_eq!(ended["attempt_count"], 1);
    receiver.assert_no_more();
}

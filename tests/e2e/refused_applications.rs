//! Applications that cannot be exported are named, and nothing is queued.

use serde_json::{Value, json};
use support::{Webhook, World, ask_for_export};

use crate::world;

const SLUG: &str = "applications_not_exportable";
const MISSING: &str = "019aafc6-0000-7000-8000-000000000000";

async fn with_webhook() -> (World, Webhook) {
    let mut world = world().start().await;
    let receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    (world, webhook)
}

async fn refuse(world: &World, webhook: &Webhook, vacancy: &str, picked: &[String]) -> Value {
    let call = ask_for_export(&world.northwind.recruiter, webhook, vacancy, picked);
    call.await.problem(422, SLUG)
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_unknown_duplicate_and_of_another_vacancy() {
    let (world, webhook) = with_webhook().await;
    let (vacancy, picked) = world.northwind.pick(3).await;
    let (_, foreign) = world.contoso.pick(1).await;
    let second = world.northwind.vacancy("V-2").await;
    let elsewhere = world.northwind.applications(&second).await;
    let selection = [
        picked[0].clone(),
        foreign[0].clone(),
        MISSING.to_owned(),
        elsewhere[0].clone(),
        picked[1].clone(),
        picked[0].clone(),
    ];
    let problem = refuse(&world, &webhook, &vacancy, &selection).await;
    let errors = problem["errors"].as_array().expect("errors");
    let mut pointers: Vec<_> = errors.iter().map(|error| error["pointer"].as_str()).collect();
    pointers.sort();
    let expected = [1, 2, 3, 5].map(|position| format!("/application_ids/{position}"));
    assert_eq!(pointers, expected.each_ref().map(|pointer| Some(pointer.as_str())), "{problem:#}");
    let text = |pointer: &str| {
        let found = errors.iter().find(|error| error["pointer"] == pointer);
        let detail = found.expect("an error of that pointer")["detail"].as_str();
        let (id, text) = detail.and_then(|text| text.split_once(": ")).expect("id: text");
        assert!(selection.iter().any(|picked| picked == id), "names the application: {id}");
        text.to_owned()
    };
    assert_eq!(text("/application_ids/1"), text("/application_ids/2"), "foreign as unknown");
    assert_eq!(text("/application_ids/1"), text("/application_ids/3"), "other vacancy as unknown");
    assert_nothing_queued(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn withdrawn_and_restricted() {
    let (world, webhook) = with_webhook().await;
    let vacancy = world.northwind.vacancy("V-3").await;
    let picked = world.northwind.applications(&vacancy).await;
    assert_eq!(picked.len(), 2);
    let problem = refuse(&world, &webhook, &vacancy, &picked).await;
    assert_eq!(problem["errors_total"], 2, "{problem:#}");
    let texts = problem["errors"].to_string();
    assert!(texts.contains("withdrawn") && texts.contains("restricted"), "{problem:#}");
    assert_nothing_queued(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_most_a_hundred_are_named() {
    let (world, webhook) = with_webhook().await;
    let vacancy = world.northwind.vacancy("V-1").await;
    let absent: Vec<_> = (0..150).map(|n| format!("019aafc6-0000-7000-8000-{n:012x}")).collect();
    let problem = refuse(&world, &webhook, &vacancy, &absent).await;
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(100));
    assert_eq!(problem["errors_total"], 150);
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_or_malformed() {
    let (world, webhook) = with_webhook().await;
    let (vacancy, picked) = world.northwind.pick(1).await;
    let cases = [
        (json!([]), "/application_ids"),
        (json!(["nonsense"]), "/application_ids/0"),
        (json!([picked[0], 7]), "/application_ids/1"),
        (json!("all"), "/application_ids"),
    ];
    for (ids, pointer) in cases {
        let body = json!({
            "vacancy_id": vacancy, "webhook_id": webhook.id, "application_ids": ids,
        });
        let reply = world.northwind.recruiter.post("/v1/exports").json(&body).await;
        let problem = reply.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem:#}");
    }
    assert_nothing_queued(&world).await;
}

async fn assert_nothing_queued(world: &World) {
    let exports = world.northwind.admin.get("/v1/exports").await.items();
    assert!(exports.is_empty(), "{exports:?}");
}

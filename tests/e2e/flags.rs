//! Unusual exports: flagged within seconds after they were accepted, for admins and support, and never
//! stopped.

use serde_json::{Value, json};
use support::{Client, Organisation, Webhook, World, ask_for_export, id_of, people};

use crate::world;

/// A vacancy of its own with so many people, all of them picked.
async fn vacancy(organisation: &Organisation, people: usize) -> (String, Vec<String>) {
    let lines = people::ndjson(&people::vacancy_with_people("V-9", 1_000..1_000 + people));
    organisation.import(&lines).await.expect(200);
    let vacancy = organisation.vacancy("V-9").await;
    let picked = organisation.applications(&vacancy).await;
    (vacancy, picked)
}

async fn export(
    client: &Client,
    webhook: &Webhook,
    (vacancy, picked): (&str, &[String]),
) -> String {
    id_of(&ask_for_export(client, webhook, vacancy, picked).await.expect(202))
}

/// The flags of an export once there are some, by reason.
async fn flags(world: &World, client: &Client, export: &str) -> Vec<(String, Value)> {
    let is_flagged = |seen: &Value| seen["flags"].as_array().is_some_and(|flags| !flags.is_empty());
    let seen = world.until(client, export, is_flagged).await;
    let flags = seen["flags"].as_array().expect("a list").iter();
    flags.map(|flag| (flag["reason"].as_str().expect("a word").to_owned(), flag.clone())).collect()
}

fn reasons(flags: &[(String, Value)]) -> Vec<&str> {
    flags.iter().map(|(reason, _)| reason.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_vacancy_to_a_new_webhook_is_flagged_and_arrives() {
    let mut world = world().start().await;
    let receiver = world.receiver();
    let northwind = world.northwind.clone();
    let (admin, rosa) = (&northwind.admin, &northwind.recruiter);
    let webhook = northwind.register(&receiver.url()).await;
    let (vacancy, picked) = vacancy(&northwind, 60).await;
    let usual = export(rosa, &webhook, (&vacancy, &picked[..2])).await;
    let whole = export(rosa, &webhook, (&vacancy, &picked)).await;
    world.until_status(rosa, &whole, "delivered").await;
    world.until_status(rosa, &usual, "delivered").await;

    let flags = flags(&world, admin, &whole).await;
    assert_eq!(reasons(&flags), ["whole_vacancy", "first_large_export"]);
    let (_, flag) = &flags[0];
    let sentence =
        "Rosa exported all 60 people of a vacancy at once, everybody who may be exported.";
    assert_eq!(flag["sentence"], sentence, "{flag:#}");
    assert_eq!(flag["figures"], json!({ "people": 60 }));
    for reader in [admin, &world.support] {
        let listed = reader.get("/v1/exports").query("flagged", true).await.items();
        assert_eq!((listed.len(), id_of(&listed[0])), (1, whole.clone()));
        let listed = reader.get("/v1/exports").query("flagged", false).await.items();
        assert_eq!((listed.len(), id_of(&listed[0])), (1, usual.clone()));
        assert_eq!(listed[0]["flags"], json!([]));
    }
    let seen = rosa.get("/v1/exports/{id}").id(&whole).await.expect(200);
    assert_eq!(seen["flags"], Value::Null, "whom it is about does not read it");
    rosa.get("/v1/exports").query("flagged", true).await.problem(422, "invalid");
    let theirs = world.contoso.admin.get("/v1/exports").query("flagged", true).await;
    assert!(theirs.items().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_goes_is_looked_at() {
    let mut world = world().start().await;
    let receiver = world.receiver();
    let northwind = world.northwind.clone();
    let rosa = &northwind.recruiter;
    let shared = northwind.register(&receiver.url()).await;
    let theirs = world.contoso.register(&receiver.url()).await;
    let inspected = northwind.register("https://webhook.site/0d6b2a1c-northwind").await;
    let (vacancy, picked) = northwind.pick(1).await;
    let to_shared = export(rosa, &shared, (&vacancy, &picked)).await;
    let to_inspected = export(rosa, &inspected, (&vacancy, &picked)).await;
    let test = northwind.admin.post("/v1/webhooks/{id}/test").id(&shared.id).await.expect(202);

    for reader in [&northwind.admin, &world.support] {
        let found = flags(&world, reader, &to_shared).await;
        assert_eq!(reasons(&found), ["shared_url"]);
        let text = format!("{found:?}");
        for secret in [world.contoso.id.as_str(), "Contoso", theirs.id.as_str()] {
            assert!(!text.contains(secret), "{text}");
        }
        let found = flags(&world, reader, &to_inspected).await;
        assert_eq!(reasons(&found), ["inspection_service"]);
        let sentence = found[0].1["sentence"].as_str().expect("a sentence");
        assert!(sentence.starts_with("webhook.site is a service for trying out"), "{sentence}");
    }
    // Judged with them, and left alone.
    let admin = &northwind.admin;
    let seen = admin.get("/v1/exports/{id}").id(&id_of(&test)).await.expect(200);
    assert_eq!(seen["flags"], json!([]));
}

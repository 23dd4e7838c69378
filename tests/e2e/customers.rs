//! Customers have names, and webhooks are found by theirs: what support reads says whose it is.

use serde_json::{Value, json};
use support::Answer;

use crate::desk::{follow, kinds, search};
use crate::world;

pub(crate) const OPERATIONS: &[&str] = &["GET /v1/organisations"];

#[tokio::test(flavor = "multi_thread")]
async fn customers_have_names() {
    let mut world = world().covers(OPERATIONS).start().await;
    let receiver = world.receiver();
    receiver.otherwise(Answer::status(500));
    let webhook = world.northwind.register(&receiver.url()).await;
    let failed = world.northwind.export(&webhook, 1).await;
    world.until_status(&world.northwind.recruiter, &failed, "retrying").await;
    let (support, northwind) = (&world.support, &world.northwind);
    let found = support.get("/v1/organisations").query("q", "north").await.items();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["id"], &found[0]["name"]), (&json!(northwind.id), &json!("Northwind")));
    assert_eq!((&found[0]["live_webhooks"], &found[0]["failing_webhooks"]), (&json!(1), &json!(1)));
    assert!(found[0]["last_export_at"].is_string(), "{found:?}");
    let all = support.get("/v1/organisations").query("limit", 1).await.expect(200);
    let cursor = all["next_cursor"].as_str().expect("another one");
    let rest =
        support.get("/v1/organisations").query("limit", 1).query("cursor", cursor).await.items();
    assert_ne!(all["items"][0]["name"], rest[0]["name"]);
    let cards = search(support, "NORTHWIND").await;
    assert_eq!(kinds(&cards), ["organisation"]);
    let told = cards[0]["sentence"].as_str().expect("a sentence");
    assert!(told.starts_with("Northwind has 1 webhook (failing: 1). Its last export"), "{told}");
    follow(support, &cards).await;
    assert_eq!(search(&northwind.admin, "northwind").await, [Value::Null; 0]);
    for (client, name) in [(support, json!("Northwind")), (&northwind.admin, Value::Null)] {
        let of_list = |path| client.get(path).query("limit", 1);
        let lists = ["/v1/exports", "/v1/attempts", "/v1/webhooks"].map(of_list);
        for list in lists {
            let shown = &list.await.items()[0];
            let told = (&shown["organisation_id"], &shown["organisation_name"]);
            assert_eq!(told, (&json!(northwind.id), &name), "{shown:#}");
        }
        let export = client.get("/v1/exports/{id}").id(&failed).await.expect(200);
        let hook = client.get("/v1/webhooks/{id}").id(&webhook.id).await.expect(200);
        let attempt = client.get("/v1/exports/{id}/attempts").id(&failed).await.items().remove(0);
        for shown in [export, hook, attempt] {
            assert_eq!(shown["organisation_name"], name, "{shown:#}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_are_listed_by_host_and_by_name() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let northwind = &world.northwind;
    let named = json!({ "url": receiver.url(), "name": "Zapier: new hires" });
    let made = northwind.admin.post("/v1/webhooks").json(&named).await.expect(201);
    northwind.register(&receiver.url_of("/other")).await;
    for client in [&northwind.admin, &northwind.recruiter, &world.support] {
        let listed = |name: &'static str, value: &'static str| {
            let list = client.get("/v1/webhooks").query(name, value);
            async move { list.await.items() }
        };
        assert_eq!(listed("host", "http://127.0.0.1:1/x").await.len(), 2);
        assert_eq!(listed("q", "NEW HIRES").await, listed("q", "zapier").await);
        assert_eq!(listed("q", "zapier").await[0]["id"], made["id"]);
        assert_eq!(listed("q", "127.0").await.len(), 2);
        assert_eq!(listed("q", "").await.len(), 2);
        assert_eq!(listed("q", "%").await.len(), 0);
        let unknown = client.get("/v1/webhooks").query("host", "nowhere.example.com");
        unknown.await.problem(422, "invalid");
    }
    let contoso = &world.contoso.admin;
    assert_eq!(contoso.get("/v1/webhooks").query("q", "zapier").await.items(), [Value::Null; 0]);
    contoso.get("/v1/webhooks").query("host", "127.0.0.1").await.problem(422, "invalid");
    let of = |id: &str| world.support.get("/v1/webhooks").query("organisation_id", id);
    assert_eq!(of(&northwind.id).await.items().len(), 2);
    assert_eq!(of(&world.contoso.id).await.items().len(), 0);
    of("019aafc6-0000-7000-8000-000000000000").await.problem(422, "invalid");
}

/// Whoever reads `***` finds it by what they read, and learns no more by guessing.
#[tokio::test(flavor = "multi_thread")]
async fn a_masked_host_is_found_as_it_is_read() {
    let world = world().workers(0).start().await;
    let northwind = &world.northwind;
    let webhook = northwind.register("https://blue-fox.ngrok-free.app/hooks/0123456789").await;
    let export = northwind.export(&webhook, 1).await;
    let whole = &search(&northwind.admin, "blue-fox").await[0];
    assert_eq!(whole["id"], "blue-fox.ngrok-free.app", "{whole:#}");
    for client in [&northwind.recruiter, &world.support] {
        let mut answers = Vec::new();
        for guess in ["blue-fox.ngrok-free.app", "red-fox.ngrok-free.app", "***.ngrok-free.app"] {
            let cards = search(client, guess).await;
            assert_eq!(cards[0]["title"], "Host ***.ngrok-free.app", "{guess}");
            assert!(!json!(cards).to_string().contains("blue-fox"), "{cards:#?}");
            follow(client, &cards).await;
            answers.push(cards);
            for list in ["/v1/exports", "/v1/attempts"] {
                let found = client.get(list).query("q", guess).await.items();
                let ids: Vec<_> = found.iter().map(|item| &item["id"]).collect();
                assert_eq!(ids, if list == "/v1/exports" { vec![&export] } else { vec![] });
                assert_eq!(client.get(list).query("host", guess).await.items(), found, "{guess}");
            }
            for path in ["/v1/webhooks", "/v1/attempts/summary", "/v1/exports/summary"] {
                let reply = client.get(path).query("host", guess).await;
                assert_eq!(reply.status, 200, "{path}?host={guess}");
                assert!(!reply.text().contains("blue-fox"), "{path}?host={guess}");
            }
        }
        assert_eq!(answers[0], answers[1], "whatever is guessed");
        for guess in ["blue-fox", "red-fox", "blue-fox.ngrok"] {
            assert_eq!(search(client, guess).await, [Value::Null; 0], "{guess}");
        }
        let card = &search(client, &export).await[0];
        let told = card["sentence"].as_str().expect("a sentence");
        assert!(!card.to_string().contains("blue-fox"), "{told}");
    }
}

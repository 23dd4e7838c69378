//! The support desk: a customer is angry and has little at hand, an e-mail address, a host and a day, or an
//! id out of the log of their receiver. One call says what happened, in a sentence to read to them.

use serde_json::{Value, json};
use support::{Answer, Client, Receiver, Webhook, World};

use crate::world;

pub(crate) const OPERATIONS: &[&str] = &["GET /v1/search"];

/// What happened before the call.
struct Story {
    world: World,
    receiver: Receiver,
    webhook: Webhook,
    /// Asked for by Northwind's recruiter; refused for its size.
    failed: String,
    /// As the receiver saw it.
    attempt: String,
}

async fn story() -> Story {
    let mut world = world().covers(OPERATIONS).start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(413)]);
    let webhook = world.northwind.register(&receiver.url()).await;
    let failed = world.northwind.export(&webhook, 2).await;
    let seen = receiver.next().await;
    assert_eq!(seen.header("webhook-id"), failed);
    let attempt = seen.header("webhook-attempt-id").to_owned();
    world.until_status(&world.northwind.recruiter, &failed, "failed").await;
    Story { world, receiver, webhook, failed, attempt }
}

pub(crate) async fn search(client: &Client, q: &str) -> Vec<Value> {
    let found = client.get("/v1/search").query("q", q).await.expect(200);
    assert_eq!(found["more"], json!([]), "{q}");
    found["items"].as_array().expect("cards").clone()
}

pub(crate) fn kinds(cards: &[Value]) -> Vec<&str> {
    cards.iter().map(|card| card["kind"].as_str().expect("a kind")).collect()
}

/// The sentence of the failed export, as everybody reads it.
fn too_large(card: &Value) {
    let told = card["sentence"].as_str().expect("a sentence");
    let expected = "2 candidates (";
    assert!(told.starts_with(expected), "{card:#}");
    assert!(told.ends_with(") are more than 127.0.0.1 takes at once."), "{card:#}");
    assert_eq!(card["act_by"], "recruiter", "{card:#}");
    let advice = card["advice"].as_str().expect("advice");
    assert!(
        advice.starts_with("Export a smaller batch, or ask whoever runs 127.0.0.1"),
        "{advice}"
    );
}

/// Every place that a card names is there for who reads it.
pub(crate) async fn follow(client: &Client, cards: &[Value]) {
    for link in cards.iter().flat_map(|card| card["next"].as_array().expect("links")) {
        let href = link["href"].as_str().expect("a path");
        let url = reqwest::Url::parse(&format!("http://api.example.com{href}")).expect("a path");
        let path: Vec<&str> = url.path().split('/').collect();
        let call = match path[..] {
            ["", "v1", "exports", id] => client.get("/v1/exports/{id}").id(id),
            ["", "v1", "exports", id, "attempts"] => client.get("/v1/exports/{id}/attempts").id(id),
            ["", "v1", "exports", id, "receipt"] => client.get("/v1/exports/{id}/receipt").id(id),
            ["", "v1", "exports", id, "people"] => client.get("/v1/exports/{id}/people").id(id),
            ["", "v1", "webhooks", id] => client.get("/v1/webhooks/{id}").id(id),
            ["", "v1", "exports"] => client.get("/v1/exports"),
            ["", "v1", "attempts"] => client.get("/v1/attempts"),
            ["", "v1", "attempts", "summary"] => client.get("/v1/attempts/summary"),
            ["", "v1", "candidates", id, "exports"] => {
                client.get("/v1/candidates/{id}/exports").id(id)
            }
            ["", "v1", "webhooks"] => client.get("/v1/webhooks"),
            _ => panic!("{href}: a link that no story follows"),
        };
        let call = url.query_pairs().fold(call, |call, (name, value)| call.query(&name, value));
        call.await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_that_their_receiver_logged() {
    let Story { world, failed, attempt, .. } = story().await;
    let northwind = &world.northwind;
    for client in [&world.support, &northwind.admin, &northwind.recruiter] {
        for q in [
            failed.clone(),
            format!(" {} ", failed.to_uppercase()),
            format!("\"webhook-id\": \"{failed}\""),
            format!("webhook-id:{failed}"),
            format!("msg_{failed}"),
            format!("{}\u{200b}{}", &failed[..20], &failed[20..]),
        ] {
            let cards = search(client, &q).await;
            assert_eq!(kinds(&cards), ["export"], "{q}");
            assert_eq!(cards[0]["id"], failed, "{q}");
            too_large(&cards[0]);
        }
        let cards = search(client, &format!("webhook-attempt-id: {attempt}")).await;
        assert_eq!(kinds(&cards), ["attempt", "export"]);
        assert_eq!((&cards[0]["id"], &cards[1]["id"]), (&json!(attempt), &json!(failed)));
        cards.iter().for_each(too_large);
        follow(client, &cards).await;
        for list in ["/v1/exports", "/v1/attempts"] {
            for q in [&failed, &attempt] {
                let found = client.get(list).query("q", format!("webhook-id: {q}")).await.items();
                assert_eq!(found.len(), 1, "{list}?q={q}");
                let of_support = client.token() == world.support.token();
                let name = if of_support { json!("Northwind") } else { Value::Null };
                assert_eq!(found[0]["organisation_name"], name, "{list}");
                assert_eq!(found[0]["organisation_id"], northwind.id, "{list}");
            }
        }
    }
    for client in [&northwind.other_recruiter, &world.contoso.admin, &world.contoso.recruiter] {
        for q in [&failed, &attempt] {
            assert_eq!(
                search(client, q).await,
                [Value::Null; 0],
                "what is not theirs is not there"
            );
            for list in ["/v1/exports", "/v1/attempts"] {
                assert!(client.get(list).query("q", q).await.items().is_empty());
            }
        }
    }
    let card = &search(&world.support, &failed).await[0];
    assert_eq!(card["organisation_name"], "Northwind", "{card:#}");
    assert_eq!(card["title"], "Export of 2 candidates to 127.0.0.1, asked for by Rosa", "{card:#}");
    let card = &search(&northwind.admin, &failed).await[0];
    assert_eq!(card["organisation_name"], Value::Null, "they know their own: {card:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_is_found_by_their_own_admin_alone() {
    let world = world().workers(0).start().await;
    let northwind = &world.northwind;
    for q in ["C-7", "ada7@example.com"] {
        let cards = search(&northwind.admin, q).await;
        assert_eq!(kinds(&cards), ["candidate"], "{q}");
        follow(&northwind.admin, &cards).await;
        for client in [&northwind.recruiter, &world.support] {
            assert_eq!(search(client, q).await, [Value::Null; 0], "{q}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_recruiters_address() {
    let Story { world, mut receiver, webhook, failed, .. } = story().await;
    receiver.script([Answer::status(200).held()]);
    let under_way = world.northwind.export(&webhook, 1).await;
    receiver.next().await;
    world.until_status(&world.northwind.recruiter, &under_way, "delivering").await;
    let northwind = &world.northwind;
    for client in [&world.support, &northwind.admin, &northwind.recruiter] {
        for q in ["rosa@example.com", "Rosa <ROSA@example.com>", "mailto:rosa@example.com"] {
            let cards = search(client, q).await;
            assert_eq!(kinds(&cards), ["requester", "export", "export"], "{q}");
            assert_eq!(
                cards[0]["sentence"],
                "Rosa (rosa@example.com) asks for exports. Of 2 exports of theirs in the last 7 \
                 days, 1 failed and 1 is in progress.",
                "{q}"
            );
            assert_eq!(
                cards[0]["exports"],
                json!({
                    "accepted": 0, "failed": 1, "cancelled": 0, "in_progress": 1, "complete": true
                })
            );
            assert_eq!(cards[1]["id"], under_way, "newest first");
            let told = cards[1]["sentence"].as_str().expect("a sentence");
            assert!(told.starts_with("We are sending 1 candidate to 127.0.0.1"), "{told}");
            assert_eq!(cards[2]["id"], failed);
            too_large(&cards[2]);
        }
        follow(client, &search(client, "rosa@example.com").await).await;
    }
    let nobodys = [&northwind.other_recruiter, &world.contoso.admin, &world.contoso.recruiter];
    for client in nobodys {
        assert_eq!(search(client, "rosa@example.com").await, [Value::Null; 0]);
    }
    receiver.release(1);
    world.until_status(&northwind.recruiter, &under_way, "delivered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_and_a_day() {
    let Story { world, mut receiver, webhook, failed, .. } = story().await;
    let northwind = &world.northwind;
    let accepted = northwind.export(&webhook, 1).await;
    receiver.next().await;
    world.until_status(&northwind.recruiter, &accepted, "delivered").await;
    let shown = northwind.admin.get("/v1/exports/{id}").id(&failed).await.expect(200);
    let day = shown["requested_at"].as_str().expect("an instant")[..10].to_owned();
    let on =
        chrono::NaiveDate::parse_from_str(&day, "%Y-%m-%d").expect("a day").format("%-d %b %Y");
    let own = |client: &Client| client.token() == northwind.recruiter.token();
    for client in [&world.support, &northwind.admin, &northwind.recruiter] {
        for q in [format!("127.0.0.1 {day}"), format!("{day} http://127.0.0.1:8080/hook")] {
            let cards = search(client, &q).await;
            let card = cards.iter().find(|card| card["kind"] == "host").expect("the host");
            assert_eq!(card["title"], format!("Host 127.0.0.1 on {on}"), "{card:#}");
            let told = card["sentence"].as_str().expect("a sentence");
            let takes = "127.0.0.1 takes what is sent";
            let last = if own(client) { "." } else { ": it last accepted an export at " };
            assert!(told.starts_with(&format!("{takes}{last}")), "{told}");
            let of = if own(client) { " of yours" } else { "" };
            let counted = format!(
                " Of 2 exports{of} on {on}, 1 was accepted and 1 failed. The last failure was at "
            );
            assert!(told.contains(&counted), "{told}");
            assert!(told.ends_with(" are more than 127.0.0.1 takes at once."), "{told}");
            follow(client, &cards).await;
        }
        let before = search(client, "127.0.0.1 2020-01-01").await;
        let card = before.iter().find(|card| card["kind"] == "host").expect("the host");
        let nothing =
            if own(client) { "You exported nothing there" } else { "Nothing was exported there" };
        let told = card["sentence"].as_str().expect("a sentence");
        assert!(told.ends_with(&format!(" {nothing} on 1 Jan 2020.")), "{told}");
    }
    assert_eq!(search(&world.contoso.admin, "127.0.0.1").await, [Value::Null; 0]);
    // Its webhook is deleted; what happened is told all the same.
    northwind.admin.delete("/v1/webhooks/{id}").id(&webhook.id).await.expect(204);
    for q in [webhook.id.clone(), format!("127.0.0.1 {day}")] {
        let cards = search(&world.support, &q).await;
        let card = &cards[0];
        let told = card["sentence"].as_str().expect("a sentence");
        assert!(told.contains(" was deleted at "), "{told}");
        assert!(told.contains(": nothing goes there any more. Of 2 exports "), "{told}");
        assert_eq!(card["organisation_name"], "Northwind", "{card:#}");
        follow(&world.support, &cards).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_of_no_kind_is_told_so() {
    let world = world().workers(0).start().await;
    let support = &world.support;
    for (q, detail) in [
        ("", "say more: at least 3 characters"),
        ("ab", "say more: at least 3 characters"),
        ("\u{200b}\u{200b}\u{200b}", "say more: at least 3 characters"),
        (
            "2026-11-23",
            "say also what to search for on that day: a host, an e-mail address or a name",
        ),
        (
            "hooks.example.com 9999-12-31",
            "holds a day of which there is nothing: say one from 1970-01-01 to 9999-12-30",
        ),
        (
            "rosa@example.com, ben@example.com",
            "holds several e-mail addresses: search for one at a time",
        ),
        (&"x".repeat(401), "at most 400 characters"),
    ] {
        let problem = support.get("/v1/search").query("q", q).await.problem(422, "invalid");
        let told = (&problem["errors"][0]["pointer"], &problem["errors"][0]["detail"]);
        assert_eq!(told, (&json!("/q"), &json!(detail)), "{q}");
    }
    support.get("/v1/search").await.problem(422, "invalid");
    for list in ["/v1/exports", "/v1/attempts"] {
        let problem = support.get(list).query("q", "rosa").await.problem(422, "invalid");
        let detail = problem["errors"][0]["detail"].to_string();
        assert!(detail.contains("GET /v1/search finds names"), "{detail}");
        for nothing in
            ["rosa@example.com", "nowhere.example.com", &uuid::Uuid::from_u128(7).to_string()]
        {
            assert!(support.get(list).query("q", nothing).await.items().is_empty(), "{nothing}");
        }
    }
}

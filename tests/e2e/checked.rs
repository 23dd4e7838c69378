//! A URL and a name, judged while somebody types, by the rules and in the words of registering.

use serde_json::{Value, json};
use support::{Client, id_of};

use crate::world;

pub(crate) const OPERATIONS: &[&str] = &["POST /v1/webhooks/check"];

async fn check(client: &Client, body: &Value) -> Value {
    client.post("/v1/webhooks/check").json(body).await.expect(200)
}

/// What is said of a rule: whether it holds, and what to do.
fn verdict(checked: &Value, rule: &str) -> (Value, Value) {
    let rules = checked["rules"].as_array().expect("rules");
    let found = rules.iter().find(|it| it["rule"] == rule);
    let found = found.unwrap_or_else(|| panic!("{rule} in {checked:#}"));
    assert!(found["title"].as_str().is_some_and(|title| !title.is_empty()), "{found:#}");
    (found["passed"].clone(), found["detail"].clone())
}

fn holds(checked: &Value) -> bool {
    checked["rules"].as_array().expect("rules").iter().all(|it| it["passed"] == true)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_told_what_a_registration_would_say() {
    let mut world = world().covers(OPERATIONS).workers(0).start().await;
    let receiver = world.receiver();
    let admin = &world.northwind.admin;
    let url = receiver.url_of("/hook/secret-path");
    let free = check(admin, &json!({ "url": url })).await;
    assert!(holds(&free), "{free:#}");
    assert_eq!((&free["url"], &free["host"]), (&json!(url), &json!("127.0.0.1")));
    let name = free["name"].as_str().expect("a name").to_owned();
    assert!(name.starts_with("127.0.0.1 · added "), "{name}");
    let listed = admin.get("/v1/webhooks").await.items();
    assert_eq!(listed, Vec::<Value>::new(), "nothing was registered");

    let create = admin.post("/v1/webhooks").json(&json!({ "url": url }));
    let made = create.clone().await.expect(201);
    assert_eq!((&made["name"], &made["warnings"]), (&free["name"], &free["warnings"]));
    let refused = create.await.problem(409, "webhook_exists");
    let shouted = format!(" {} ", name.to_uppercase());
    let taken = check(admin, &json!({ "url": url, "name": shouted })).await;
    assert_eq!(verdict(&taken, "not_registered"), (json!(false), refused["detail"].clone()));
    assert!(refused["detail"].to_string().contains(&id_of(&made)));
    let (passed, why) = verdict(&taken, "name_free");
    assert_eq!((passed, &taken["name"]), (json!(false), &Value::Null), "{taken:#}");
    assert!(why.to_string().contains("choose another"), "{why}");
    let another = check(admin, &json!({ "url": receiver.url_of("/other") })).await;
    assert!(holds(&another), "{another:#}");
    assert_eq!(another["name"], format!("{name} (2)"));
    // Another organisation has it, which is nobody's business.
    let theirs = check(&world.contoso.admin, &json!({ "url": url })).await;
    assert!(holds(&theirs), "{theirs:#}");
    assert!(!world.api.process.output().contains("secret-path"), "not in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_letter_may_be_wrong() {
    let world = world().workers(0).start().await;
    let admin = &world.northwind.admin;
    let long = format!("https://hooks.acme.com/{}", "a".repeat(2048));
    let wrong = [
        ("", "complete"),
        ("h", "complete"),
        ("https://", "complete"),
        ("https://ada@hooks.acme.com/", "no_user"),
        ("https://hooks.acme.com/#x", "no_fragment"),
        ("https://example.com/hook", "own"),
        ("https://intranet/", "public"),
        ("https://hooks.acme.com/a b", "characters"),
        ("https://hooks.acme.com/\u{7}", "characters"),
        ("https://hooks..acme.com/", "host"),
        (long.as_str(), "length"),
    ];
    for (url, rule) in wrong {
        let checked = check(admin, &json!({ "url": url })).await;
        let (passed, why) = verdict(&checked, rule);
        assert_eq!(passed, false, "{url}: {checked:#}");
        for member in ["url", "host", "name"] {
            assert_eq!(checked[member], Value::Null, "{url}: {checked:#}");
        }
        assert_eq!(verdict(&checked, "not_registered"), (Value::Null, Value::Null), "{url}");
        if url != long {
            let create = admin.post("/v1/webhooks").json(&json!({ "url": url }));
            let refused = create.await.problem(422, "url_refused");
            assert_eq!(refused["detail"], why, "{url}");
        }
    }
    let url = "https://hooks.zapier.com/hooks/catch/1/a";
    for name in
        ["", " \u{200b} ", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=", &"n".repeat(101)]
    {
        let body = json!({ "url": url, "name": name });
        let checked = check(admin, &body).await;
        let (passed, why) = verdict(&checked, "name_free");
        assert_eq!((passed, &checked["name"]), (json!(false), &Value::Null), "{name}");
        let refused = admin.post("/v1/webhooks").json(&body).await.problem(422, "invalid");
        assert_eq!(refused["errors"][0]["detail"], why, "{name}");
    }
    for body in [
        json!({}),
        json!({ "url": 1 }),
        json!({ "url": url, "purpose": "x" }),
        json!({ "url": "\u{0}" }),
    ] {
        admin.post("/v1/webhooks/check").json(&body).await.problem(422, "invalid");
    }
    let n8n = json!({ "url": "https://n8n.acme.com/webhook-test/3f0a8a4c" });
    let warned = check(admin, &n8n).await;
    assert!(warned["warnings"][0].as_str().is_some_and(|it| it.contains("120 seconds")));
}

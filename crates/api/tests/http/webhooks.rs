//! Webhooks: what each role sees of them, and what each operation refuses.

use serde_json::{Value, json};

use crate::house::{House, Who};

const URL: &str = "https://hooks.zapier.com/hooks/catch/123456/a1b2c3d4";

async fn create(house: &House, url: &str) -> Value {
    house.post(Who::Admin, "/v1/webhooks", json!({"url": url})).await.expect(201)
}

#[actix_web::test]
async fn a_webhook_is_registered_once_and_tells_its_secret_once() {
    let house = House::new().await;
    let body = json!({"url": URL, "name": "Zapier", "purpose": "Onboarding", "include": ["tags"]});
    let answer = house.post(Who::Admin, "/v1/webhooks", body.clone()).await;
    let location = answer.header("location").expect("a location").to_owned();
    assert!(answer.bytes.starts_with(b"{\"secret\":"), "what is shown once is not overlooked");
    let created = answer.expect(201);
    assert!(created["secret"].as_str().is_some_and(|secret| secret.starts_with("whsec_")));
    assert_eq!(created["warnings"], json!([]));
    let seen = house.get(Who::Admin, &location).await.expect(200);
    assert_eq!(seen["url"], URL);
    assert_eq!((&seen["health"], &seen["include"]), (&json!("untested"), &json!(["tags"])));
    assert!(seen.get("secret").is_none());
    let again = house.post(Who::Admin, "/v1/webhooks", body).await;
    assert_eq!(again.problem(), "webhook_exists");
    let detail = again.json()["detail"].to_string();
    assert!(detail.contains("The webhook Zapier already uses this URL."), "{detail}");
    let named = json!({"url": "https://hooks.zapier.com/other", "name": "Zapier"});
    assert_eq!(house.post(Who::Admin, "/v1/webhooks", named).await.problem(), "webhook_name_taken");
    let refused = json!({"url": "https://10.0.0.1/"});
    let refused = house.post(Who::Admin, "/v1/webhooks", refused).await.expect(422);
    assert!(refused["rule"].is_string(), "{refused}");
    assert_eq!(refused["errors"][0]["pointer"], "/url");
}

#[actix_web::test]
async fn what_a_role_may_not_see_is_null() {
    let house = House::new().await;
    let webhook = create(&house, "https://abc123.ngrok.io/hooks/0123456789/a1b2").await;
    let path = format!("/v1/webhooks/{}", webhook["id"].as_str().expect("an id"));
    let list = house.get(Who::Admin, "/v1/webhooks").await.expect(200);
    let masked = list["items"][0]["url"].as_str().expect("a URL");
    assert!(!masked.contains("0123456789") && masked.ends_with("a1b2"), "{masked}");
    for who in [Who::Recruiter, Who::Support] {
        let seen = house.get(who, &path).await.expect(200);
        let keys =
            |value: &Value| value.as_object().map(|it| it.keys().cloned().collect::<Vec<_>>());
        assert_eq!(keys(&seen), keys(&list["items"][0]), "every key is there");
        for hidden in ["url", "purpose", "include", "created_by", "success_rate", "stale"] {
            assert!(seen[hidden].is_null(), "{hidden}: {seen}");
        }
        assert_eq!(seen["health"], "untested");
        assert_eq!(seen["host"], "***.ngrok.io");
        assert!(!seen.to_string().contains("abc123"), "{seen}");
    }
}

#[actix_web::test]
async fn what_is_not_yours_looks_like_what_is_not_there() {
    let house = House::new().await;
    let id = create(&house, URL).await["id"].as_str().expect("an id").to_owned();
    let foreign = house.get(Who::Stranger, &format!("/v1/webhooks/{id}")).await;
    let missing =
        house.get(Who::Stranger, "/v1/webhooks/019aafc3-77aa-7e55-9c10-3f6f3b2a1c00").await;
    let malformed = house.get(Who::Stranger, "/v1/webhooks/abc").await;
    let without_instance = |bytes: &[u8]| {
        let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
        let (before, after) = text.split_once("urn:uuid:").expect("an instance");
        format!("{before}{}", &after[36..])
    };
    for answer in [&foreign, &missing, &malformed] {
        assert_eq!(answer.problem(), "not_found");
        assert_eq!(without_instance(&answer.bytes), without_instance(&missing.bytes));
    }
    for action in ["test", "enable", "rotate-secret", "end-rotation"] {
        let path = format!("/v1/webhooks/{id}/{action}");
        assert_eq!(house.call(Some(Who::Stranger), "POST", &path).await.problem(), "not_found");
    }
}

#[actix_web::test]
async fn a_secret_is_rotated_with_an_overlap() {
    let house = House::new().await;
    let created = create(&house, URL).await;
    let path = format!("/v1/webhooks/{}", created["id"].as_str().expect("an id"));
    let call = |action: &'static str| {
        let path = format!("{path}/{action}");
        let house = &house;
        async move { house.call(Some(Who::Admin), "POST", &path).await }
    };
    let idle = call("end-rotation").await.expect(200);
    assert_eq!((&idle["id"], &idle["rotation_ends_at"]), (&created["id"], &Value::Null));
    let mut secrets = vec![created["secret"].clone()];
    for _ in 0..5 {
        let rotated = call("rotate-secret").await.expect(200);
        assert!(rotated["secret"].is_string() && rotated["old_signs_until"].is_string());
        assert!(!secrets.contains(&rotated["secret"]));
        secrets.push(rotated["secret"].clone());
    }
    let full = call("rotate-secret").await;
    assert_eq!(full.problem(), "rotation_in_progress");
    assert_eq!(full.json()["limit"], 5);
    let detail = full.json()["detail"].to_string();
    assert!(detail.contains("end-rotation") && detail.contains("UTC"), "{detail}");
    let shown = house.get(Who::Admin, &path).await.expect(200);
    assert!(shown["rotation_ends_at"].is_string());
    for _ in 0..2 {
        let ended = call("end-rotation").await.expect(200);
        assert_eq!(ended["rotation_ends_at"], Value::Null);
    }
    assert!(call("rotate-secret").await.expect(200)["secret"].is_string());
    let once = call("rotate-secret?revoke_old=true").await;
    let detail = &once.json()["errors"][0]["detail"];
    assert_eq!(detail, "unknown parameter `revoke_old`; none is known here");
}

#[actix_web::test]
async fn names_that_look_alike_are_one() {
    let house = House::new().await;
    let register = |name: &'static str, url: &'static str| {
        let body =
            json!({"url": format!("https://hooks.zapier.com/hooks/catch/{url}"), "name": name});
        let house = &house;
        async move { house.post(Who::Admin, "/v1/webhooks", body).await }
    };
    let made =
        register("  Zapier:\u{a0}new \u{200b}hires\u{202c} ", "1/abcdefghij").await.expect(201);
    assert_eq!(made["name"], "Zapier: new hires");
    for same in ["Zapier: new hires", "zapier: NEW hires ", "Zap\u{200b}ier: new hires"] {
        assert_eq!(register(same, "2/abcdefghij").await.problem(), "webhook_name_taken", "{same}");
    }
    let long: &'static str = Box::leak("x".repeat(101).into_boxed_str());
    for wrong in ["", " ", "\u{200b}", "a\u{7}b", long] {
        let refused = register(wrong, "3/abcdefghij").await;
        assert_eq!(refused.problem(), "invalid", "{wrong:?}");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/name", "{wrong:?}");
    }
    let bell = register("a\u{7}b", "3/abcdefghij").await;
    assert!(bell.json()["errors"][0]["detail"].to_string().contains("U+0007"));
    let longest: &'static str = Box::leak(format!(" {} ", "x".repeat(100)).into_boxed_str());
    register(longest, "4/abcdefghij").await.expect(201);
}

#[actix_web::test]
async fn a_webhook_with_exports_in_progress_is_not_deleted_by_mistake() {
    let house = House::new().await;
    let path = format!("/v1/webhooks/{}", create(&house, URL).await["id"].as_str().expect("an id"));
    let test = house.call(Some(Who::Admin), "POST", &format!("{path}/test")).await;
    let location = test.header("location").expect("a location").to_owned();
    let export = test.expect(202);
    assert_eq!((&export["type"], &export["status"]), (&json!("test"), &json!("queued")));
    let refused = house.call(Some(Who::Admin), "DELETE", &path).await;
    assert_eq!(refused.problem(), "exports_in_progress");
    let detail = refused.json()["detail"].to_string();
    assert!(detail.contains(": 1 export. Wait"), "{detail}");
    assert_eq!(refused.json()["exports"][0]["id"], export["id"]);
    let deleted = format!("{path}?cancel_pending=true");
    assert_eq!(house.call(Some(Who::Admin), "DELETE", &deleted).await.status, 204);
    assert_eq!(house.get(Who::Admin, &path).await.problem(), "not_found");
    let ended = house.get(Who::Admin, &location).await.expect(200);
    assert_eq!(
        (&ended["status"], &ended["ended_by"]),
        (&json!("cancelled"), &json!("webhook_deleted"))
    );
}

#[actix_web::test]
async fn ten_tests_an_hour() {
    let house = House::new().await;
    let path =
        format!("/v1/webhooks/{}/test", create(&house, URL).await["id"].as_str().expect("an id"));
    for _ in 0..10 {
        house.call(Some(Who::Admin), "POST", &path).await.expect(202);
    }
    let refused = house.call(Some(Who::Admin), "POST", &path).await;
    assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (429, "too_many_requests"));
    assert!(refused.header("retry-after").is_some());
}

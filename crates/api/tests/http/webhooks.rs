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
    let created = answer.expect(201);
    assert!(created["secret"].as_str().is_some_and(|secret| secret.starts_with("whsec_")));
    assert_eq!(created["warnings"], json!([]));
    let seen = house.get(Who::Admin, &location).await.expect(200);
    assert_eq!(seen["url"], URL);
    assert_eq!((&seen["health"], &seen["include"]), (&json!("untested"), &json!(["tags"])));
    assert!(seen.get("secret").is_none());
    let again = house.post(Who::Admin, "/v1/webhooks", body).await;
    assert_eq!(again.problem(), "webhook_exists");
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
    for action in ["test", "enable", "rotate-secret"] {
        let path = format!("/v1/webhooks/{id}/{action}");
        assert_eq!(house.call(Some(Who::Stranger), "POST", &path).await.problem(), "not_found");
    }
}

#[actix_web::test]
async fn a_secret_is_rotated_with_an_overlap() {
    let house = House::new().await;
    let created = create(&house, URL).await;
    let path = format!("/v1/webhooks/{}/rotate-secret", created["id"].as_str().expect("an id"));
    let rotate = |query: &'static str| {
        let path = format!("{path}{query}");
        let house = &house;
        async move { house.call(Some(Who::Admin), "POST", &path).await }
    };
    let rotated = rotate("").await.expect(200);
    assert!(rotated["secret"].is_string() && rotated["secret"] != created["secret"]);
    assert!(rotated["old_signs_until"].is_string());
    assert_eq!(rotate("").await.problem(), "rotation_in_progress");
    let revoked = rotate("?revoke_old=true").await.expect(200);
    assert_eq!(revoked, json!({"secret": null, "old_signs_until": null}));
    assert!(rotate("").await.expect(200)["secret"].is_string());
    assert_eq!(rotate("?revoke_old=yes").await.problem(), "invalid");
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

//! The order of checks and the shape of what goes wrong: 404/405 of the route, 401, 403, 400
//! and 422, 404 of the object, 409.

use actix_web::test::TestRequest;
use serde_json::json;

use crate::front::DOCUMENTS;
use crate::house::{Answer, House, Who};

const NOBODY: &str = "/v1/webhooks/019aafc3-77aa-7e55-9c10-3f6f3b2a1c00";

#[actix_web::test]
async fn what_is_refused_before_anything_is_asked_about_the_caller() {
    let house = House::without_database().await;
    let table = [
        ("GET", "/", 404, "not_found", None),
        ("GET", "/v1/nothing", 404, "not_found", None),
        ("GET", "/v1/webhooks/", 404, "not_found", None),
        ("GET", "/docs/nothing.js", 404, "not_found", None),
        ("PATCH", "/v1/webhooks", 405, "method_not_allowed", Some("GET, HEAD, POST")),
        ("POST", "/v1/attempts", 405, "method_not_allowed", Some("GET, HEAD")),
        ("POST", "/docs/", 405, "method_not_allowed", Some("GET, HEAD")),
        ("HEAD", "/v1/import", 405, "method_not_allowed", Some("POST")),
        ("GET", "/v1/exports/preview", 405, "method_not_allowed", Some("POST")),
        ("HEAD", "/v1/exports/preview", 405, "method_not_allowed", Some("POST")),
        ("GET", "/v1/webhooks/check", 405, "method_not_allowed", Some("POST")),
        ("HEAD", "/v1/nothing", 404, "not_found", None),
        ("DELETE", "/v1/exports/x/cancel", 405, "method_not_allowed", Some("POST")),
        ("PATCH", NOBODY, 405, "webhook_not_editable", Some("GET, HEAD, DELETE")),
        ("PUT", NOBODY, 405, "webhook_not_editable", Some("GET, HEAD, DELETE")),
        ("POST", NOBODY, 405, "method_not_allowed", Some("GET, HEAD, DELETE")),
        ("GET", "/v1/me", 401, "unauthenticated", None),
        ("HEAD", "/v1/me", 401, "unauthenticated", None),
        ("POST", "/v1/webhooks", 401, "unauthenticated", None),
        ("GET", "/v1/exports?limit=0", 401, "unauthenticated", None),
    ];
    for (method, path, status, slug, allow) in table {
        let answer = house.call(None, method, path).await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(answer.problem(), slug, "{method} {path}");
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
        assert_eq!(answer.header("www-authenticate").is_some(), status == 401, "{method} {path}");
    }
    let detail = async |path| house.call(None, "GET", path).await.json()["detail"].to_string();
    for mistyped in ["/v1/nothing", "/v1/webhooks/", "/v1/webhook", "/", "/v2/me"] {
        let detail = detail(mistyped).await;
        assert!(detail.contains("No operation has this address"), "{mistyped}: {detail}");
        assert!(detail.contains("/docs"), "{mistyped}: {detail}");
    }
    let method = house.call(None, "PATCH", "/v1/webhooks").await.json()["detail"].to_string();
    assert!(method.contains("GET, HEAD, POST"), "{method}");
    let steps = house.call(None, "PATCH", NOBODY).await.json()["detail"].to_string();
    for step in ["Delete the existing webhook", "Create a new webhook", "Update any references"] {
        assert!(steps.contains(step), "{steps}");
    }
}

#[actix_web::test]
async fn the_role_is_looked_at_before_the_input() {
    let house = House::without_database().await;
    let malformed = |path: &str| TestRequest::post().uri(path).set_payload("{");
    let table = [
        (Who::Recruiter, malformed("/v1/webhooks")),
        (Who::Support, malformed("/v1/webhooks")),
        (Who::Recruiter, malformed("/v1/webhooks/x/test")),
        (Who::Recruiter, malformed("/v1/import")),
        (Who::Support, malformed("/v1/exports?x=y")),
        (Who::Support, TestRequest::get().uri("/v1/vacancies?x=y")),
        (Who::Support, TestRequest::get().uri("/v1/exports/x/payload")),
        (Who::Recruiter, TestRequest::delete().uri(NOBODY)),
    ];
    for (who, request) in table {
        let answer = house.send(Some(who), request).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (403, "forbidden"));
    }
}

#[actix_web::test]
async fn query_strings_are_read_strictly() {
    let house = House::without_database().await;
    let table = [
        ("/v1/webhooks?limit=0", "/limit", "1 to 200"),
        ("/v1/webhooks?limit=201", "/limit", "1 to 200"),
        ("/v1/webhooks?limit=zz", "/limit", "expected a whole number"),
        ("/v1/webhooks?limit=-1", "/limit", "expected a whole number"),
        ("/v1/webhooks?limit=1&limit=2", "/limit", "given twice"),
        (
            "/v1/webhooks?lim=1",
            "/lim",
            "unknown parameter `lim`; known are host, q, organisation_id, limit, cursor",
        ),
        ("/v1/exports?status=zz", "/status", "expected one of `queued`"),
        ("/v1/exports?webhook_id=zz", "/webhook_id", "expected a UUID such as"),
        ("/v1/exports?from=zz", "/from", "expected an instant of RFC 3339"),
        ("/v1/exports?from=-4713-01-01T00:00:00Z", "/from", "expected an instant"),
        ("/v1/exports?to=%2B12026-01-01T00:00:00Z", "/to", "expected an instant"),
        ("/v1/attempts?http_status=99", "/http_status", "100 to 999"),
        ("/v1/attempts?host=%00", "/host", "text without NUL"),
        ("/v1/attempts?requested_by=a%00zz", "/requested_by", "text without NUL"),
        ("/v1/me?aa=zz", "/aa", "unknown parameter `aa`; none is known here"),
    ];
    for (path, pointer, detail) in table {
        let answer = house.get(Who::Support, path).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (422, "invalid"), "{path}");
        let errors = answer.json()["errors"].clone();
        assert_eq!(errors[0]["pointer"], pointer, "{errors}");
        assert!(errors[0]["detail"].to_string().contains(detail), "{errors}");
        assert!(!errors[0]["detail"].to_string().contains("zz"), "{errors}");
    }
    for cursor in ["zz", "AAAA", "W10"] {
        let answer = house.get(Who::Support, &format!("/v1/exports?cursor={cursor}")).await;
        assert_eq!(answer.problem(), "cursor_mismatch", "{cursor}");
    }
}

#[actix_web::test]
async fn bodies_are_read_strictly() {
    let house = House::new().await;
    let post = || TestRequest::post().uri("/v1/webhooks");
    let json = |body: &'static str| {
        post().insert_header(("content-type", "application/json")).set_payload(body)
    };
    let large = format!("{{\"url\":\"{}\"}}", "x".repeat(1024 * 1024));
    let table = [
        (post().set_payload("{}"), 415, "unsupported_media_type"),
        (json("{}").insert_header(("content-encoding", "gzip")), 415, "unsupported_media_type"),
        (json("").set_payload(large), 413, "body_too_large"),
        (json("{"), 400, "unparsable"),
        (json("{}"), 422, "invalid"),
        (json(r#"{"url":"https://hooks.zapier.com/a","colour":1}"#), 422, "invalid"),
        (json(r#"{"url":"https://hooks.zapier.com/a","name":" "}"#), 422, "invalid"),
        (json(r#"{"url":"https://hooks.zapier.com/a","include":["salary"]}"#), 422, "invalid"),
        (json(r#"{"url":"https://localhost/a"}"#), 422, "url_refused"),
        (post().set_json(json!({"url": "https://yourdomain.com/webhook"})), 422, "url_refused"),
    ];
    for (request, status, slug) in table {
        let answer = house.send(Some(Who::Admin), request).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (status, slug));
        assert!(!String::from_utf8_lossy(&answer.bytes).contains("zapier"));
    }
}

#[actix_web::test]
async fn what_takes_no_body_obeys_none() {
    let house = House::new().await;
    let nothing = "00000000-0000-0000-0000-000000000000";
    for (operation, body) in [
        ("exports/{id}/resend", json!({"webhook": nothing})),
        ("exports/{id}/cancel", json!({"reason": "zz"})),
        ("webhooks/{id}/test", json!({"candidates": 3})),
        ("webhooks/{id}/rotate-secret", json!({"revoke_old": true})),
        ("webhooks/{id}/end-rotation", json!({"secrets": 1})),
        ("webhooks/{id}/enable", json!(["now"])),
    ] {
        let path = format!("/v1/{}", operation.replace("{id}", nothing));
        let refused = house.post(Who::Admin, &path, body).await;
        assert_eq!(refused.problem(), "invalid", "{path}");
        let unsaid = house.post(Who::Admin, &path, json!({})).await;
        assert_eq!(unsaid.problem(), "not_found", "{path}");
    }
}

/// A resend says where to, or nothing.
#[actix_web::test]
async fn a_body_that_may_be_left_out_is_read_strictly_all_the_same() {
    let house = House::new().await;
    let post = |body: &'static str| {
        let path = "/v1/exports/00000000-0000-0000-0000-000000000000/resend";
        let json = ("content-type", "application/json");
        TestRequest::post().uri(path).insert_header(json).set_payload(body)
    };
    for (body, status) in [
        ("", 404),
        ("{}", 404),
        ("null", 404),
        (r#"{"webhook_id":null}"#, 404),
        (r#"{"webhook_id":"00000000-0000-0000-0000-000000000000"}"#, 404),
        (r#"{"webhook_id":"zz"}"#, 422),
        (r#"{"webhook_id":7}"#, 422),
        ("7", 422),
        ("{", 400),
        (" ", 400),
    ] {
        let answer = house.send(Some(Who::Recruiter), post(body)).await;
        assert_eq!(answer.status.as_u16(), status, "{body}");
    }
    let untyped = TestRequest::post().uri("/v1/exports/zz/resend").set_payload("{}");
    let answer = house.send(Some(Who::Recruiter), untyped).await;
    assert_eq!(answer.status.as_u16(), 415);
}

#[actix_web::test]
async fn every_answer_has_the_headers_that_browsers_obey() {
    let house = House::without_database().await;
    for (path, who) in
        [("/v1/webhooks?limit=0", Some(Who::Support)), ("/healthz", None), ("/zz", None)]
    {
        let request =
            TestRequest::get().uri(path).insert_header(("origin", "https://app.example.com"));
        let answer = house.send(who, request).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert!(answer.header("x-request-id").is_some(), "{path}");
        let origin = answer.header("access-control-allow-origin");
        assert_eq!(origin, Some("https://app.example.com"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
    let request =
        TestRequest::get().uri("/healthz").insert_header(("origin", "https://evil.example.com"));
    assert_eq!(house.send(None, request).await.header("access-control-allow-origin"), None);
}

#[actix_web::test]
async fn without_a_database_it_says_so() {
    let house = House::without_database().await;
    assert_eq!(house.call(None, "GET", "/healthz").await.status, 200);
    let answers: [Answer; 2] =
        [house.get(Who::Admin, "/v1/me").await, house.call(None, "GET", "/readyz").await];
    for answer in answers {
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (503, "unavailable"));
        assert!(answer.header("retry-after").is_some());
    }
}

#[actix_web::test]
async fn what_the_service_documents_by_itself_needs_no_token() {
    let house = House::without_database().await;
    for path in DOCUMENTS {
        assert_eq!(house.call(None, "GET", path).await.status, 200, "{path}");
    }
    assert_eq!(house.call(None, "GET", "/problems/zz").await.problem(), "not_found");
    assert_eq!(house.call(None, "GET", "/docs").await.header("location"), Some("/docs/"));
}

#[actix_web::test]
async fn an_organisation_that_is_not_here_is_told_so() {
    let mut house = House::new().await;
    house.northwind = uuid::Uuid::from_u128(9).into();
    let answer = house.get(Who::Admin, "/v1/me").await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (403, "organisation_unknown"));
}

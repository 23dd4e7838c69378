//! Requests that are not as they should be: each is refused with a problem document (the client
//! checks every one's shape), in the same order of checks everywhere.

use reqwest::Method;
use serde_json::json;

use crate::world;

pub(crate) const OPERATIONS: &[&str] = &[
    "GET /healthz",
    "GET /readyz",
    "GET /openapi.json",
    "GET /problems/{slug}",
    "GET /schemas/candidates-exported-1.json",
    "GET /samples/candidates-exported.json",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_no_token() {
    let world = world().covers(OPERATIONS).workers(0).start().await;
    let anonymous = &world.anonymous;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(anonymous.get(path).await.status, 200, "{path}");
    }
    let document = anonymous.get("/openapi.json").await.expect(200);
    assert_eq!(document["openapi"].as_str().map(|version| &version[..3]), Some("3.1"));
    let sample = anonymous.get("/samples/candidates-exported.json").await.expect(200);
    assert_eq!(sample["type"], "candidates.exported");
    anonymous.get("/schemas/candidates-exported-1.json").await.expect(200);
    anonymous.get("/problems/{slug}").id("webhook_exists").await.expect(200);
    anonymous.get("/problems/{slug}").id("no_such_problem").await.problem(404, "not_found");
    assert_eq!(anonymous.get("/docs/").await.status, 200, "Swagger UI");
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_and_methods() {
    let world = world().workers(0).start().await;
    let admin = &world.northwind.admin;
    for client in [admin, &world.anonymous] {
        client.get("/v1/nonsense").await.problem(404, "not_found");
        client.get("/").await.problem(404, "not_found");
        let wrong = client.call(Method::PUT, "/v1/exports").json(&json!({})).await;
        wrong.problem(405, "method_not_allowed");
        let mut allowed: Vec<_> = wrong.header("allow").expect("Allow").split(", ").collect();
        allowed.retain(|method| !["HEAD", "OPTIONS"].contains(method));
        allowed.sort();
        assert_eq!(allowed, ["GET", "POST"]);
    }
    for method in [Method::PATCH, Method::PUT] {
        let edit = admin.call(method, "/v1/webhooks/{id}").id("x").json(&json!({})).await;
        let problem = edit.problem(405, "webhook_not_editable");
        let steps = problem["detail"].as_str().expect("a detail").to_lowercase();
        for step in ["delete", "create a new", "update"] {
            assert!(steps.contains(step), "{steps}");
        }
        assert!(edit.header("allow").is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies() {
    let world = world().workers(0).start().await;
    let create = || world.northwind.admin.post("/v1/webhooks");
    let json_type = "application/json";
    create().await.problem(415, "unsupported_media_type");
    create().bytes("text/plain", "{}").await.problem(415, "unsupported_media_type");
    create().bytes(json_type, "{\"url\": ").await.problem(400, "unparsable");
    create().bytes(json_type, "\u{feff}nonsense").await.problem(400, "unparsable");
    let deep = format!("{{\"url\": {}{}}}", "[".repeat(64), "]".repeat(64));
    create().bytes(json_type, deep).await.problem(400, "unparsable");
    let large = format!("{{\"url\": \"{}\"}}", "a".repeat(1_100_000));
    create().bytes(json_type, large).await.problem(413, "body_too_large");
    let compressed = create().json(&json!({})).header("content-encoding", "gzip").await;
    compressed.problem(415, "unsupported_media_type");
    let import = world.northwind.admin.post("/v1/import").json(&json!({}));
    import.await.problem(415, "unsupported_media_type");
}

#[tokio::test(flavor = "multi_thread")]
async fn values() {
    let world = world().workers(0).start().await;
    let url = "https://hooks.acme.com/catch/1/secret-value";
    let cases = [
        (json!({}), "/url"),
        (json!({ "url": 7 }), "/url"),
        (json!({ "url": null }), "/url"),
        (json!({ "url": url, "colour": "secret-value" }), "/colour"),
        (json!({ "url": url, "name": "" }), "/name"),
        (json!({ "url": url, "name": "x".repeat(101) }), "/name"),
        (json!({ "url": url, "name": format!("CRM whsec_{}=", "A".repeat(43)) }), "/name"),
        (json!({ "url": url, "purpose": "x".repeat(201) }), "/purpose"),
        (json!({ "url": url, "include": ["contact", "salary"] }), "/include/1"),
        (json!({ "url": url, "replaces": "secret-value" }), "/replaces"),
    ];
    for (body, pointer) in cases {
        let reply = world.northwind.admin.post("/v1/webhooks").json(&body).await;
        let problem = reply.problem(422, "invalid");
        let pointers: Vec<_> = problem["errors"].as_array().expect("errors").iter().collect();
        assert!(pointers.iter().any(|error| error["pointer"] == pointer), "{body}: {problem:#}");
        assert!(!problem.to_string().contains("secret-value"), "{problem:#}");
    }
    let unknown = world.northwind.admin.get("/v1/exports").query("colour", "red").await;
    unknown.problem(422, "invalid");
}

/// 403 comes before any look at the body or the object, 422 before 404 of an object.
#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_checks() {
    let world = world().workers(0).start().await;
    let recruiter = &world.northwind.recruiter;
    let spoilt = recruiter.post("/v1/webhooks").bytes("application/json", "{");
    spoilt.await.problem(403, "forbidden");
    let missing = recruiter.post("/v1/webhooks/{id}/enable").id("not-a-uuid");
    missing.await.problem(403, "forbidden");
    let anonymous = world.anonymous.post("/v1/webhooks").bytes("application/json", "{");
    anonymous.await.problem(401, "unauthenticated");
}

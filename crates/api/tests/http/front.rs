//! What clients of every kind rely on: HEAD, caching, compression, CORS, and how to authenticate.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::house::{Answer, House, Who};
use crate::import::{PEOPLE, import};

/// What needs no token.
pub(crate) const DOCUMENTS: [&str; 6] = [
    "/openapi.json",
    "/docs/",
    "/docs/swagger-ui-bundle.js",
    "/problems/webhook_exists",
    "/schemas/candidates-exported-1.json",
    "/samples/candidates-exported.json",
];

async fn with(house: &House, who: Option<Who>, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = TestRequest::get().uri(path);
    let request = headers.iter().fold(request, |request, header| request.insert_header(*header));
    house.send(who, request).await
}

#[actix_web::test]
async fn head_works_wherever_get_does() {
    let house = House::new().await;
    let open = ["/healthz", "/readyz", "/docs"].into_iter().chain(DOCUMENTS);
    for path in open {
        let (get, head) =
            (house.call(None, "GET", path).await, house.call(None, "HEAD", path).await);
        assert_eq!(head.status, get.status, "{path}");
        for name in ["content-type", "etag", "cache-control", "location"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
    for path in ["/v1/me", "/v1/webhooks", "/v1/vacancies", "/v1/exports", "/v1/attempts"] {
        assert_eq!(house.call(Some(Who::Admin), "HEAD", path).await.status, 200, "{path}");
        assert_eq!(house.call(None, "HEAD", path).await.status, 401, "{path}");
    }
}

#[actix_web::test]
async fn documents_are_asked_for_again_only_when_they_changed() {
    let house = House::without_database().await;
    for path in DOCUMENTS {
        let first = house.call(None, "GET", path).await;
        let tag = first.header("etag").expect("a tag").to_owned();
        assert_eq!(first.header("cache-control"), Some("public, max-age=300"), "{path}");
        let strong = tag.trim_start_matches("W/").to_owned();
        for known in [tag.clone(), strong, format!("\"other\", {tag}"), "*".to_owned()] {
            let again = with(&house, None, path, &[("if-none-match", &known)]).await;
            assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path}: {known}");
            assert_eq!((again.header("etag"), again.bytes.len()), (Some(tag.as_str()), 0));
        }
        let other = with(&house, None, path, &[("if-none-match", "W/\"other\"")]).await;
        assert_eq!((other.status, other.bytes), (StatusCode::OK, first.bytes), "{path}");
    }
    let refused = with(&house, None, "/problems/zz", &[("if-none-match", "*")]).await;
    assert_eq!((refused.status.as_u16(), refused.header("cache-control")), (404, Some("no-store")));
    let private = with(&house, None, "/v1/me", &[("if-none-match", "*")]).await;
    assert_eq!((private.status.as_u16(), private.header("etag")), (401, None));
}

#[actix_web::test]
async fn nobody_keeps_what_is_not_for_everybody_however_it_is_addressed() {
    let house = House::new().await;
    for path in ["/v1/me", "/%76%31/me", "/v%31/me", "/v1/m%65"] {
        for method in ["GET", "HEAD"] {
            let answer = house.call(Some(Who::Admin), method, path).await;
            assert_eq!(answer.status, StatusCode::OK, "{method} {path}");
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{method} {path}");
        }
    }
}

#[actix_web::test]
async fn what_is_read_is_compressed_for_those_who_take_it() {
    let house = House::new().await;
    import(&house, PEOPLE).await.expect(200);
    let vacancies = house.get(Who::Admin, "/v1/vacancies").await.expect(200);
    let list = format!(
        "/v1/vacancies/{}/applications",
        vacancies["items"][0]["id"].as_str().expect("an id")
    );
    let admin = Some(Who::Admin);
    let plain = house.get(Who::Admin, &list).await;
    assert_eq!((plain.header("content-encoding"), plain.header("vary").is_some()), (None, true));
    for accepted in ["gzip", "gzip, deflate, br, zstd", "br;q=1, gzip;q=0.5"] {
        for (who, path) in [(admin, list.as_str()), (None, "/openapi.json"), (None, "/docs/")] {
            let answer = with(&house, who, path, &[("accept-encoding", accepted)]).await;
            assert_eq!(answer.header("content-encoding"), Some("gzip"), "{path}: {accepted}");
            assert_eq!(answer.bytes.get(..2), Some(&[0x1f, 0x8b][..]), "{path}: {accepted}");
        }
    }
    for accepted in ["identity", "br", "gzip;q=0", "*;q=0"] {
        let answer = with(&house, admin, &list, &[("accept-encoding", accepted)]).await;
        assert_eq!(answer.header("content-encoding"), None, "{accepted}");
        assert_eq!(answer.bytes, plain.bytes, "{accepted}");
    }
    let refused = with(&house, admin, "/v1/nothing", &[("accept-encoding", "gzip")]).await;
    assert_eq!(refused.problem(), "not_found", "problems are small, and readable as they are");
    let created = TestRequest::post()
        .uri("/v1/webhooks")
        .insert_header(("accept-encoding", "gzip"))
        .set_json(json!({ "url": "https://hooks.zapier.com/hooks/catch/1/a/" }));
    let created = house.send(admin, created).await;
    assert_eq!(created.header("content-encoding"), None, "a secret stays apart from what was sent");
    assert!(created.expect(201)["secret"].is_string());
}

#[actix_web::test]
async fn browsers_may_read_what_pages_need() {
    let house = House::without_database().await;
    let origin = ("origin", "https://app.example.com");
    let answer = with(&house, None, "/healthz", &[origin]).await;
    let exposed = answer.header("access-control-expose-headers").expect("exposed").to_owned();
    for name in [
        "x-request-id",
        "location",
        "retry-after",
        "idempotency-replayed",
        "etag",
        "www-authenticate",
    ] {
        assert!(exposed.split(',').any(|it| it.trim() == name), "{name} in {exposed}");
    }
}

#[actix_web::test]
async fn a_refused_preflight_says_why() {
    let house = House::without_database().await;
    let preflight = |origin: &'static str, method: &'static str, header: &'static str| {
        TestRequest::with_uri("/v1/exports")
            .method(actix_web::http::Method::OPTIONS)
            .insert_header(("origin", origin))
            .insert_header(("access-control-request-method", method))
            .insert_header(("access-control-request-headers", header))
    };
    let (ours, content) = ("https://app.example.com", "content-type");
    for (origin, method, header) in [
        ("https://evil.example.com", "POST", content),
        (ours, "PATCH", content),
        (ours, "POST", "x-other"),
    ] {
        let answer = house.send(None, preflight(origin, method, header)).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (403, "origin_refused"));
        assert!(answer.json()["detail"].as_str().is_some_and(|it| it.contains("not allowed")));
    }
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE"] {
        let answer =
            house.send(None, preflight(ours, method, "authorization, if-none-match")).await;
        assert_eq!(answer.status, 200, "{method}");
    }
}

#[actix_web::test]
async fn a_token_that_is_not_accepted_is_called_invalid_and_a_missing_one_is_not() {
    let house = House::without_database().await;
    let missing: [&[(&str, &str)]; 3] =
        [&[], &[("authorization", "Basic YTpi")], &[("authorization", "Bearer")]];
    for headers in missing {
        let answer = with(&house, None, "/v1/me", headers).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"talentATS\""));
    }
    let unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.";
    for token in ["nonsense", "a.b.c", unsigned] {
        let authorization = format!("Bearer {token}");
        let answer = with(&house, None, "/v1/me", &[("authorization", &authorization)]).await;
        assert_eq!(answer.status, 401, "{token}");
        let challenge = answer.header("www-authenticate").expect("a challenge");
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        assert!(!challenge.contains(token), "{challenge}");
    }
    let forbidden: Value = house.get(Who::Support, "/v1/vacancies").await.json();
    assert_eq!(forbidden["status"], 403);
}

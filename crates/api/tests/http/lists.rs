//! Lists: pages, cursors and filters.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::house::{House, Who};
use crate::import::{PEOPLE, import};

async fn vacancy(house: &House) -> String {
    import(house, PEOPLE).await.expect(200);
    let vacancies = house.get(Who::Admin, "/v1/vacancies").await.expect(200);
    vacancies["items"][0]["id"].as_str().expect("an id").to_owned()
}

fn references(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().expect("items").iter();
    items.map(|item| item["application_reference"].as_str().expect("a reference")).collect()
}

#[actix_web::test]
async fn pages_cover_a_list_once() {
    let house = House::new().await;
    let path = format!("/v1/vacancies/{}/applications?limit=3", vacancy(&house).await);
    let first = house.get(Who::Recruiter, &path).await.expect(200);
    assert_eq!(references(&first), ["A1", "A2", "A3"]);
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let second = house.get(Who::Recruiter, &format!("{path}&cursor={cursor}")).await.expect(200);
    assert_eq!(references(&second), ["A4"]);
    assert!(second["next_cursor"].is_null());
    let other_limit = path.replace("limit=3", "limit=1");
    let page = house.get(Who::Recruiter, &format!("{other_limit}&cursor={cursor}")).await;
    assert_eq!(references(&page.expect(200)), ["A4"], "a page may have another size");
    for (who, path) in [
        (Who::Admin, format!("{path}&cursor={cursor}")),
        (Who::Recruiter, format!("{path}&stage=Offer&cursor={cursor}")),
        (Who::Recruiter, format!("/v1/exports?cursor={cursor}")),
    ] {
        assert_eq!(house.get(who, &path).await.problem(), "cursor_mismatch", "{path}");
    }
}

#[actix_web::test]
async fn a_cursor_that_was_changed_continues_nothing() {
    let house = House::new().await;
    let path = format!("/v1/vacancies/{}/applications?limit=1", vacancy(&house).await);
    let first = house.get(Who::Recruiter, &path).await.expect(200);
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let cursor = URL_SAFE_NO_PAD.decode(cursor).expect("base64");
    let mut cursor: Value = serde_json::from_slice(&cursor).expect("JSON");
    cursor[0]["applied_at"] = json!("-4713-01-01T00:00:00Z");
    let changed = URL_SAFE_NO_PAD.encode(cursor.to_string());
    let answer = house.get(Who::Recruiter, &format!("{path}&cursor={changed}")).await;
    assert_eq!(answer.problem(), "cursor_mismatch");
}

#[actix_web::test]
async fn applications_are_filtered() {
    let house = House::new().await;
    let path = format!("/v1/vacancies/{}/applications", vacancy(&house).await);
    let table: [(&str, &[&str]); 12] = [
        ("stage=Offer", &["A2"]),
        ("stage=OFFER%2C+offer", &["A2"]),
        ("status=ACTIVE,hired&stage=offer", &["A2"]),
        ("q=example.com+ada", &["A1"]),
        ("q=ADA%40example", &["A1"]),
        ("q=%25", &[]),
        ("min_rating=4.5", &["A1"]),
        ("min_rating=4.6", &[]),
        ("applied_after=2026-11-02T09:00:00Z", &["A3", "A4"]),
        ("applied_after=2026-11-02T10:00:00+01:00", &["A3", "A4"]),
        ("applied_after=2026-11-02t04:00:00-05:00", &["A3", "A4"]),
        ("applied_after=2026-11-02", &["A3", "A4"]),
    ];
    for (query, expected) in table {
        let list = house.get(Who::Recruiter, &format!("{path}?{query}")).await.expect(200);
        assert_eq!(references(&list), expected, "{query}");
    }
    assert_eq!(house.get(Who::Stranger, &path).await.problem(), "not_found");
    let outside = ["q=%00", "stage=%00", "applied_after=-4713-01-01T00:00:00Z"];
    for query in ["min_rating=NaN", "q=", "applied_after=yesterday"].into_iter().chain(outside) {
        let answer = house.get(Who::Recruiter, &format!("{path}?{query}")).await;
        assert_eq!(answer.problem(), "invalid", "{query}");
    }
}

#[actix_web::test]
async fn a_filter_that_can_match_nothing_says_so() {
    let house = House::new().await;
    let of_vacancy = format!("/v1/vacancies/{}/applications", vacancy(&house).await);
    let nowhere = "019aafc3-77aa-7e55-9c10-3f6f3b2a1c00";
    let table = [
        (&*of_vacancy, "stage=Interviw".to_owned(), "/stage", "its stages are: "),
        (&of_vacancy, "status=gone".to_owned(), "/status", "expected one of `active`"),
        (&of_vacancy, "q=-".to_owned(), "/q", "at least one letter or digit"),
        (&of_vacancy, "applied_after=2026-02-30".to_owned(), "/applied_after", "in the calendar"),
        ("/v1/exports", "status=lost".to_owned(), "/status", "expected one of `queued`"),
        ("/v1/exports", format!("webhook_id={nowhere}"), "/webhook_id", "GET /v1/webhooks"),
        ("/v1/exports", format!("vacancy_id={nowhere}"), "/vacancy_id", "GET /v1/vacancies"),
        ("/v1/exports", "requested_by=eve@example.com".to_owned(), "/requested_by", "nobody"),
        ("/v1/exports", "host=nowhere.example.com".to_owned(), "/host", "no webhook"),
        ("/v1/exports", "host=two+words".to_owned(), "/host", "expected one host"),
        ("/v1/exports", "from=2026-11-24&to=2026-11-23".to_owned(), "/to", "not after `from`"),
        ("/v1/exports", "to=0001-01-01".to_owned(), "/to", "before 1970"),
        ("/v1/exports", "from=0001-01-01&to=0001-01-01".to_owned(), "/to", "before 1970"),
        ("/v1/attempts", "to=1970-01-01T00:00:00Z".to_owned(), "/to", "before 1970"),
        ("/v1/attempts", "outcome=gone,lost".to_owned(), "/outcome", "expected one of `"),
        (&of_vacancy, "q=".to_owned(), "/q", "1 to 200 characters"),
        (&of_vacancy, "q=%CA%BC".to_owned(), "/q", "at least one letter or digit"),
        ("/v1/exports", "from=2026-11-23T10:00:00".to_owned(), "/from", "offset"),
        (
            "/v1/exports",
            "form=2026-11-23".to_owned(),
            "/form",
            "unknown parameter `form`; known are ",
        ),
        ("/v1/attempts", format!("export_id={nowhere}"), "/export_id", "GET /v1/exports"),
        ("/v1/attempts", format!("webhook_id={nowhere}"), "/webhook_id", "GET /v1/webhooks"),
        ("/v1/attempts", "requested_by=eve".to_owned(), "/requested_by", "nobody"),
        ("/v1/attempts", "to=2026-13-01".to_owned(), "/to", "in the calendar"),
        ("/v1/me", "x=1".to_owned(), "/x", "unknown parameter `x`; none is known here"),
    ];
    for (list, query, pointer, words) in table {
        let refused = house.get(Who::Admin, &format!("{list}?{query}")).await;
        assert_eq!(refused.problem(), "invalid", "{query}");
        let errors = refused.json()["errors"].clone();
        assert_eq!(errors.as_array().map(Vec::len), Some(1), "{query}");
        let error = errors[0].clone();
        assert_eq!(error["pointer"], pointer, "{query}");
        let detail = error["detail"].as_str().expect("words");
        assert!(detail.contains(words), "{query}: {detail}");
    }
    for query in ["outcome=GONE,http_5xx", "to=1970-01-01", "outcome=Delivered"] {
        let list = house.get(Who::Admin, &format!("/v1/attempts?{query}")).await.expect(200);
        assert_eq!(list["items"], json!([]), "{query}");
    }
    let unknown = format!("/v1/exports?organisation_id={nowhere}");
    assert_eq!(house.get(Who::Support, &unknown).await.problem(), "invalid");
    for (query, empty) in
        [("from=2026-11-23&to=2026-11-23", true), ("status=failed,CANCELLED", true)]
    {
        let list = house.get(Who::Admin, &format!("/v1/exports?{query}")).await.expect(200);
        assert_eq!(list["items"].as_array().expect("items").is_empty(), empty, "{query}");
    }
}

#[actix_web::test]
async fn only_support_asks_for_an_organisation() {
    let house = House::new().await;
    for list in ["/v1/exports", "/v1/attempts"] {
        let path = format!("{list}?organisation_id={}", house.northwind);
        let empty = json!({"items": [], "next_cursor": null});
        assert_eq!(house.get(Who::Support, &path).await.expect(200), empty);
        assert_eq!(house.get(Who::Admin, &path).await.problem(), "invalid");
    }
    let vacancy = format!("/v1/exports?vacancy_id={}", house.northwind);
    assert_eq!(house.get(Who::Support, &vacancy).await.problem(), "invalid");
}

#[actix_web::test]
async fn each_role_learns_who_it_is() {
    let house = House::new().await;
    let me = house.get(Who::Recruiter, "/v1/me").await.expect(200);
    assert_eq!(
        (&me["role"], &me["organisation"]["name"]),
        (&json!("recruiter"), &json!("Northwind"))
    );
    assert_eq!(me["member"]["id"], "auth0|rosa");
    assert_eq!(me["limits"]["max_candidates"], 3);
    assert_eq!(me["egress_addresses"], json!(["192.0.2.7"]));
    assert!(house.get(Who::Support, "/v1/me").await.expect(200)["organisation"].is_null());
}

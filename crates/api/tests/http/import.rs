//! Import: all or nothing, with line numbers.

use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::house::{Answer, House, Who};

/// A vacancy with four applicants; the fourth withdrew.
pub(crate) const PEOPLE: &str = r#"
{"kind":"vacancy","reference":"V","title":"Backend Engineer","stages":["Applied","Offer"]}
{"kind":"candidate","reference":"C1","first_name":"Ada","last_name":"Example","email":"ada@example.com"}
{"kind":"candidate","reference":"C2","first_name":"Bo","last_name":null}
{"kind":"candidate","reference":"C3","first_name":"Cleo","last_name":"Example"}
{"kind":"candidate","reference":"C4","first_name":"Dan","last_name":"Example"}
{"kind":"application","reference":"A1","vacancy":"V","candidate":"C1","stage":"Applied","applied_at":"2026-11-01T09:00:00Z","rating":{"value":4.5,"scale_min":1,"scale_max":5}}
{"kind":"application","reference":"A2","vacancy":"V","candidate":"C2","stage":"Offer","applied_at":"2026-11-02T09:00:00Z"}
{"kind":"application","reference":"A3","vacancy":"V","candidate":"C3","stage":"Applied","applied_at":"2026-11-03T09:00:00Z"}
{"kind":"application","reference":"A4","vacancy":"V","candidate":"C4","stage":"Applied","applied_at":"2026-11-04T09:00:00Z","status":"withdrawn"}
"#;

pub(crate) async fn import(house: &House, text: &str) -> Answer {
    let request = TestRequest::post()
        .uri("/v1/import")
        .insert_header(("content-type", "application/x-ndjson"))
        .set_payload(text.to_owned());
    house.send(Some(Who::Admin), request).await
}

#[actix_web::test]
async fn lines_are_counted_as_created_and_then_as_updated() {
    let house = House::new().await;
    let counts = |created: u64, updated: u64| json!({"created": created, "updated": updated});
    let first = import(&house, PEOPLE).await.expect(200);
    assert_eq!(first["applications"], counts(4, 0));
    let second = import(&house, PEOPLE).await.expect(200);
    assert_eq!(second["vacancies"], counts(0, 1));
    assert_eq!(second["candidates"], counts(0, 4));
}

#[actix_web::test]
async fn one_that_has_no_room_is_told_when_to_come_again() {
    let house = House::new().await;
    let others: Vec<_> = std::iter::from_fn(|| house.imports.enter().ok()).collect();
    let refused = import(&house, PEOPLE).await;
    assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (503, "unavailable"));
    assert_eq!(refused.headers.get("retry-after").and_then(|it| it.to_str().ok()), Some("30"));
    let detail = format!("{} imports are under way", others.len());
    assert!(refused.json()["detail"].as_str().is_some_and(|text| text.starts_with(&detail)));
    let vacancies = house.get(Who::Admin, "/v1/vacancies").await.expect(200);
    assert_eq!(vacancies["items"], Value::Array(vec![]), "requests go on");
    drop(others);
    import(&house, PEOPLE).await.expect(200);
}

#[actix_web::test]
async fn one_bad_line_and_nothing_is_imported() {
    let house = House::new().await;
    let text =
        format!("{PEOPLE}{{\"kind\":\"candidate\",\"reference\":\"C5\",\"secret\":1}}\nnot json\n");
    let refused = import(&house, &text).await;
    assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (422, "import_invalid"));
    let errors = refused.json()["errors"].clone();
    let lines: Vec<_> =
        errors.as_array().expect("errors").iter().map(|it| it["line"].clone()).collect();
    assert_eq!(lines, [json!(11), json!(12)], "{errors}");
    let vacancies = house.get(Who::Admin, "/v1/vacancies").await.expect(200);
    assert_eq!(vacancies["items"], Value::Array(vec![]));
    let request = TestRequest::post().uri("/v1/import").set_json(json!({}));
    assert_eq!(house.send(Some(Who::Admin), request).await.status, 415);
}

#[actix_web::test]
async fn nothing_is_no_import() {
    let house = House::new().await;
    let request = TestRequest::post()
        .uri("/v1/import")
        .insert_header(("content-type", "application/x-ndjson"));
    let answer = house.send(Some(Who::Admin), request).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (400, "unparsable"));
    assert_eq!(answer.json()["detail"], "The body is empty.");
}

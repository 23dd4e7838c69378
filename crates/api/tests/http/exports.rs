//! Exports without a worker: acceptance, refusals, replays, cancel, and who sees what.

use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::house::{Answer, House, Who};
use crate::import::{PEOPLE, import};

/// A house with people in a vacancy and a webhook to export them to.
struct Ready {
    house: House,
    vacancy: String,
    webhook: String,
    applications: Vec<String>,
}

impl Ready {
    async fn new() -> Self {
        let house = House::new().await;
        import(&house, PEOPLE).await.expect(200);
        let url = json!({"url": "https://hooks.zapier.com/hooks/catch/123456/a1b2c3d4"});
        let webhook = house.post(Who::Admin, "/v1/webhooks", url).await.expect(201);
        let vacancies = house.get(Who::Recruiter, "/v1/vacancies").await.expect(200);
        let vacancy = id(&vacancies["items"][0]);
        let path = format!("/v1/vacancies/{vacancy}/applications");
        let list = house.get(Who::Recruiter, &path).await.expect(200);
        let applications = list["items"].as_array().expect("items").iter().map(id).collect();
        Self { house, vacancy, webhook: id(&webhook), applications }
    }

    fn body(&self, applications: &[String]) -> Value {
        json!({
            "vacancy_id": self.vacancy, "webhook_id": self.webhook, "application_ids": applications
        })
    }

    async fn export(&self, applications: &[String], key: Option<&str>) -> Answer {
        let mut request = TestRequest::post().uri("/v1/exports").set_json(self.body(applications));
        if let Some(key) = key {
            request = request.insert_header(("idempotency-key", key));
        }
        self.house.send(Some(Who::Recruiter), request).await
    }

    async fn count(&self) -> usize {
        let list = self.house.get(Who::Admin, "/v1/exports").await.expect(200);
        list["items"].as_array().expect("items").len()
    }
}

fn id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

/// An accepted export as it is read, and the warnings beside it.
fn without_warnings(mut export: Value) -> (Value, Value) {
    let warnings = export.as_object_mut().and_then(|export| export.remove("warnings"));
    (export, warnings.expect("warnings"))
}

#[actix_web::test]
async fn an_export_is_accepted_and_read_by_each_role() {
    let ready = Ready::new().await;
    let house = &ready.house;
    let answer = ready.export(&ready.applications[..2], None).await;
    let path = answer.header("location").expect("a location").to_owned();
    let export = answer.expect(202);
    assert_eq!(path, format!("/v1/exports/{}", id(&export)));
    assert_eq!((&export["status"], &export["candidate_count"]), (&json!("queued"), &json!(2)));
    assert_eq!(export["status_label"], "Waiting to be sent");
    let (export, warnings) = without_warnings(export);
    assert_eq!(warnings[0]["code"], "webhook_untested");
    // The one thing that is not for the recruiter who asked for it.
    let seen = house.get(Who::Admin, &path).await.expect(200);
    assert_eq!((&export["flags"], &seen["flags"]), (&Value::Null, &json!([])));
    let without_flags = |mut seen: Value| {
        seen["flags"].take();
        seen
    };
    assert_eq!(without_flags(seen), export);
    let supported = house.get(Who::Support, &path).await.expect(200);
    assert!(supported["vacancy_id"].is_null() && supported["vacancy_title"].is_null());
    for who in [Who::OtherRecruiter, Who::Stranger] {
        for path in [path.clone(), format!("{path}/attempts"), format!("{path}/payload")] {
            assert_eq!(house.get(who, &path).await.problem(), "not_found", "{path}");
        }
    }
    let payload = house.get(Who::Recruiter, &format!("{path}/payload")).await.expect(200);
    let names: Vec<_> = [0, 1].map(|it| payload["candidates"][it]["full_name"].clone()).into();
    assert_eq!(names, ["Ada Example", "Bo"]);
    let attempts = house.get(Who::Support, &format!("{path}/attempts")).await.expect(200);
    assert_eq!(attempts, json!({"items": [], "next_cursor": null}));
    assert_eq!(house.get(Who::Support, &format!("{path}/payload")).await.status, 403);
}

#[actix_web::test]
async fn what_cannot_be_exported_queues_nothing() {
    let ready = Ready::new().await;
    let foreign = "019aafc2-2222-7aaa-8bbb-000000000002".to_owned();
    let [ada, withdrawn] = [0, 3].map(|index| ready.applications[index].clone());
    let refused = ready.export(&[ada.clone(), foreign, withdrawn], None).await;
    assert_eq!(refused.problem(), "applications_not_exportable");
    let errors = refused.json()["errors"].clone();
    assert_eq!(errors[0]["pointer"], "/application_ids/1");
    assert!(
        errors[0]["detail"].as_str().is_some_and(|it| it.ends_with("not found in this vacancy"))
    );
    assert_eq!(errors[1]["pointer"], "/application_ids/2");
    let twice = ready.export(&[ada.clone(), ada.clone()], None).await;
    assert_eq!(twice.json()["errors"][0]["pointer"], "/application_ids/1");
    assert_eq!(ready.export(&[], None).await.problem(), "invalid");
    let many = ready.export(&ready.applications, None).await;
    assert_eq!(many.problem(), "too_many_candidates");
    assert_eq!((&many.json()["limit"], &many.json()["actual"]), (&json!(3), &json!(4)));
    assert_eq!(many.json()["errors"][0]["pointer"], "/application_ids");
    let mut body = ready.body(std::slice::from_ref(&ada));
    body["webhook_id"] = json!("019aafc2-2222-7aaa-8bbb-000000000002");
    let unknown = ready.house.post(Who::Recruiter, "/v1/exports", body.clone()).await;
    assert_eq!(unknown.json()["errors"][0]["pointer"], "/webhook_id");
    body["webhook_id"] = json!("zz");
    let malformed = ready.house.post(Who::Recruiter, "/v1/exports", body).await;
    assert_eq!(malformed.json()["errors"][0]["pointer"], "/webhook_id");
    assert_eq!(ready.count().await, 0);
}

#[actix_web::test]
async fn a_repeated_request_makes_one_export() {
    let ready = Ready::new().await;
    let ada = &ready.applications[..1];
    let first = ready.export(ada, Some("k1")).await;
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = ready.export(ada, Some("k1")).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.header("location"), first.header("location"));
    let (again, warnings) = without_warnings(again.expect(202));
    assert_eq!(warnings, json!([]), "of what was made before");
    assert_eq!(again, without_warnings(first.expect(202)).0);
    let other = ready.export(&ready.applications[..2], Some("k1")).await;
    assert_eq!(other.problem(), "idempotency_key_reused");
    assert_eq!(ready.export(ada, Some("two words")).await.problem(), "invalid");
    assert_eq!(ready.count().await, 1);
}

#[actix_web::test]
async fn a_cancelled_export_can_be_sent_again() {
    let ready = Ready::new().await;
    let path = format!(
        "/v1/exports/{}",
        id(&ready.export(&ready.applications[..1], None).await.expect(202))
    );
    let post = |who, action: &'static str| {
        let (house, path) = (&ready.house, format!("{path}/{action}"));
        async move { house.call(Some(who), "POST", &path).await }
    };
    assert_eq!(post(Who::OtherRecruiter, "cancel").await.problem(), "not_found");
    assert_eq!(post(Who::Recruiter, "resend").await.problem(), "export_in_progress");
    let cancelled = post(Who::Recruiter, "cancel").await.expect(200);
    assert_eq!(
        (&cancelled["status"], &cancelled["ended_by"]),
        (&json!("cancelled"), &json!("member"))
    );
    assert!(cancelled["payload_kept_until"].is_string());
    assert_eq!(post(Who::Recruiter, "cancel").await.problem(), "export_finished");
    let resent = post(Who::Admin, "resend").await.expect(202);
    assert_eq!((&resent["status"], &resent["id"]), (&json!("queued"), &cancelled["id"]));
    assert!(resent["finished_at"].is_null());
}

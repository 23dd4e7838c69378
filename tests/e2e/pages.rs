//! Pages: stable while rows are added, and a cursor belongs to its list.

use std::collections::BTreeSet;

use serde_json::Value;
use support::client::Call;
use support::id_of;

use crate::world;

/// All pages of a list, with what happens between the first two.
async fn walk(list: &Call, between: impl AsyncFnOnce()) -> Vec<String> {
    let mut page = list.clone().await.expect(200);
    between().await;
    let mut ids = Vec::new();
    loop {
        ids.extend(page["items"].as_array().expect("items").iter().map(id_of));
        let Some(cursor) = page["next_cursor"].as_str() else { return ids };
        page = list.clone().query("cursor", cursor).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_and_attempts_stay_in_place_while_more_arrive() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let northwind = &world.northwind;
    let webhook = northwind.register(&receiver.url()).await;
    let mut exports = Vec::new();
    for _ in 0..5 {
        exports.push(northwind.export(&webhook, 1).await);
    }
    receiver.next_many(5).await;
    for export in &exports {
        world.until_status(&northwind.recruiter, export, "delivered").await;
    }
    let list = northwind.admin.get("/v1/exports").query("limit", 2);
    let newest_first: Vec<_> = exports.iter().rev().cloned().collect();
    let walked = walk(&list, async || {
        northwind.export(&webhook, 1).await;
    });
    assert_eq!(walked.await, newest_first, "without the one that came in between");
    let log = northwind.admin.get("/v1/attempts").query("limit", 2);
    let attempts = walk(&log, async || ()).await;
    let distinct: BTreeSet<_> = attempts.iter().collect();
    assert_eq!(distinct.len(), attempts.len(), "none twice: {attempts:?}");
    assert!(attempts.len() >= 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn applications_come_in_the_order_in_which_people_applied() {
    let world = world().workers(0).start().await;
    let vacancy = world.northwind.vacancy("V-1").await;
    let list = world.northwind.recruiter.get("/v1/vacancies/{id}/applications").id(&vacancy);
    let whole = list.clone().query("limit", 200).await.items();
    let paged = walk(&list.query("limit", 7), async || ()).await;
    assert_eq!(paged.len(), 30);
    assert_eq!(paged, whole.iter().map(id_of).collect::<Vec<_>>());
    let applied: Vec<_> = whole.iter().map(|one| one["applied_at"].to_string()).collect();
    let mut sorted = applied.clone();
    sorted.sort();
    let reversed: Vec<_> = sorted.iter().rev().cloned().collect();
    assert!(applied == sorted || applied == reversed, "{applied:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_of_applications() {
    let world = world().workers(0).start().await;
    let vacancy = world.northwind.vacancy("V-1").await;
    let list = world.northwind.recruiter.get("/v1/vacancies/{id}/applications").id(&vacancy);
    let found = |name: &'static str, value: &'static str| {
        let list = list.clone().query("limit", 200).query(name, value);
        async move { list.await.items() }
    };
    assert_eq!(found("stage", "Applied").await.len(), 15);
    assert_eq!(found("stage", "APPLIED,applied").await.len(), 15);
    assert_eq!(found("status", "Active,hired").await.len(), 30);
    assert_eq!(found("min_rating", "5").await.len(), 6);
    assert_eq!(found("applied_after", "2026-10-01T00:09:30Z").await.len(), 20);
    let one = found("q", "ada7@example.com").await;
    assert_eq!(one.len(), 1, "{one:?}");
    assert_eq!(one[0]["candidate_reference"], "C-7");
    assert_eq!(found("q", "EXAMPLE.com ádA7").await, one, "words in any order, accents aside");
    let wrong = list.clone().query("stage", "Aplied").await.problem(422, "invalid");
    assert!(wrong["errors"][0]["detail"].to_string().contains("Applied"), "{wrong:#}");
    let wrong = list.clone().query("stages", "Applied").await.problem(422, "invalid");
    let detail = wrong["errors"][0]["detail"].as_str().expect("words");
    assert!(detail.starts_with("unknown parameter `stages`; known are stage, status"), "{detail}");
    assert_eq!(found("q", "%").await.len(), 0, "a percent sign is a character");
    let shown = world.northwind.recruiter.get("/v1/vacancies/{id}").id(&vacancy).await.expect(200);
    assert!(shown.to_string().contains("15"), "counts per stage: {shown:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_belongs_to_its_list() {
    let world = world().workers(0).start().await;
    let northwind = &world.northwind;
    let vacancy = northwind.vacancy("V-1").await;
    let list = northwind.recruiter.get("/v1/vacancies/{id}/applications").id(&vacancy);
    let page = list.clone().query("limit", 5).await.expect(200);
    let cursor = page["next_cursor"].as_str().expect("more than five");
    list.clone().query("cursor", cursor).query("limit", 7).await.expect(200);
    let other_filter = list.clone().query("cursor", cursor).query("stage", "Applied");
    let other_role = northwind.admin.get("/v1/vacancies/{id}/applications").id(&vacancy);
    let calls = [
        other_filter,
        other_role.query("cursor", cursor),
        northwind.recruiter.get("/v1/vacancies").query("cursor", cursor),
        list.clone().query("cursor", "nonsense"),
    ];
    for call in calls {
        call.await.problem(422, "cursor_mismatch");
    }
    for limit in ["0", "201", "-1", "many"] {
        let problem = list.clone().query("limit", limit).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], Value::from("/limit"), "{problem:#}");
    }
}

/// The filters of the export list and of the log.
#[tokio::test(flavor = "multi_thread")]
async fn filters_of_exports_and_attempts() {
    let mut world = world().start().await;
    let (mut receiver, mut failing) = (world.receiver(), world.receiver());
    failing.otherwise(support::Answer::status(413));
    let northwind = &world.northwind;
    let good = northwind.register(&receiver.url()).await;
    let bad = northwind.register(&failing.url()).await;
    let delivered = northwind.export(&good, 1).await;
    let failed = northwind.export(&bad, 1).await;
    receiver.next().await;
    failing.next().await;
    world.until_status(&northwind.recruiter, &delivered, "delivered").await;
    world.until_status(&northwind.recruiter, &failed, "failed").await;
    let (vacancy, _) = northwind.pick(1).await;
    let shown = northwind.admin.get("/v1/exports/{id}").id(&delivered).await.expect(200);
    let today = shown["requested_at"].as_str().expect("an instant")[..10].to_owned();
    let cases = [
        ("/v1/exports", "status", "delivered", vec![&delivered]),
        ("/v1/exports", "status", "failed", vec![&failed]),
        ("/v1/exports", "status", "queued", vec![]),
        ("/v1/exports", "status", "Failed, delivered", vec![&failed, &delivered]),
        ("/v1/exports", "status", "queued,failed,retrying", vec![&failed]),
        ("/v1/exports", "host", "https://127.0.0.1:8080/x", vec![&failed, &delivered]),
        ("/v1/exports", "requested_by", "ROSA@example.com", vec![&failed, &delivered]),
        ("/v1/exports", "requested_by", "auth0|rosa", vec![&failed, &delivered]),
        ("/v1/exports", "from", "2026-01-01", vec![&failed, &delivered]),
        ("/v1/exports", "from", "2026-01-01T00:00:00 01:00", vec![&failed, &delivered]),
        ("/v1/exports", "to", &today, vec![&failed, &delivered]),
        ("/v1/attempts", "from", &today, vec![&failed, &delivered]),
        ("/v1/attempts", "requested_by", "rosa@example.com", vec![&failed, &delivered]),
        ("/v1/exports", "webhook_id", &bad.id, vec![&failed]),
        ("/v1/exports", "vacancy_id", &vacancy, vec![&failed, &delivered]),
        ("/v1/exports", "from", "2026-01-01T00:00:00Z", vec![&failed, &delivered]),
        ("/v1/exports", "to", "2026-01-01T00:00:00Z", vec![]),
        ("/v1/attempts", "outcome", "payload_too_large", vec![&failed]),
        ("/v1/attempts", "http_status", "200", vec![&delivered]),
        ("/v1/attempts", "webhook_id", &good.id, vec![&delivered]),
        ("/v1/attempts", "host", "127.0.0.1", vec![&failed, &delivered]),
    ];
    for (list, name, value, expected) in cases {
        let found = northwind.admin.get(list).query(name, value).await.items();
        let id = if list == "/v1/exports" { "id" } else { "export_id" };
        let found: BTreeSet<_> = found.iter().filter_map(|item| item[id].as_str()).collect();
        let expected = expected.into_iter().map(String::as_str).collect();
        assert_eq!(found, expected, "{list}?{name}={value}");
    }
}

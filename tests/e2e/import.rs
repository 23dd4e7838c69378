//! Import: upsert by reference, all or nothing, errors by line.

use serde_json::{Value, json};
use support::{ask_for_export, people};

use crate::world;

pub(crate) const OPERATIONS: &[&str] = &["POST /v1/import"];

#[tokio::test(flavor = "multi_thread")]
async fn new_then_changed() {
    let world = world().covers(OPERATIONS).workers(0).start().await;
    let northwind = &world.northwind;
    let lines = people::vacancy_with_people("V-9", 100..103);
    northwind.import(&people::ndjson(&lines)).await.expect(200);
    let vacancy = northwind.vacancy("V-9").await;
    let before = northwind.applications(&vacancy).await;
    assert_eq!(before.len(), 3);

    let mut changed = people::application(101, "V-9");
    changed["stage"] = json!("Offer");
    changed["rating"] = Value::Null;
    changed.as_object_mut().expect("an object").remove("source");
    northwind.import(&people::ndjson(&[changed])).await.expect(200);
    assert_eq!(northwind.applications(&vacancy).await, before, "upserted, not added");
    let list = northwind.admin.get("/v1/vacancies/{id}/applications").id(&vacancy);
    let offers = list.query("stage", "Offer").await.items();
    assert_eq!(offers.len(), 1, "{offers:#?}");
    assert_eq!(offers[0]["candidate_reference"], "C-101");
    assert_eq!(offers[0]["rating"], Value::Null, "null clears");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_line_and_nothing_is_imported() {
    let world = world().workers(0).start().await;
    let northwind = &world.northwind;
    let mut lines = people::vacancy_with_people("V-9", 100..103);
    lines[2]["surprise"] = json!("secret-value");
    lines[5]["stage"] = json!("No such stage");
    let mut text = people::ndjson(&lines);
    text.push_str("{\"kind\": \"candidate\", secret-value\n");
    let problem = northwind.import(&text).await.problem(422, "import_invalid");
    let lines: Vec<_> = problem["errors"].as_array().expect("errors").iter().collect();
    let numbers: Vec<_> = lines.iter().filter_map(|error| error["line"].as_u64()).collect();
    assert!(numbers.contains(&3), "{problem:#}");
    assert!(!problem.to_string().contains("secret-value"), "{problem:#}");
    let vacancies = northwind.admin.get("/v1/vacancies").await.items();
    let references: Vec<_> = vacancies.iter().map(|vacancy| vacancy["reference"].clone()).collect();
    assert!(!references.contains(&json!("V-9")), "{references:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_line_is_named() {
    let world = world().workers(0).start().await;
    let good = people::candidate(100).to_string();
    let cases = [
        (json!({ "kind": "candidate" }), "/reference"),
        (json!({ "kind": "vacancy", "reference": "V-9", "title": 7, "stages": ["A"] }), "/title"),
        (json!({ "kind": "holiday", "reference": "V-9" }), "/kind"),
        (people::application(100, "V-unknown"), "/vacancy"),
        (people::application(9_999, "V-1"), "/candidate"),
    ];
    for (line, pointer) in cases {
        let reply = world.northwind.import(&format!("{good}\n{line}\n")).await;
        let problem = reply.problem(422, "import_invalid");
        let error = &problem["errors"][0];
        assert_eq!(
            (&error["line"], &error["pointer"]),
            (&json!(2), &json!(pointer)),
            "{problem:#}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_imported_arrives_to_the_last_digit() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let mut lines = people::vacancy_with_people("V-9", 100..101);
    lines[1]["phone"] = json!("+39 (0)6 698 12345");
    lines[1]["email"] = json!(" Ada@EXAMPLE.com");
    lines[1]["full_name"] = json!("Zoe\u{308}");
    let numbers = r#"{"value":1.8181818181818181,"scale_min":-0.1000000000000000055511151231257827,"scale_max":4.8e4,"count":2.0}"#;
    let lines = people::ndjson(&lines);
    let lines = lines.replace(r#"{"count":1,"scale_max":5,"scale_min":1,"value":1}"#, numbers);
    assert!(lines.contains(numbers), "{lines}");
    let beyond = lines.replace("4.8e4", "1.7976931348623157e308");
    let problem = world.northwind.import(&beyond).await.problem(422, "import_invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/rating/scale_max");
    world.northwind.import(&lines).await.expect(200);
    let vacancy = world.northwind.vacancy("V-9").await;
    let picked = world.northwind.applications(&vacancy).await;
    let call = ask_for_export(&world.northwind.recruiter, &webhook, &vacancy, &picked);
    call.await.expect(202);
    let delivery = receiver.next().await;
    let body = String::from_utf8(delivery.body.to_vec()).expect("text");
    let sent = [
        r#""value":1.8181818181818181,"scale_min":-0.1000000000000000055511151231257827,"scale_max":48000,"count":2}"#,
        r#""rating":1.8181818181818181,"rating_scale_max":48000,"#,
        r#""phone":"+390669812345""#,
        r#""email":"Ada@example.com""#,
        "\"full_name\":\"Zo\u{eb}\"",
    ];
    for text in sent {
        assert!(body.contains(text), "{text}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_application_of_a_person_is_merged() {
    let world = world().workers(0).start().await;
    let northwind = &world.northwind;
    let mut lines = people::vacancy_with_people("V-9", 100..102);
    let mut second = people::application(100, "V-9");
    second["reference"] = json!("A-again");
    second["applied_at"] = json!("2026-11-20T08:00:00Z");
    lines.insert(3, second);
    for merged in [1, 1] {
        let counts = northwind.import(&people::ndjson(&lines)).await.expect(200);
        assert_eq!(counts["applications_merged"], merged, "{counts}");
    }
    let vacancy = northwind.vacancy("V-9").await;
    let list = northwind.admin.get("/v1/vacancies/{id}/applications").id(&vacancy).await.items();
    let references: Vec<_> = list.iter().map(|item| &item["application_reference"]).collect();
    assert_eq!(list.len(), 2, "{list:#?}");
    assert!(references.contains(&&json!("A-again")), "{references:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn references_belong_to_an_organisation() {
    let world = world().workers(0).start().await;
    let foreign = people::application(29, "V-1");
    let reply = world.contoso.import(&people::ndjson(&[foreign])).await;
    reply.problem(422, "import_invalid");
}

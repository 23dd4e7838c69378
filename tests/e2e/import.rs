//! Import: upsert by reference, all or nothing, errors by line.

use serde_json::{Value, json};
use support::people;

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
async fn references_belong_to_an_organisation() {
    let world = world().workers(0).start().await;
    let foreign = people::application(29, "V-1");
    let reply = world.contoso.import(&people::ndjson(&[foreign])).await;
    reply.problem(422, "import_invalid");
}

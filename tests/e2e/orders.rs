//! Whom a recruiter picks from: in each order, with what went to a webhook before, and how many there are.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::client::Call;
use support::{ask_for_export, id_of, people};

use crate::world;

const SORTS: [&str; 8] = [
    "applied_at",
    "-applied_at",
    "full_name",
    "-full_name",
    "rating",
    "-rating",
    "stage",
    "-stage",
];

async fn walk(list: &Call) -> Vec<Value> {
    let mut items = Vec::new();
    let mut page = list.clone().await.expect(200);
    loop {
        items.extend(page["items"].as_array().expect("items").clone());
        let Some(cursor) = page["next_cursor"].as_str() else { return items };
        page = list.clone().query("cursor", cursor).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_sorted_as_it_is_asked_for() {
    let world = world().workers(0).start().await;
    let vacancy = world.northwind.vacancy("V-1").await;
    let list = world.northwind.recruiter.get("/v1/vacancies/{id}/applications").id(&vacancy);
    let sorted = |sort: &'static str| list.clone().query("sort", sort).query("limit", 7);
    let default = walk(&list.clone().query("limit", 7)).await;
    let everybody: BTreeSet<_> = default.iter().map(id_of).collect();
    for sort in SORTS {
        let items = walk(&sorted(sort)).await;
        let ids: BTreeSet<_> = items.iter().map(id_of).collect();
        assert_eq!((ids, items.len()), (everybody.clone(), default.len()), "{sort}");
        let member = sort.trim_start_matches('-');
        let value = |item: &Value| match member {
            "rating" => item["rating"]["value"].as_f64().map(|it| format!("{it:09.3}")),
            "stage" => Some(item["stage_order"].to_string()),
            _ => item[member].as_str().map(str::to_lowercase),
        };
        let values: Vec<_> = items.iter().map(value).collect();
        let unrated = values.iter().skip_while(|it| it.is_some());
        assert!(unrated.clone().all(Option::is_none), "{sort}: those without come last");
        let values: Vec<_> = values.iter().flatten().collect();
        let in_order = if sort.starts_with('-') {
            values.windows(2).all(|pair| pair[0] >= pair[1])
        } else {
            values.windows(2).all(|pair| pair[0] <= pair[1])
        };
        assert!(in_order, "{sort}: {values:?}");
    }
    assert_eq!(walk(&sorted("applied_at")).await, default, "the default");
    for sort in ["name", "", "applied_at,rating", "--rating", "APPLIED_AT"] {
        let wrong = list.clone().query("sort", sort).await.problem(422, "invalid");
        assert_eq!(wrong["errors"][0]["pointer"], "/sort", "{wrong:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_belongs_to_its_order() {
    let world = world().workers(0).start().await;
    let vacancy = world.northwind.vacancy("V-1").await;
    let list = world.northwind.recruiter.get("/v1/vacancies/{id}/applications").id(&vacancy);
    for sort in SORTS {
        let page = list.clone().query("sort", sort).query("limit", 3).await.expect(200);
        let cursor = page["next_cursor"].as_str().expect("more than three");
        for other in SORTS.iter().filter(|other| **other != sort) {
            let call = list.clone().query("sort", other).query("cursor", cursor);
            call.await.problem(422, "cursor_mismatch");
        }
        // What neither selects nor sorts may change from page to page.
        let counted = list.clone().query("sort", sort).query("cursor", cursor).query("count", true);
        assert_eq!(counted.await.expect(200)["total"], 30, "of all pages");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_selected_is_counted_when_asked() {
    let world = world().workers(0).start().await;
    let northwind = &world.northwind;
    let vacancy = northwind.vacancy("V-1").await;
    let list = northwind.recruiter.get("/v1/vacancies/{id}/applications").id(&vacancy);
    assert_eq!(list.clone().await.expect(200)["total"], Value::Null);
    let filters = [
        ("stage", "Applied"),
        ("status", "active,rejected"),
        ("q", "ada1"),
        ("q", "nobody"),
        ("min_rating", "4"),
        ("applied_after", "2026-10-01T00:09:30Z"),
    ];
    for (name, value) in filters {
        let list = list.clone().query(name, value).query("count", true);
        let all = walk(&list.clone().query("limit", 200)).await.len();
        assert_eq!(list.query("limit", 1).await.expect(200)["total"], all, "{name}={value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_to_a_webhook_before_is_told_of_each_person() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let (vacancy, picked) = northwind.pick(3).await;
    let asked = ask_for_export(&northwind.recruiter, &webhook, &vacancy, &picked[..2]);
    let export = id_of(&asked.await.expect(202));
    receiver.next().await;
    world.until_status(&northwind.recruiter, &export, "delivered").await;
    // A colleague is told, too, and by name.
    let colleague = &northwind.other_recruiter;
    let list = colleague.get("/v1/vacancies/{id}/applications").id(&vacancy).query("limit", 200);
    let plain = list.clone().await.items();
    assert!(plain.iter().all(|item| item["last_export"] == Value::Null), "always there");
    let items = list.clone().query("webhook_id", &webhook.id).await.items();
    for item in &items {
        let went = picked[..2].contains(&id_of(item));
        let last = &item["last_export"];
        assert_eq!(last.is_object(), went, "{item:#}");
        if went {
            let shown = northwind.recruiter.get("/v1/exports/{id}").id(&export).await.expect(200);
            assert_eq!(last["export_id"], export);
            assert_eq!(
                (&last["by"], &last["at"]),
                (&shown["requested_by"]["name"], &shown["requested_at"])
            );
            let told = (&last["status"], &last["status_label"]);
            assert_eq!(told, (&json!("delivered"), &json!("Accepted")));
        }
    }
    let other = northwind.register(&receiver.url_of("/other")).await;
    let elsewhere = list.clone().query("webhook_id", &other.id).await.items();
    assert_eq!(elsewhere, plain, "another webhook has nobody");
    northwind.admin.delete("/v1/webhooks/{id}").id(&webhook.id).await.expect(204);
    let deleted = list.clone().query("webhook_id", &webhook.id).await.items();
    assert_eq!(deleted, items, "a deleted one had them, too");
    let theirs = world.contoso.register(&receiver.url()).await;
    let mut refusals = Vec::new();
    for id in [theirs.id.as_str(), "019aafc6-0000-7000-8000-000000000000"] {
        let refused = list.clone().query("webhook_id", id).await;
        refused.problem(422, "invalid");
        refusals.push(refused.without_instance());
        let exports = colleague.get("/v1/exports").query("webhook_id", id).await;
        refusals.push(exports.without_instance());
    }
    assert!(refusals.iter().all(|it| *it == refusals[0]), "{refusals:?}");
    list.query("webhook_id", "nonsense").await.problem(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn vacancies_are_found_by_status_and_words() {
    let world = world().workers(0).start().await;
    let northwind = &world.northwind;
    let mut closed = people::vacancy("V-77", "Köchin (Teilzeit)");
    closed["status"] = json!("closed");
    closed["location"] = json!("Zürich");
    let mut archived = people::vacancy("V-78", "Cook");
    archived["status"] = json!("archived");
    northwind.import(&people::ndjson(&[closed, archived])).await.expect(200);
    let found = async |name: &str, value: &str| {
        let items = northwind.recruiter.get("/v1/vacancies").query(name, value).await.items();
        items
            .iter()
            .map(|it| it["reference"].as_str().expect("a text").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("status", "closed").await, ["V-77"]);
    assert_eq!(found("status", "Closed,ARCHIVED").await, ["V-78", "V-77"], "newest first");
    assert!(!found("status", "open").await.contains(&"V-77".to_owned()));
    for words in ["kochin", "TEILZEIT kö", "zurich v77", "V-77"] {
        assert_eq!(found("q", words).await, ["V-77"], "{words}");
    }
    assert!(found("q", "nothing like it").await.is_empty());
    let list = northwind.recruiter.get("/v1/vacancies");
    list.clone().query("q", "...").await.problem(422, "invalid");
    list.clone().query("status", "shut").await.problem(422, "invalid");
    let page = list.clone().query("status", "closed,archived").query("limit", 1).await.expect(200);
    let cursor = page["next_cursor"].as_str().expect("another one");
    list.query("cursor", cursor).await.problem(422, "cursor_mismatch");
}

/// A line of an import replaces all three names, so that who changes one thing of a person sends them along.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_restricted_with_what_the_list_of_candidates_tells() {
    let world = world().workers(0).start().await;
    let admin = &world.northwind.admin;
    let find = async || {
        let found = admin.get("/v1/candidates").query("q", "C-3").await.items();
        found.into_iter().find(|one| one["reference"] == "C-3").expect("there")
    };
    let before = find().await;
    assert!(before["first_name"].is_string() && before["last_name"].is_string(), "{before:#}");
    let mut line = json!({ "kind": "candidate", "restricted": true });
    for member in ["reference", "first_name", "last_name", "full_name"] {
        line[member] = before[member].clone();
    }
    world.northwind.import(&people::ndjson(&[line])).await.expect(200);
    let mut wanted = before;
    wanted["restricted"] = json!(true);
    assert_eq!(find().await, wanted, "nothing else changed");
}

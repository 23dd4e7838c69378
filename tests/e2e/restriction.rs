//! People change their minds after an export was asked for: later tries and resends leave them out.

use serde_json::{Value, json};
use support::{Answer, Client, Delivery, id_of, people};

use crate::world;

/// The candidates of a request, by reference.
fn people_of(delivery: &Delivery) -> Vec<Value> {
    let sent = delivery.json();
    let candidates = sent["candidates"].as_array().expect("a list").iter();
    candidates.map(|candidate| candidate["candidate_reference"].clone()).collect()
}

fn restricted(reference: &Value) -> String {
    let number = reference.as_str().and_then(|text| text.strip_prefix("C-")).expect("C-n");
    let mut person = people::candidate(number.parse().expect("a number"));
    person["restricted"] = json!(true);
    people::ndjson(&[person])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_try_goes_without_them() {
    let mut world = world().env("RETRY_SCHEDULE", "0s,2s,2s").start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(503)]);
    let northwind = world.northwind.clone();
    let recruiter = &northwind.recruiter;
    let webhook = northwind.register(&receiver.url()).await;
    let export = northwind.export(&webhook, 2).await;
    let first = receiver.next().await;
    let both = people_of(&first);
    world.until_status(recruiter, &export, "retrying").await;
    northwind.import(&restricted(&both[0])).await.expect(200);

    let second = receiver.next().await;
    assert_eq!(people_of(&second), both[1..], "the other one alone");
    second.assert_signed_with(&webhook.secret);
    let ended = world.until_status(recruiter, &export, "cancelled").await;
    assert_eq!(ended["ended_by"], "restriction", "{ended:#}");
    assert_eq!(ended["continued_as"], second.header("webhook-id"));
    let words = ended["explanation"].as_str().expect("words");
    assert!(words.contains("may not be sent any more"), "{words}");
    let next = world.until_status(recruiter, second.header("webhook-id"), "delivered").await;
    assert_eq!(
        (&next["resent_from"], &next["left_out"]),
        (&json!(export), &json!([{ "reason": "restricted", "count": 1 }]))
    );
    assert_eq!(second.json()["export"]["resent_from"], json!(export));
    assert_eq!(second.json()["export"]["id"], next["id"]);
    where_it_went(&northwind.admin, &both[0], &export, &next["id"]).await;
    receiver.assert_no_more();
}

/// Who is restricted was in the first export alone, whose receiver has the data whatever it answered.
async fn where_it_went(admin: &Client, reference: &Value, export: &str, next: &Value) {
    let reference = reference.as_str().expect("a text");
    let found = admin.get("/v1/candidates").query("q", reference).await.items();
    let person = found.iter().find(|one| one["reference"] == reference).expect("there");
    assert_eq!(person["restricted"], true);
    let went = admin.get("/v1/candidates/{id}/exports").id(&id_of(person)).await.items();
    assert_eq!(went.len(), 1, "{went:?}");
    assert_eq!((&went[0]["export_id"], &went[0]["certainty"]), (&json!(export), &json!("sent")));
    assert_eq!((&went[0]["ended_by"], &went[0]["continued_as"]), (&json!("restriction"), next));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resend_goes_without_them_or_not_at_all() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let recruiter = &northwind.recruiter;
    let webhook = northwind.register(&receiver.url()).await;
    let export = northwind.export(&webhook, 2).await;
    let both = people_of(&receiver.next().await);
    world.until_status(recruiter, &export, "delivered").await;
    northwind.import(&restricted(&both[1])).await.expect(200);
    let resend = recruiter.post("/v1/exports/{id}/resend").id(&export);
    let derived = resend.clone().header("idempotency-key", "again").await.expect(202);
    let sent = receiver.next().await;
    assert_eq!(sent.header("webhook-id"), derived["id"].as_str().expect("an id"));
    assert_eq!(people_of(&sent), both[..1]);
    assert_eq!(
        (&derived["left_out"], &derived["resent_from"]),
        (&json!([{ "reason": "restricted", "count": 1 }]), &json!(export))
    );
    let replay = resend.clone().header("idempotency-key", "again").await.expect(202);
    assert_eq!(replay["id"], derived["id"], "once under one key");

    northwind.import(&restricted(&both[0])).await.expect(200);
    resend.await.problem(409, "nobody_left");
    receiver.assert_no_more();
}

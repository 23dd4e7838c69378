//! The way of the marks: through everything that callers do and read, right and wrong.

use serde_json::json;
use support::client::{Call, Reply};
use support::{Answer, Receiver, Webhook, World, ask_for_export, people};

use super::PATH;
use super::person::{ERASED, KEPT, Person};
use super::places::Text;
use crate::operation::metrics;

/// Imports both, looks at what would be sent, exports, fails with an answer that quotes them, and sends
/// again; then a second export that arrives.
pub(super) async fn send_both(world: &World, webhook: &Webhook, receiver: &mut Receiver) -> String {
    let northwind = &world.northwind;
    let mut lines = vec![people::vacancy("V-9", "Engineer V-9")];
    lines.extend([&ERASED, &KEPT].map(Person::lines).into_iter().flatten());
    northwind.import(&people::ndjson(&lines)).await.expect(200);
    let vacancy = northwind.vacancy("V-9").await;
    let both = northwind.applications(&vacancy).await;
    let body = json!({
        "vacancy_id": vacancy, "webhook_id": webhook.id, "application_ids": both,
    });
    northwind.recruiter.post("/v1/exports/preview").json(&body).await.expect(200);
    let quote = format!("no such person: {} {}", ERASED.email, KEPT.email);
    receiver.script([Answer::status(500).body(quote)]);
    let ask = ask_for_export(&northwind.recruiter, webhook, &vacancy, &both);
    let export = support::id_of(&ask.clone().await.expect(202));
    receiver.next().await;
    world.until_status(&northwind.recruiter, &export, "failed").await;
    northwind.recruiter.post("/v1/exports/{id}/resend").id(&export).await.expect(202);
    receiver.next().await;
    world.until_status(&northwind.recruiter, &export, "delivered").await;
    export
}

/// The admin finds one of the two by their name, asks where they went, and erases them. What is told
/// afterwards, by ids.
pub(super) async fn erase(world: &World, export: &str) -> Text {
    let admin = &world.northwind.admin;
    let found = admin.get("/v1/candidates").query("q", ERASED.email).await.items();
    assert_eq!(found.len(), 1, "{found:?}");
    let person = support::id_of(&found[0]);
    let went = admin.get("/v1/candidates/{id}/exports").id(&person).await;
    assert!(went.text().contains(export), "{}", went.text());
    let erased = admin.delete("/v1/candidates/{id}").id(&person).await;
    let told = erased.expect(200)["receivers"][0]["exports"][0]["certainty"].clone();
    assert_eq!(told, "sent", "{}", erased.text());
    let went = admin.get("/v1/candidates/{id}/exports").id(&person).await;
    let events = admin.get("/v1/audit-events.csv").await;
    Text::new("an erasure", erased.text() + &went.text() + &events.text())
}

/// What those read who may see no person, and what tells of an export without its people.
pub(super) async fn read_everything(world: &World, export: &str) -> Vec<Text> {
    let (northwind, support) = (&world.northwind, &world.support);
    let calls: [(&str, Call); 24] = [
        ("an export", northwind.recruiter.get("/v1/exports/{id}").id(export)),
        ("the exports", northwind.admin.get("/v1/exports")),
        ("a receipt", northwind.recruiter.get("/v1/exports/{id}/receipt").id(export)),
        ("support's export", support.get("/v1/exports/{id}").id(export)),
        ("support's exports", support.get("/v1/exports")),
        ("support's attempts", support.get("/v1/attempts")),
        ("support's webhooks", support.get("/v1/webhooks")),
        ("the recruiter's attempts", northwind.recruiter.get("/v1/attempts")),
        ("the webhooks", northwind.admin.get("/v1/webhooks")),
        ("the API keys", northwind.admin.get("/v1/api-keys")),
        ("support's search", support.get("/v1/search").query("q", export)),
        ("the recruiter's search", northwind.recruiter.get("/v1/search").query("q", export)),
        ("support's organisations", support.get("/v1/organisations")),
        ("the audit", northwind.admin.get("/v1/audit-events")),
        ("support's audit", support.get("/v1/audit-events")),
        ("the audit as CSV", support.get("/v1/audit-events.csv")),
        ("the exports as CSV", northwind.admin.get("/v1/exports.csv")),
        ("support's exports as CSV", support.get("/v1/exports.csv")),
        ("the attempts as CSV", northwind.admin.get("/v1/attempts.csv")),
        ("the register", northwind.admin.get("/v1/webhooks.csv")),
        ("the notifications", northwind.recruiter.get("/v1/notifications")),
        ("attempts in numbers", support.get("/v1/attempts/summary")),
        ("exports in numbers", support.get("/v1/exports/summary")),
        ("who I am", northwind.admin.get("/v1/me")),
    ];
    let mut texts = Vec::new();
    for (place, call) in calls {
        let reply = call.await;
        assert_eq!(reply.status, 200, "{place}: {}", reply.text());
        texts.push(Text::new(place, reply.text()));
    }
    // These show people to those who may see them, and are written nowhere.
    let people = northwind.recruiter.get("/v1/exports/{id}/people").id(export).await;
    assert!(people.text().contains(KEPT.name), "{}", people.text());
    northwind.recruiter.get("/v1/exports/{id}/payload").id(export).await.expect(200);
    texts
}

/// What is wrong in every way, with a mark in it: no answer says it back.
pub(super) async fn refusals(world: &World, webhook: &Webhook, key: &str) -> Vec<Text> {
    let (admin, recruiter) = (&world.northwind.admin, &world.northwind.recruiter);
    let bad_url = json!({ "url": format!("ftp://h.example.com{PATH}") });
    let inner_url = json!({ "url": format!("http://10.0.0.1{PATH}") });
    let vacancy = world.northwind.vacancy("V-9").await;
    let not_an_id = json!({
        "vacancy_id": vacancy, "webhook_id": webhook.id, "application_ids": [KEPT.email],
    });
    let mut wrong = KEPT.lines()[0].clone();
    wrong["restricted"] = json!(KEPT.letter);
    let unreadable =
        format!("{{\"kind\": \"candidate\", \"email\": \"{}\" {}", KEPT.email, KEPT.phone);
    let broken_key = format!("{}x", &key[..key.len() - 1]);
    let token = admin.token().expect("a token");
    let (head, signature) = token.rsplit_once('.').expect("a JWT");
    let forged = format!("{}.{signature}", &head[..head.len() - 2]);
    let import = |lines: &str| world.northwind.import(lines);
    let calls: [Call; 13] = [
        admin.post("/v1/webhooks").json(&bad_url),
        admin.post("/v1/webhooks").json(&inner_url),
        admin.post("/v1/webhooks").bytes("application/json", format!("{{\"url\": \"{PATH}\"")),
        recruiter.post("/v1/exports").json(&not_an_id),
        recruiter.get("/v1/exports").query("requested_by", KEPT.email),
        recruiter.get("/v1/exports").query("from", KEPT.email),
        recruiter.get("/v1/exports").query("cursor", KEPT.email),
        recruiter.get("/v1/exports").query("status", KEPT.letter),
        recruiter.get("/v1/exports/{id}").id(KEPT.email),
        import(&people::ndjson(&[wrong])),
        import(&unreadable),
        admin.with_token(broken_key).get("/v1/me"),
        admin.with_token(forged).get("/v1/me"),
    ];
    let mut texts = Vec::new();
    for (number, call) in calls.into_iter().enumerate() {
        let reply: Reply = call.await;
        assert!(reply.status >= 400, "{number}: {}", reply.text());
        texts.push(Text::new(format!("refusal {number}"), reply.text()));
    }
    texts
}

/// What all processes wrote, and what they measured.
pub(super) async fn written(world: &mut World) -> Vec<Text> {
    let mut texts =
        vec![Text::new("Postgres' log", world.cluster.as_ref().expect("its own").log())];
    for process in world.workers.iter_mut().chain([&mut world.api.process]) {
        let name = format!("process {}", process.id());
        texts.push(Text::new(format!("{name}: metrics"), metrics(process).await));
        texts.push(Text::new(format!("{name}: log"), process.output()));
    }
    texts
}

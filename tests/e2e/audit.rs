//! Every operation that changes something tells the audit, once, with who did it and in which
//! request; and so do refusals, reads of personal data, and looks of support.

use serde_json::{Value, json};
use store::invariants::{AuditRow, audit_events};
use store::{Db, DbConfig};
use support::client::Call;
use support::{Answer, Client, World, ask_for_export, people};

use crate::coverage::operations;
use crate::world;

/// What each operation that may change something tells.
pub(crate) const ACTIONS: &[(&str, &str)] = &[
    ("POST /v1/webhooks", "webhook.created"),
    ("DELETE /v1/webhooks/{id}", "webhook.deleted"),
    ("POST /v1/webhooks/{id}/test", "webhook.tested"),
    ("POST /v1/webhooks/{id}/rotate-secret", "webhook.secret_rotated"),
    ("POST /v1/webhooks/{id}/end-rotation", "webhook.secret_rotated"),
    ("POST /v1/webhooks/{id}/enable", "webhook.enabled"),
    ("POST /v1/webhooks/{id}/reviewed", "webhook.reviewed"),
    ("POST /v1/api-keys", "api_key.created"),
    ("DELETE /v1/api-keys/{id}", "api_key.revoked"),
    ("POST /v1/webhooks/{id}/replace", "webhook.replaced"),
    ("POST /v1/webhooks/{id}/resend", "webhook.exports_resent"),
    ("POST /v1/import", "import.completed"),
    ("DELETE /v1/candidates/{id}", "candidate.erased"),
    ("DELETE /v1/candidates", "candidate.erased"),
    ("POST /v1/exports/preview", "export.previewed"),
    ("POST /v1/exports", "export.requested"),
    ("POST /v1/exports/{id}/cancel", "export.cancelled"),
    ("POST /v1/exports/{id}/resend", "export.resent"),
    ("DELETE /v1/exports/{id}/payload", "export.payload_forgotten"),
    ("POST /v1/notifications/seen", "member.notifications_seen"),
    ("PUT /v1/notifications/preferences", "member.preferences_changed"),
];

/// It shows nothing but what was sent along, and changes nothing.
const LOOK: &str = "POST /v1/webhooks/check";

/// The events of a world, from one call on.
struct Audit {
    db: Db,
    seen: usize,
    told: Vec<&'static str>,
}

impl Audit {
    fn of(world: &World) -> Self {
        let config = DbConfig::new(&world.env()["DATABASE_URL"], 1);
        Self { db: Db::new(&config).expect("an address"), seen: 0, told: Vec::new() }
    }

    /// What was told since the last call.
    async fn news(&mut self) -> Vec<AuditRow> {
        let all = self.db.run(audit_events).await.expect("the audit");
        let news = all[self.seen..].to_vec();
        self.seen = all.len();
        news
    }

    /// Makes a call that changes something, and fails unless it tells what its operation must.
    async fn changes(&mut self, operation: &'static str, call: Call, status: u16) -> Value {
        self.news().await;
        let reply = call.await;
        let answer = reply.expect(status);
        let (_, action) = ACTIONS.iter().find(|(known, _)| *known == operation).expect("listed");
        let request = reply.header("x-request-id").map(ToOwned::to_owned);
        let ours: Vec<AuditRow> = self
            .news()
            .await
            .into_iter()
            .filter(|row| row.request_id.map(|id| id.to_string()) == request)
            .collect();
        let told: Vec<_> = ours.iter().map(|row| row.action.as_str()).collect();
        // A replacement is a registration and a deletion, too, and each tells of its own.
        let told: Vec<_> = match operation {
            "POST /v1/webhooks/{id}/replace" => {
                let both = ["webhook.deleted", "webhook.created"];
                told.into_iter().filter(|action| !both.contains(action)).collect()
            }
            _ => told,
        };
        assert_eq!(told, [*action], "{operation}");
        assert_eq!(ours[0].actor_type, "member", "{operation}");
        self.told.push(operation);
        answer
    }

    /// What a refused or looking call tells.
    async fn tells(&mut self, call: Call, status: u16) -> Vec<(String, String, Value)> {
        self.news().await;
        let reply = call.await;
        assert_eq!(reply.status, status, "{}", reply.text());
        let row = |row: AuditRow| (row.action, row.object_type, row.details);
        self.news().await.into_iter().map(row).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_changing_operation_tells_the_audit() {
    let mut world = world().start().await;
    let document = world.anonymous.get("/openapi.json").await.expect(200);
    let looks = |name: &String| name.starts_with("GET ") || name == LOOK;
    let changing: Vec<_> = operations(&document).into_iter().filter(|name| !looks(name)).collect();
    let listed: Vec<_> = ACTIONS.iter().map(|(operation, _)| (*operation).to_owned()).collect();
    for operation in &changing {
        assert!(listed.contains(operation), "{operation} has no audit event");
    }
    assert_eq!(changing.len(), listed.len(), "ACTIONS lists operations that are gone");

    let receiver = world.receiver();
    receiver.script([Answer::status(410)]);
    let mut audit = Audit::of(&world);
    let northwind = world.northwind.clone();
    let (admin, recruiter) = (&northwind.admin, &northwind.recruiter);
    let create = admin.post("/v1/webhooks").json(&json!({ "url": receiver.url() }));
    let made = audit.changes("POST /v1/webhooks", create, 201).await;
    let id = made["id"].as_str().expect("an id").to_owned();
    let of_webhook = |client: &Client, path: &'static str| client.post(path).id(&id);

    let test = of_webhook(admin, "/v1/webhooks/{id}/test");
    let test = audit.changes("POST /v1/webhooks/{id}/test", test, 202).await;
    let test = test["id"].as_str().expect("an id").to_owned();
    world.until_status(admin, &test, "failed").await;
    let rotate = of_webhook(admin, "/v1/webhooks/{id}/rotate-secret");
    audit.changes("POST /v1/webhooks/{id}/rotate-secret", rotate, 200).await;
    let end = of_webhook(admin, "/v1/webhooks/{id}/end-rotation");
    audit.changes("POST /v1/webhooks/{id}/end-rotation", end, 200).await;
    let enable = of_webhook(admin, "/v1/webhooks/{id}/enable");
    audit.changes("POST /v1/webhooks/{id}/enable", enable, 200).await;
    let review = of_webhook(admin, "/v1/webhooks/{id}/reviewed");
    audit.changes("POST /v1/webhooks/{id}/reviewed", review, 200).await;
    let resend = admin.post("/v1/exports/{id}/resend").id(&test);
    audit.changes("POST /v1/exports/{id}/resend", resend, 202).await;
    world.until_status(admin, &test, "delivered").await;

    receiver.script([Answer::status(503)]);
    let (vacancy, picked) = northwind.pick(1).await;
    let webhook = support::Webhook { id: id.clone(), secret: String::new() };
    let asked = json!({
        "vacancy_id": vacancy, "webhook_id": webhook.id, "application_ids": picked,
    });
    let preview = recruiter.post("/v1/exports/preview").json(&asked);
    audit.changes("POST /v1/exports/preview", preview, 200).await;
    let export = ask_for_export(recruiter, &webhook, &vacancy, &picked);
    let export = audit.changes("POST /v1/exports", export, 202).await;
    let export = export["id"].as_str().expect("an id").to_owned();
    world.until_status(recruiter, &export, "retrying").await;
    let cancel = recruiter.post("/v1/exports/{id}/cancel").id(&export);
    audit.changes("POST /v1/exports/{id}/cancel", cancel, 200).await;
    let lines = people::ndjson(&people::vacancy_with_people("V-9", 0..1));
    audit.changes("POST /v1/import", northwind.import(&lines), 200).await;
    let body = json!({ "name": "CRM", "role": "recruiter" });
    let key = admin.post("/v1/api-keys").json(&body);
    let key = audit.changes("POST /v1/api-keys", key, 201).await;
    let revoke = admin.delete("/v1/api-keys/{id}").id(key["id"].as_str().expect("an id"));
    audit.changes("DELETE /v1/api-keys/{id}", revoke, 204).await;
    let forget = recruiter.delete("/v1/exports/{id}/payload").id(&export);
    audit.changes("DELETE /v1/exports/{id}/payload", forget, 204).await;
    let all = json!({ "since": "2020-01-01T00:00:00Z" });
    let resend = of_webhook(admin, "/v1/webhooks/{id}/resend").json(&all);
    audit.changes("POST /v1/webhooks/{id}/resend", resend, 200).await;
    let new = json!({ "url": receiver.url_of("/new"), "carry_over": "none" });
    let replace = of_webhook(admin, "/v1/webhooks/{id}/replace").json(&new);
    let replaced = audit.changes("POST /v1/webhooks/{id}/replace", replace, 201).await;
    let delete = admin.delete("/v1/webhooks/{id}").id(replaced["id"].as_str().expect("an id"));
    audit.changes("DELETE /v1/webhooks/{id}", delete, 204).await;
    let found = admin.get("/v1/candidates").query("q", "C-1").await.items();
    let person = found[0]["id"].as_str().expect("an id");
    let erase = admin.delete("/v1/candidates/{id}").id(person);
    audit.changes("DELETE /v1/candidates/{id}", erase, 200).await;
    let erase = admin.delete("/v1/candidates").query("reference", "C-2");
    audit.changes("DELETE /v1/candidates", erase, 200).await;
    let wishes = crate::told::wishes("email");
    let prefer = recruiter.put("/v1/notifications/preferences").json(&wishes);
    audit.changes("PUT /v1/notifications/preferences", prefer, 200).await;
    crate::told::until_told(admin, "export_failed").await;
    let all = json!({ "up_to": uuid::Uuid::max() });
    let see = admin.post("/v1/notifications/seen").json(&all);
    audit.changes("POST /v1/notifications/seen", see, 200).await;
    assert_eq!(audit.told.len(), ACTIONS.len(), "each was seen: {:?}", audit.told);

    // What the worker told meanwhile.
    let all = Audit::of(&world).news().await;
    for action in ["export.failed", "webhook.disabled"] {
        let told: Vec<_> = all.iter().filter(|row| row.action == action).collect();
        assert_eq!(told.len(), 1, "{action}");
        assert_eq!((told[0].actor_type.as_str(), told[0].request_id), ("system", None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_reads_and_looks_are_told() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let export = northwind.export(&webhook, 1).await;
    let mut audit = Audit::of(&world);

    let read = northwind.recruiter.get("/v1/exports/{id}/payload").id(&export);
    let told = audit.tells(read, 200).await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].0.as_str(), told[0].1.as_str()), ("export.payload_read", "export"));

    let find = northwind.admin.get("/v1/candidates").query("q", "C-1");
    let person = find.clone().await.items()[0]["id"].as_str().expect("an id").to_owned();
    let told = audit.tells(find, 200).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].0.as_str(), told[0].1.as_str()), ("candidates.searched", "candidate"));
    assert!(told[0].2["shown"].is_number() && !told[0].2.to_string().contains("C-1"), "{told:?}");
    let look = northwind.admin.get("/v1/candidates/{id}/exports").id(&person);
    let told = audit.tells(look, 200).await;
    assert_eq!(told[0].0, "candidate.exports_read", "{told:?}");

    let look = world.support.get("/v1/exports/{id}").id(&export);
    let told = audit.tells(look, 200).await;
    assert_eq!(told, [("support.looked".into(), "export".into(), json!({ "shown": 1 }))]);
    let look = northwind.admin.get("/v1/exports/{id}").id(&export);
    assert_eq!(audit.tells(look, 200).await, [], "one's own is no event");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_what_is_not_theirs_is_told_of() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let (northwind, contoso) = (world.northwind.clone(), world.contoso.clone());
    let webhook = northwind.register(&receiver.url()).await;
    let export = northwind.export(&webhook, 1).await;
    let (vacancy, picked) = northwind.pick(1).await;
    let nobodys = uuid::Uuid::from_u128(7).to_string();
    contoso.admin.get("/v1/exports/{id}").id(&export).await.problem(404, "not_found");
    contoso.admin.get("/v1/exports/{id}").id(&nobodys).await.problem(404, "not_found");
    contoso.recruiter.post("/v1/webhooks").json(&json!({})).await.problem(403, "forbidden");
    let theirs = ask_for_export(&contoso.recruiter, &webhook, &vacancy, &picked);
    theirs.await.problem(422, "invalid");
    // Refusals are told after their answers: a process that stops has told them all.
    world.api.process.terminate().await;
    world.api.process.finished().await;

    let events = Audit::of(&world).news().await;
    let refused: Vec<_> = events.iter().filter(|row| row.action == "access.refused").collect();
    let told: Vec<_> = refused
        .iter()
        .map(|row| (row.object_type.as_str(), row.details["why"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(
        told,
        [
            ("export", "foreign"),
            ("operation", "role"),
            ("vacancy", "foreign"),
            ("webhook", "foreign")
        ]
    );
    let owner = |row: &AuditRow| row.organisation_id.map(|id| id.to_string());
    assert!(refused.iter().all(|row| owner(row) == Some(contoso.id.clone())));
}

//! API keys: a program of a third party exports with one, until it is revoked, in every process at
//! once. What is not a key learns nothing by asking.

use serde_json::{Value, json};
use store::invariants::audit_events;
use store::{Db, DbConfig};
use support::world::Api;
use support::{Client, ask_for_export, id_of};

use crate::{BINARY, sql, world};

pub(crate) const OPERATIONS: &[&str] =
    &["GET /v1/api-keys", "POST /v1/api-keys", "DELETE /v1/api-keys/{id}"];

#[tokio::test(flavor = "multi_thread")]
async fn a_third_party_exports_with_a_key() {
    let mut world = world().covers(OPERATIONS).start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let made = northwind.new_api_key("Onboarding tool", "recruiter").await;
    let (id, secret) = (id_of(&made), made["secret"].as_str().expect("shown once").to_owned());
    let program = world.anonymous.with_token(&secret);

    let me = program.get("/v1/me").await.expect(200);
    let itself = json!({ "type": "api_key", "id": id, "name": "Onboarding tool", "email": null });
    assert_eq!((&me["member"], &me["role"]), (&itself, &json!("recruiter")));
    assert_eq!(me["organisation"]["id"], northwind.id);

    assert_eq!(me["api_key_expires_at"], made["expires_at"]);
    let person = northwind.admin.get("/v1/me").await.expect(200);
    assert_eq!(person["api_key_expires_at"], Value::Null);

    let (vacancy, picked) = northwind.pick(1).await;
    let export = ask_for_export(&program, &webhook, &vacancy, &picked).await.expect(202);
    assert_eq!(export["requested_by"], itself);
    let export = id_of(&export);
    receiver.next().await;
    world.until_status(&program, &export, "delivered").await;
    let colleagues = northwind.export(&webhook, 1).await;
    program.get("/v1/exports/{id}").id(&colleagues).await.problem(404, "not_found");
    let log = program.get("/v1/attempts").await.items();
    assert_eq!(log.len(), 1, "its own: {log:?}");
    let filter = northwind.admin.get("/v1/exports").query("requested_by", &id);
    assert_eq!(filter.await.items().len(), 1);
    program.post("/v1/webhooks").json(&json!({})).await.problem(403, "forbidden");

    let listed = northwind.admin.get("/v1/api-keys").await.items();
    assert_eq!(listed[0]["id"], id);
    assert!(listed[0].get("secret").is_none(), "{listed:?}");
    assert!(listed[0]["created_by"]["name"] == "Ann" && listed[0]["revoked_at"] == Value::Null);
    northwind.admin.delete("/v1/api-keys/{id}").id(&id).await.expect(204);
    program.get("/v1/me").await.problem(401, "unauthenticated");
    northwind.admin.delete("/v1/api-keys/{id}").id(&id).await.expect(204);
    let listed = northwind.admin.get("/v1/api-keys").await.items();
    assert!(listed[0]["revoked_at"].is_string() && listed[0]["name"] == "Onboarding tool");
    let db = Db::new(&DbConfig::new(&world.env()["DATABASE_URL"], 1)).expect("an address");
    let told = db.run(audit_events).await.expect("the audit");
    let asked = told.iter().filter(|row| row.action == "export.requested" && row.actor_id == id);
    let types: Vec<_> = asked.map(|row| row.actor_type.as_str()).collect();
    assert_eq!(types, ["api_key"], "the audit names the key");
    let log = world.api.process.output();
    assert!(!log.contains(&secret[4..]), "keys stay out of the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_of_no_use_to_any_process() {
    let world = world().workers(0).start().await;
    let other = Api::start(std::path::Path::new(BINARY), world.env()).await;
    let northwind = &world.northwind;
    let made = northwind.new_api_key("CRM", "org_admin").await;
    let secret = made["secret"].as_str().expect("shown once");
    let both = [&world.anonymous, &other.anonymous()].map(|anyone| anyone.with_token(secret));
    for program in &both {
        program.get("/v1/webhooks").await.expect(200);
    }
    northwind.admin.delete("/v1/api-keys/{id}").id(&id_of(&made)).await.expect(204);
    for program in &both {
        program.get("/v1/webhooks").await.problem(401, "unauthenticated");
    }
}

/// The bytes of a refusal but for the request's id, and its challenge.
async fn refusal(anyone: &Client, key: &str) -> (String, String) {
    let reply = anyone.with_token(key).get("/v1/me").await;
    reply.problem(401, "unauthenticated");
    let challenge = reply.header("www-authenticate").expect("a challenge").to_owned();
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    (reply.without_instance().1, challenge)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_key_learns_nothing() {
    let world = world().workers(0).start().await;
    let northwind = &world.northwind;
    let made = northwind.new_api_key("CRM", "org_admin").await;
    let key = made["secret"].as_str().expect("shown once").to_owned();
    let theirs = world.contoso.new_api_key("CRM", "org_admin").await;
    let theirs = theirs["secret"].as_str().expect("shown once");
    let mistyped = format!("{}{}", &key[..52], if key.ends_with('0') { '1' } else { '0' });
    let cut = &key[..40];
    let unknown = domain::api_key::ApiKeySecret::from_random([9; 32]);
    northwind.admin.delete("/v1/api-keys/{id}").id(&id_of(&made)).await.expect(204);
    let revoked = refusal(&world.anonymous, &key).await;
    for other in [mistyped.as_str(), cut, unknown.reveal(), "tak_", "tak_-"] {
        assert_eq!(refusal(&world.anonymous, other).await, revoked, "{other}");
    }
    sql(&world, "UPDATE api_keys SET created_at = now() - interval '9 days', expires_at = now()")
        .await;
    let (expired, _) = refusal(&world.anonymous, theirs).await;
    assert!(expired.contains("has expired"), "{expired}");
    assert_eq!(refusal(&world.anonymous, &key).await, revoked, "revoked says less");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_key_to_make_must_be() {
    let world = world().workers(0).start().await;
    let admin = &world.northwind.admin;
    let make = |body: Value| admin.post("/v1/api-keys").json(&body);
    let table = [
        (json!({ "name": "A", "role": "support" }), "/role"),
        (json!({ "name": "A" }), "/role"),
        (json!({ "role": "recruiter" }), "/name"),
        (json!({ "name": "\u{200b} ", "role": "recruiter" }), "/name"),
        (json!({ "name": "x".repeat(101), "role": "recruiter" }), "/name"),
        (json!({ "name": format!("tak_{}", "0".repeat(49)), "role": "recruiter" }), "/name"),
        (json!({ "name": "A", "role": "recruiter", "expires_in_days": 0 }), "/expires_in_days"),
        (json!({ "name": "A", "role": "recruiter", "expires_in_days": 367 }), "/expires_in_days"),
        (json!({ "name": "A", "role": "recruiter", "expires_in_days": null }), "/expires_in_days"),
        (json!({ "name": "A", "role": "recruiter", "scope": "all" }), "/scope"),
    ];
    for (body, pointer) in table {
        let problem = make(body.clone()).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}: {problem:#}");
    }
    let made =
        make(json!({ "name": " Onboarding\u{a0}tool ", "role": "recruiter" })).await.expect(201);
    assert_eq!(made["name"], "Onboarding tool");
    let again =
        make(json!({ "name": "ONBOARDING tool", "role": "recruiter", "expires_in_days": 366 }));
    again.await.problem(409, "api_key_name_taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn its_last_use_is_shown() {
    let world = world().workers(0).start().await;
    let admin = &world.northwind.admin;
    let made = world.northwind.new_api_key("CRM", "org_admin").await;
    assert_eq!(made["last_used_at"], Value::Null);
    let program = world.anonymous.with_token(made["secret"].as_str().expect("shown once"));
    program.get("/v1/me").await.expect(200);
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(20));
    let noted = tokio::time::timeout(support::receiver::DEADLINE, async {
        while admin.get("/v1/api-keys").await.items()[0]["last_used_at"] == Value::Null {
            tick.tick().await;
        }
    });
    noted.await.expect("its use is noted soon");
}

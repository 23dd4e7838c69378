//! What a repetition under an `Idempotency-Key` answers: rebuilt from what the first one made, without
//! secrets, also where that is gone; and whose key it is.

use serde_json::{Value, json};
use support::client::{Call, Reply};
use support::settings::identity;
use support::{id_of, people};

use crate::world;

fn under(call: Call, key: &str) -> Call {
    call.header("idempotency-key", key)
}

/// The body of a replay.
fn replayed(reply: &Reply, status: u16) -> Value {
    let body = reply.expect(status);
    assert_eq!(reply.header("idempotency-replayed"), Some("true"), "{body:#}");
    body
}

/// The body of an answer to what was done just now.
fn done(reply: &Reply, status: u16) -> Value {
    let body = reply.expect(status);
    assert_eq!(reply.header("idempotency-replayed"), None, "{body:#}");
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_shown_once_and_what_is_gone_stays_so() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let admin = &world.northwind.admin;
    let create = under(admin.post("/v1/webhooks").json(&json!({ "url": receiver.url() })), "k");
    let made = done(&create.clone().await, 201);
    let again = create.clone().await;
    let replay = replayed(&again, 201);
    assert!(made["secret"].is_string() && replay["secret"].is_null(), "{replay:#}");
    let without = |mut body: Value| {
        body["secret"].take();
        body
    };
    assert_eq!(without(replay), without(made.clone()));
    let location = format!("/v1/webhooks/{}", id_of(&made));
    assert_eq!(again.header("location"), Some(location.as_str()));

    let id = id_of(&made);
    let rotate = under(admin.post("/v1/webhooks/{id}/rotate-secret").id(&id), "k");
    let rotated = done(&rotate.clone().await, 200);
    let replay = replayed(&rotate.clone().await, 200);
    assert!(rotated["secret"].is_string() && replay["secret"].is_null(), "{replay:#}");
    assert_eq!(replay["old_signs_until"], rotated["old_signs_until"]);
    let fresh = done(&admin.post("/v1/webhooks/{id}/rotate-secret").id(&id).await, 200);
    assert!(fresh["secret"].is_string() && fresh["secret"] != rotated["secret"]);

    let delete = under(admin.delete("/v1/webhooks/{id}").id(&id), "k");
    done(&delete.clone().await, 204);
    replayed(&delete.clone().await, 204);
    let other = delete.query("cancel_pending", true).await;
    other.problem(422, "idempotency_key_reused");
    under(admin.delete("/v1/webhooks/{id}").id(&id), "l").await.problem(404, "not_found");
    for gone in [create, rotate] {
        let problem = gone.await.problem(404, "not_found");
        assert!(problem["detail"].as_str().is_some_and(|text| text.contains("deleted since")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_tells_its_counts_again() {
    let world = world().workers(0).start().await;
    let northwind = &world.northwind;
    let lines = people::vacancy_with_people("V-9", 0..3);
    let import = under(northwind.import(&people::ndjson(&lines)), "k");
    let counts = done(&import.clone().await, 200);
    assert_eq!(counts["applications"]["created"], 3);
    assert_eq!(replayed(&import.await, 200), counts);
    let other = under(northwind.import(&people::ndjson(&lines[..2])), "k");
    other.await.problem(422, "idempotency_key_reused");
    let again = done(&under(northwind.import(&people::ndjson(&lines)), "l").await, 200);
    assert_eq!(again["applications"], json!({ "created": 0, "updated": 3 }));
    let wrong = under(northwind.import("{}\n"), "m");
    wrong.clone().await.problem(422, "import_invalid");
    wrong.await.problem(422, "import_invalid");
    done(&under(northwind.import(&people::ndjson(&lines)), "m").await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_its_callers_and_authorisation_comes_first() {
    let world = world().workers(0).start().await;
    let (northwind, contoso) = (&world.northwind, &world.contoso);
    let body = json!({ "name": "CRM", "role": "org_admin" });
    let create =
        |client: &support::Client, body: &Value| under(client.post("/v1/api-keys").json(body), "k");
    let made = done(&create(&northwind.admin, &body).await, 201);
    let key = world.anonymous.with_token(made["secret"].as_str().expect("shown once"));
    let colleague = identity().token("org_admin", "Abe", Some(&northwind.id));
    let colleague = world.anonymous.with_token(colleague);
    done(&create(&contoso.admin, &body).await, 201);
    create(&colleague, &body).await.problem(409, "api_key_name_taken");
    let theirs = done(&create(&colleague, &json!({ "name": "B", "role": "org_admin" })).await, 201);
    let other = world.anonymous.with_token(theirs["secret"].as_str().expect("shown once"));

    // Of two keys, and of the admin: three callers.
    let lines = people::ndjson(&people::vacancy_with_people("V-9", 0..1));
    for client in [&northwind.admin, &key, &other] {
        let import = client.post("/v1/import").bytes("application/x-ndjson", lines.clone());
        let import = under(import, "k");
        done(&import.clone().await, 200);
        replayed(&import.await, 200);
    }
    // The same person in another role.
    let demoted = identity().token("recruiter", "Ann", Some(&northwind.id));
    let demoted = world.anonymous.with_token(demoted);
    create(&demoted, &body).await.problem(403, "forbidden");
    let revoke = northwind.admin.delete("/v1/api-keys/{id}").id(&id_of(&made));
    revoke.await.expect(204);
    let import = key.post("/v1/import").bytes("application/x-ndjson", lines);
    under(import, "k").await.problem(401, "unauthenticated");
}

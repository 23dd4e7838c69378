//! Out of dead ends: to another webhook, by replacing one, or all that failed at once; who was in an
//! export, and forgetting what it carried.

use serde_json::{Value, json};
use support::{Answer, Client, Webhook, World, id_of};

use crate::world;

pub(crate) const OPERATIONS: &[&str] = &[
    "POST /v1/webhooks/{id}/replace",
    "POST /v1/webhooks/{id}/resend",
    "GET /v1/exports/{id}/people",
    "DELETE /v1/exports/{id}/payload",
];

/// Registers a webhook that receives these groups.
async fn receiving(world: &World, url: &str, include: &Value) -> Webhook {
    let create = world.northwind.admin.post("/v1/webhooks");
    let made = create.json(&json!({ "url": url, "include": include })).await.expect(201);
    Webhook { id: id_of(&made), secret: made["secret"].as_str().expect("a secret").to_owned() }
}

fn resend_to(client: &Client, export: &str, webhook: &str) -> support::client::Call {
    client.post("/v1/exports/{id}/resend").id(export).json(&json!({ "webhook_id": webhook }))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_goes_on_by_a_replacement() {
    let mut world = world().covers(OPERATIONS).start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let (admin, recruiter) = (&northwind.admin, &northwind.recruiter);
    let old = northwind.register(&receiver.url_of("/old")).await;
    receiver.script([Answer::status(413), Answer::status(413)]);
    let export = northwind.export(&old, 2).await;
    receiver.next().await;
    world.until_status(recruiter, &export, "failed").await;

    all_again(&world, &mut receiver, &old, &export).await;

    let url = receiver.url_of("/new");
    let body = |dry_run: bool| json!({ "url": url, "carry_over": "failed", "dry_run": dry_run });
    let replace = admin.post("/v1/webhooks/{id}/replace").id(&old.id);
    let would = replace.clone().json(&body(true)).await.expect(200);
    assert_eq!(would["carried_over"]["failed"], 1, "{would:#}");
    let replace = replace.json(&body(false)).header("idempotency-key", "replace");
    let made = replace.clone().await.expect(201);
    assert_eq!(made["carried_over"], would["carried_over"], "{made:#}");
    assert_eq!(made["replaces"], old.id);
    let secret = made["secret"].as_str().expect("shown once");
    let delivery = receiver.next().await;
    delivery.assert_signed_with(secret);
    let derived = delivery.header("webhook-id").to_owned();
    assert_eq!(delivery.json()["export"]["resent_from"], json!(export));
    let ended = world.until_status(recruiter, &derived, "delivered").await;
    assert_eq!((&ended["webhook_id"], &ended["resent_from"]), (&made["id"], &json!(export)));
    sent_on_as(recruiter, &export, &derived).await;

    let replay = replace.await;
    assert_eq!(replay.header("idempotency-replayed"), Some("true"));
    let replay = replay.expect(201);
    assert_eq!((&replay["id"], &replay["secret"]), (&made["id"], &Value::Null));
    assert_eq!(replay["carried_over"], made["carried_over"]);
    let gone = admin.post("/v1/webhooks/{id}/replace").id(&old.id).json(&body(false));
    gone.await.problem(404, "not_found");
    let people = recruiter.get("/v1/exports/{id}/people").id(&derived).await.items();
    assert_eq!(people.len(), 2);
    recruiter.delete("/v1/exports/{id}/payload").id(&export).await.expect(204);
    receiver.assert_no_more();
}

/// All that failed once more: first counted, then sent, then asked for under the same key.
async fn all_again(world: &World, receiver: &mut support::Receiver, old: &Webhook, export: &str) {
    let resend = world.northwind.admin.post("/v1/webhooks/{id}/resend").id(&old.id);
    let since = |dry_run: bool| json!({ "since": "2020-01-01T00:00:00Z", "dry_run": dry_run });
    let counted = resend.clone().json(&since(true)).await.expect(200);
    assert_eq!((&counted["resent"], &counted["dry_run"]), (&json!(1), &json!(true)));
    let once = resend.json(&since(false)).header("idempotency-key", "all");
    let sent = once.clone().await.expect(200);
    assert_eq!((&sent["resent"], &sent["derived"]), (&json!(1), &json!(0)), "{sent:#}");
    assert_eq!(receiver.next().await.header("webhook-id"), export, "the same once more");
    world.until_status(&world.northwind.recruiter, export, "failed").await;
    let again = once.await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.expect(200), sent);
}

/// What an export says that goes on as another one.
async fn sent_on_as(client: &Client, export: &str, derived: &str) {
    let old_one = client.get("/v1/exports/{id}").id(export).await.expect(200);
    for member in ["explanation", "advice"] {
        let words = old_one[member].as_str().expect("words");
        assert!(words.contains(derived), "{member}: {words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_goes_on_and_what_is_on_the_wire_finishes() {
    let mut world = world().env("WEBHOOK_CONCURRENCY", "1").start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(200).held()]);
    let northwind = world.northwind.clone();
    let recruiter = &northwind.recruiter;
    let old = northwind.register(&receiver.url_of("/old")).await;
    let on_the_wire = northwind.export(&old, 1).await;
    receiver.next().await;
    let waiting = northwind.export(&old, 2).await;
    let replace = northwind.admin.post("/v1/webhooks/{id}/replace").id(&old.id);
    // The same URL may be kept: a new secret is reason enough.
    let body = json!({ "url": receiver.url_of("/old"), "carry_over": "all" });
    let made = replace.json(&body).await.expect(201);
    let carried = &made["carried_over"];
    assert_eq!((&carried["waiting"], &carried["sending"]), (&json!(1), &json!(1)), "{made:#}");
    let delivery = receiver.next().await;
    delivery.assert_signed_with(made["secret"].as_str().expect("a secret"));
    assert_eq!(delivery.json()["export"]["resent_from"], json!(waiting));
    receiver.release(1);
    world.until_status(recruiter, &on_the_wire, "delivered").await;
    let ended = world.until_status(recruiter, &waiting, "cancelled").await;
    assert_eq!(ended["continued_as"], delivery.header("webhook-id"), "{ended:#}");
    receiver.assert_no_more();
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_a_deleted_webhook_with_no_more_than_both_receive() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let recruiter = &northwind.recruiter;
    let old = receiving(&world, &receiver.url_of("/old"), &json!(["contact", "ratings"])).await;
    let narrow = json!(["ratings", "skills", "tags", "requester"]);
    let new = receiving(&world, &receiver.url_of("/new"), &narrow).await;
    let export = northwind.export(&old, 2).await;
    let first = receiver.next().await;
    world.until_status(recruiter, &export, "delivered").await;
    northwind.admin.delete("/v1/webhooks/{id}").id(&old.id).await.expect(204);

    let resend = recruiter.post("/v1/exports/{id}/resend").id(&export);
    resend.clone().await.problem(409, "webhook_deleted");
    let made = resend_to(recruiter, &export, &new.id).await.expect(202);
    let second = receiver.next().await;
    second.assert_signed_with(&new.secret);
    assert_eq!(second.header("webhook-id"), id_of(&made));
    let (before, after) = (first.json(), second.json());
    assert_eq!(after["export"]["include"], json!(["ratings"]));
    assert_eq!(after["export"]["requested_by"]["name"], Value::Null);
    for (then, now) in people(&before).iter().zip(people(&after)) {
        assert_eq!(then["ratings"], now["ratings"], "what stays, stays");
        assert_eq!(then["full_name"], now["full_name"]);
        assert!(then["email"].is_string(), "{then:#}");
        for member in ["email", "phone", "city", "country", "linkedin_url"] {
            assert_eq!(now[member], Value::Null, "{member}");
        }
        assert_eq!((&now["contact"]["emails"], &now["skills"]), (&json!([]), &json!([])));
    }
    let ended = world.until_status(recruiter, &id_of(&made), "delivered").await;
    assert_eq!(ended["resent_from"], json!(export), "{ended:#}");
}

fn people(sent: &Value) -> Vec<Value> {
    sent["candidates"].as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_refused_in_the_order_of_checks() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let (northwind, contoso) = (world.northwind.clone(), world.contoso.clone());
    let recruiter = &northwind.recruiter;
    let webhook = northwind.register(&receiver.url_of("/one")).await;
    let other = northwind.register(&receiver.url_of("/two")).await;
    let foreign = contoso.register(&receiver.url_of("/three")).await;
    let export = northwind.export(&webhook, 1).await;
    let missing = "019aafc6-0000-7000-8000-000000000000";
    for (client, export) in
        [(recruiter, missing), (&northwind.other_recruiter, &export), (&contoso.admin, &export)]
    {
        resend_to(client, export, missing).await.problem(404, "not_found");
        client.get("/v1/exports/{id}/people").id(export).await.problem(404, "not_found");
        client.delete("/v1/exports/{id}/payload").id(export).await.problem(404, "not_found");
    }
    for webhook in [missing, &foreign.id] {
        let problem = resend_to(recruiter, &export, webhook).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/webhook_id", "{problem}");
        assert_eq!(problem["errors"][0]["detail"], "not found", "{problem}");
    }
    let resend = recruiter.post("/v1/exports/{id}/resend").id(&export);
    resend.clone().json(&json!({ "webhook": other.id })).await.problem(422, "invalid");
    resend.clone().json(&json!({})).await.problem(409, "export_in_progress");
    resend_to(recruiter, &export, &other.id).await.problem(409, "export_in_progress");

    recruiter.post("/v1/exports/{id}/cancel").id(&export).await.expect(200);
    let made = id_of(&resend_to(recruiter, &export, &other.id).await.expect(202));
    for again in [resend, resend_to(recruiter, &export, &other.id)] {
        let problem = again.await.problem(409, "export_in_progress");
        let words = problem["detail"].as_str().expect("words");
        assert!(words.contains("carried on by another one (continued_as)"), "{words}");
    }
    sent_on_as(recruiter, &export, &made).await;
    recruiter.post("/v1/exports/{id}/cancel").id(&made).await.expect(200);
    resend_to(recruiter, &export, &other.id).await.expect(202);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replacement_is_refused_in_the_order_of_checks() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let (northwind, contoso) = (world.northwind.clone(), world.contoso.clone());
    let missing = "019aafc6-0000-7000-8000-000000000000";
    let webhook = northwind.register(&receiver.url_of("/one")).await;
    northwind.register(&receiver.url_of("/two")).await;
    let body = json!({ "url": receiver.url_of("/four"), "carry_over": "all" });
    let since = json!({ "since": "2026-01-01T00:00:00Z" });
    for (client, webhook) in [(&northwind.admin, missing), (&contoso.admin, &webhook.id)] {
        let replace = client.post("/v1/webhooks/{id}/replace").id(webhook).json(&body);
        replace.await.problem(404, "not_found");
        let resend = client.post("/v1/webhooks/{id}/resend").id(webhook).json(&since);
        resend.await.problem(404, "not_found");
    }
    let replace = northwind.admin.post("/v1/webhooks/{id}/replace").id(&webhook.id);
    let taken = json!({ "url": receiver.url_of("/two"), "carry_over": "none" });
    replace.clone().json(&taken).await.problem(409, "webhook_exists");
    let useless = json!({
        "url": receiver.url_of("/four"), "carry_over": "none", "since": "2026-01-01T00:00:00Z",
    });
    let problem = replace.clone().json(&useless).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/since", "{problem}");
    let refused = json!({ "url": "https://yourdomain.com/hook", "carry_over": "none" });
    replace.json(&refused).await.problem(422, "url_refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_in_it_is_told_after_what_it_carried_is_forgotten() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let recruiter = &northwind.recruiter;
    let webhook = northwind.register(&receiver.url()).await;
    receiver.script([Answer::status(200).held()]);
    let export = northwind.export(&webhook, 3).await;
    receiver.next().await;
    let forget = recruiter.delete("/v1/exports/{id}/payload").id(&export);
    forget.clone().await.problem(409, "export_in_progress");
    receiver.release(1);
    world.until_status(recruiter, &export, "delivered").await;
    for _ in 0..2 {
        forget.clone().await.expect(204);
    }
    recruiter.get("/v1/exports/{id}/payload").id(&export).await.problem(410, "payload_gone");
    let resend = recruiter.post("/v1/exports/{id}/resend").id(&export);
    resend.await.problem(409, "payload_not_kept");
    let shown = recruiter.get("/v1/exports/{id}").id(&export).await.expect(200);
    assert_eq!(shown["payload_kept_until"], Value::Null);
    assert!(shown["payload_sha256"].is_string());

    let read = |client: &Client| client.get("/v1/exports/{id}/people").id(&export);
    let page = read(recruiter).query("limit", 2).await.expect(200);
    let cursor = page["next_cursor"].as_str().expect("there are more");
    let rest = read(recruiter).query("limit", 2).query("cursor", cursor).await.expect(200);
    assert_eq!((&rest["items"][0]["sequence"], &rest["next_cursor"]), (&json!(3), &Value::Null));
    assert!(page["items"][0]["full_name"].is_string(), "{page:#}");
    read(&northwind.admin).await.expect(200);
    read(&world.support).await.problem(403, "forbidden");
    let of_another = read(&northwind.admin).query("cursor", cursor);
    of_another.await.problem(422, "cursor_mismatch");
}

//! Deleting a webhook: never while exports are in progress, unless told to cancel what waits.

use serde_json::json;
use support::{Answer, Webhook, World, ask_for_export, id_of};

use crate::world;

pub(crate) const OPERATIONS: &[&str] = &["DELETE /v1/webhooks/{id}"];

#[tokio::test(flavor = "multi_thread")]
async fn exports_in_progress_are_named_then_end() {
    let mut world = world().covers(OPERATIONS).env("WEBHOOK_CONCURRENCY", "1").start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(200).held()]);
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let on_the_wire = northwind.export(&webhook, 1).await;
    receiver.next().await;
    let waiting = northwind.export(&webhook, 2).await;

    let lives = northwind.recruiter.get("/v1/exports/{id}").id(&waiting).await.expect(200);
    assert_eq!(lives.get("webhook_deleted_at"), Some(&json!(null)), "{lives:#}");

    let delete = northwind.admin.delete("/v1/webhooks/{id}").id(&webhook.id);
    let problem = delete.clone().await.problem(409, "exports_in_progress");
    let mut named: Vec<_> =
        problem["exports"].as_array().expect("exports").iter().map(id_of).collect();
    named.sort();
    assert_eq!(named, [on_the_wire.as_str(), waiting.as_str()], "{problem:#}");
    delete.query("cancel_pending", true).await.expect(204);

    let cancelled = world.until_status(&northwind.recruiter, &waiting, "cancelled").await;
    assert_eq!(cancelled["ended_by"], "webhook_deleted", "{cancelled:#}");
    assert!(cancelled["webhook_deleted_at"].is_string(), "{cancelled:#}");
    let listed = northwind.recruiter.get("/v1/exports").await.items();
    assert!(listed.iter().all(|one| one["webhook_deleted_at"].is_string()), "{listed:#?}");
    assert_gone(&world, &webhook).await;
    receiver.release(1);
    let finished = world.until_status(&northwind.recruiter, &on_the_wire, "delivered").await;
    assert_eq!(finished["ended_by"], "receiver", "{finished:#}");
    assert_eq!(world.attempts(&northwind.recruiter, &on_the_wire).await.len(), 1);
    receiver.assert_no_more();
    let resend = northwind.recruiter.post("/v1/exports/{id}/resend").id(&waiting);
    resend.await.problem(409, "webhook_deleted");
}

async fn assert_gone(world: &World, webhook: &Webhook) {
    let northwind = &world.northwind;
    let listed = northwind.admin.get("/v1/webhooks").await.items();
    assert!(listed.is_empty(), "{listed:?}");
    let shown = northwind.admin.get("/v1/webhooks/{id}").id(&webhook.id).await;
    shown.problem(404, "not_found");
    let again = northwind.admin.delete("/v1/webhooks/{id}").id(&webhook.id).await;
    again.problem(404, "not_found");
    let (vacancy, picked) = northwind.pick(1).await;
    let refused = ask_for_export(&northwind.recruiter, webhook, &vacancy, &picked).await;
    let problem = refused.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/webhook_id", "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_export_that_is_on_the_wire_ends_as_cancelled() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(500).held()]);
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let export = northwind.export(&webhook, 1).await;
    receiver.next().await;
    let delete = northwind.admin.delete("/v1/webhooks/{id}").id(&webhook.id);
    delete.query("cancel_pending", true).await.expect(204);
    receiver.release(1);
    let ended = world.until_status(&northwind.recruiter, &export, "cancelled").await;
    assert_eq!(ended["ended_by"], "webhook_deleted", "{ended:#}");
    receiver.assert_no_more();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_url_may_be_registered_again() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let northwind = &world.northwind;
    let first = northwind.register(&receiver.url()).await;
    let create = northwind.admin.post("/v1/webhooks");
    create.clone().json(&json!({ "url": receiver.url() })).await.problem(409, "webhook_exists");
    let create = create.json(&json!({ "url": receiver.url(), "replaces": first.id }));
    create.clone().await.problem(422, "invalid");
    northwind.admin.delete("/v1/webhooks/{id}").id(&first.id).await.expect(204);
    let second = create.await.expect(201);
    assert_ne!(second["id"], first.id);
    assert_ne!(second["secret"], first.secret, "a new webhook has a new secret");
}

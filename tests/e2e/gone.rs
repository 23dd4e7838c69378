//! 410: the receiver says that the address is closed for good, so the webhook is disabled.

use serde_json::json;
use support::{Answer, ask_for_export};

use crate::world;

pub(crate) const OPERATIONS: &[&str] = &[
    "POST /v1/webhooks/{id}/enable",
    "POST /v1/webhooks/{id}/test",
    "POST /v1/exports/{id}/resend",
];

#[tokio::test(flavor = "multi_thread")]
async fn gone_disables_until_enabled() {
    let mut world = world().covers(OPERATIONS).env("WEBHOOK_CONCURRENCY", "1").start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(410).held()]);
    let northwind = &world.northwind;
    let webhook = northwind.register(&receiver.url()).await;
    let refused = northwind.export(&webhook, 1).await;
    receiver.next().await;
    let waiting = northwind.export(&webhook, 2).await;
    receiver.release(1);

    let recruiter = &northwind.recruiter;
    let ended = world.until_status(recruiter, &refused, "failed").await;
    assert_eq!((&ended["outcome"], &ended["ended_by"]), (&json!("gone"), &json!("receiver")));
    assert_eq!(ended["act_by"], "admin", "{ended:#}");
    let ended = world.until_status(recruiter, &waiting, "failed").await;
    assert_eq!(ended["outcome"], "webhook_disabled", "{ended:#}");
    assert_eq!(ended["ended_by"], "webhook_disabled");
    assert_eq!(ended["attempt_count"], 0);

    let (vacancy, picked) = northwind.pick(1).await;
    let call = ask_for_export(recruiter, &webhook, &vacancy, &picked);
    call.await.problem(409, "webhook_disabled");
    let resend = recruiter.post("/v1/exports/{id}/resend").id(&waiting);
    resend.clone().await.problem(409, "webhook_disabled");
    let shown = northwind.admin.get("/v1/webhooks/{id}").id(&webhook.id).await.expect(200);
    assert_eq!(shown["health"], "disabled", "{shown:#}");
    assert_eq!(shown["disabled_reason"], "gone", "{shown:#}");

    // It can be tried before it is enabled, once each time.
    let test = northwind.admin.post("/v1/webhooks/{id}/test").id(&webhook.id);
    receiver.script([Answer::status(503)]);
    let failed = support::id_of(&test.clone().await.expect(202));
    let sent = receiver.next().await;
    assert_eq!((sent.header("webhook-id"), &sent.json()["test"]), (&*failed, &json!(true)));
    let ended = world.until_status(&northwind.admin, &failed, "failed").await;
    assert_eq!((&ended["attempt_count"], &ended["outcome"]), (&json!(1), &json!("http_5xx")));
    let accepted = support::id_of(&test.await.expect(202));
    receiver.next().await;
    world.until_status(&northwind.admin, &accepted, "delivered").await;
    let shown = northwind.admin.get("/v1/webhooks/{id}").id(&webhook.id).await.expect(200);
    assert_eq!(shown["health"], "disabled", "only people enable it: {shown:#}");

    let enable = northwind.admin.post("/v1/webhooks/{id}/enable").id(&webhook.id);
    enable.await.expect(200);
    resend.await.expect(202);
    assert_eq!(receiver.next().await.header("webhook-id"), waiting);
    world.until_status(recruiter, &waiting, "delivered").await;
    receiver.assert_no_more();
}

//! Webhooks to review: each has an owner and a time, and nobody is stopped by either.

use serde_json::{Value, json};
use support::id_of;

use crate::{sql, world};

pub(crate) const OPERATIONS: &[&str] = &["POST /v1/webhooks/{id}/reviewed"];

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_reviewed_once_a_year() {
    let mut world = world().covers(OPERATIONS).workers(0).start().await;
    let receiver = world.receiver();
    let northwind = world.northwind.clone();
    let (admin, recruiter) = (&northwind.admin, &northwind.recruiter);
    let asked = json!({ "url": receiver.url(), "owner": " ben@northwind.example " });
    let made = admin.post("/v1/webhooks").json(&asked).await.expect(201);
    assert_eq!(made["owner"], "ben@northwind.example");
    assert_eq!((&made["review_due"], &made["stale"]), (&json!(false), &json!(false)));
    assert_eq!((&made["reviewed_at"], &made["reviewed_by"]), (&Value::Null, &Value::Null));
    let id = id_of(&made);

    sql(&world, "UPDATE webhooks SET created_at = now() - interval '366 days'").await;
    for filter in ["review_due", "stale"] {
        let listed = admin.get("/v1/webhooks").query(filter, true).await.items();
        assert_eq!(listed[0]["id"], json!(id), "{listed:?}");
        assert_eq!(listed[0][filter], true);
        assert!(admin.get("/v1/webhooks").query(filter, false).await.items().is_empty());
        let theirs = world.contoso.admin.get("/v1/webhooks").query(filter, true).await;
        assert!(theirs.items().is_empty());
        for other in [recruiter, &world.support] {
            other.get("/v1/webhooks").query(filter, true).await.problem(422, "invalid");
        }
    }
    let seen = recruiter.get("/v1/webhooks/{id}").id(&id).await.expect(200);
    for hidden in ["owner", "review_by", "review_due", "reviewed_at", "reviewed_by"] {
        assert_eq!(seen[hidden], Value::Null, "{seen:#}");
    }

    let review = admin.post("/v1/webhooks/{id}/reviewed").id(&id);
    let body = json!({ "owner": "Cleo", "review_by": "2027-05-01" });
    let under = review.clone().header("idempotency-key", "k").json(&body);
    let reviewed = under.clone().await.expect(200);
    assert_eq!((&reviewed["owner"], &reviewed["review_due"]), (&json!("Cleo"), &json!(false)));
    assert_eq!(reviewed["review_by"], "2027-05-01T00:00:00Z");
    assert_eq!(reviewed["reviewed_by"]["id"], made["created_by"]["id"]);
    assert_eq!(under.await.expect(200), reviewed, "a repetition");
    for wrong in [
        json!({ "review_by": "2020-01-01" }),
        json!({ "review_by": "2999-01-01" }),
        json!({ "review_by": "soon" }),
        json!({ "owner": "" }),
        json!({ "owner": "x".repeat(201) }),
        json!({ "name": "Other" }),
    ] {
        review.clone().json(&wrong).await.problem(422, "invalid");
    }
    let heir = json!({ "url": receiver.url_of("/heir"), "carry_over": "none" });
    let heir = admin.post("/v1/webhooks/{id}/replace").id(&id).json(&heir).await.expect(201);
    assert_eq!((&heir["owner"], &heir["reviewed_at"]), (&json!("Cleo"), &Value::Null));
}

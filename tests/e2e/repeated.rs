//! A hundred requests at once under one `Idempotency-Key`, for each operation that makes or changes
//! something: one effect, one event of the audit, and every answer tells of the same thing.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};
use store::invariants::audit_events;
use store::{Db, DbConfig};
use support::client::{Call, Reply};
use support::{Webhook, World, ask_for_export, id_of, people};

use crate::audit::ACTIONS;
use crate::{sql, world};

const AT_ONCE: usize = 100;

struct Repeated {
    world: World,
    db: Db,
    seen: BTreeSet<&'static str>,
}

impl Repeated {
    async fn events(&self, action: &str) -> usize {
        let all = self.db.run(audit_events).await.expect("the audit");
        all.iter().filter(|event| event.action == action).count()
    }

    /// Sends a call a hundred times at once, and answers what the one that did it said.
    async fn times(&mut self, operation: &'static str, call: Call, status: u16) -> Value {
        self.times_or(operation, call, status, &[]).await
    }

    /// The same where some may be told to come again: what is in the way then.
    async fn times_or(
        &mut self,
        operation: &'static str,
        call: Call,
        status: u16,
        come_again: &[u16],
    ) -> Value {
        let (_, action) = ACTIONS.iter().find(|(known, _)| *known == operation).expect("listed");
        let before = self.events(action).await;
        let call = call.header("idempotency-key", operation.replace(' ', ""));
        let replies: Vec<Reply> =
            join_all((0..AT_ONCE).map(|_| async { call.clone().await })).await;
        let done: Vec<_> =
            replies.iter().filter(|reply| !come_again.contains(&reply.status)).collect();
        done.iter().for_each(|reply| drop(reply.expect(status)));
        let fresh: Vec<_> = done.iter().filter(|reply| !is_replay(reply)).collect();
        assert_eq!(fresh.len(), 1, "{operation}: one did it");
        assert_eq!(self.events(action).await, before + 1, "{operation}: one effect");
        let answer = fresh[0].expect(status);
        for reply in &done {
            assert_eq!(reply.expect(status)["id"], answer["id"], "{operation}");
        }
        let later = call.await;
        assert!(is_replay(&later), "{operation}: a later one is a replay");
        let later = later.expect(status);
        assert!(later.get("secret").is_none_or(Value::is_null), "{operation}: {later:#}");
        assert_eq!(self.events(action).await, before + 1, "{operation}: one effect");
        self.seen.insert(operation);
        answer
    }
}

fn is_replay(reply: &Reply) -> bool {
    reply.header("idempotency-replayed") == Some("true")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_at_once_have_one_effect() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let northwind = world.northwind.clone();
    let (admin, recruiter) = (&northwind.admin, &northwind.recruiter);
    let db = Db::new(&DbConfig::new(&world.env()["DATABASE_URL"], 1)).expect("an address");
    let mut all = Repeated { world, db, seen: BTreeSet::new() };

    let create = admin.post("/v1/webhooks").json(&json!({ "url": receiver.url() }));
    let made = all.times("POST /v1/webhooks", create, 201).await;
    let id = id_of(&made);
    let rotate = admin.post("/v1/webhooks/{id}/rotate-secret").id(&id);
    all.times("POST /v1/webhooks/{id}/rotate-secret", rotate, 200).await;
    let end = admin.post("/v1/webhooks/{id}/end-rotation").id(&id);
    all.times("POST /v1/webhooks/{id}/end-rotation", end, 200).await;
    let disable = "UPDATE lanes SET disabled_at = now(), disabled_reason = 'failing'";
    sql(&all.world, disable).await;
    let enable = admin.post("/v1/webhooks/{id}/enable").id(&id);
    all.times("POST /v1/webhooks/{id}/enable", enable, 200).await;
    let review = admin.post("/v1/webhooks/{id}/reviewed").id(&id);
    all.times("POST /v1/webhooks/{id}/reviewed", review, 200).await;
    let test = admin.post("/v1/webhooks/{id}/test").id(&id);
    all.times("POST /v1/webhooks/{id}/test", test, 202).await;

    let webhook = Webhook { id: id.clone(), secret: String::new() };
    let (vacancy, picked) = northwind.pick(2).await;
    let export = ask_for_export(recruiter, &webhook, &vacancy, &picked);
    let export = id_of(&all.times("POST /v1/exports", export, 202).await);
    let cancel = recruiter.post("/v1/exports/{id}/cancel").id(&export);
    all.times("POST /v1/exports/{id}/cancel", cancel, 200).await;
    let resend = recruiter.post("/v1/exports/{id}/resend").id(&export);
    all.times("POST /v1/exports/{id}/resend", resend, 202).await;

    let cancel = recruiter.post("/v1/exports/{id}/cancel").id(&export);
    cancel.await.expect(200);
    let forget = recruiter.delete("/v1/exports/{id}/payload").id(&export);
    all.times("DELETE /v1/exports/{id}/payload", forget, 204).await;
    let since = json!({ "since": "2020-01-01T00:00:00Z" });
    let resend = admin.post("/v1/webhooks/{id}/resend").id(&id).json(&since);
    all.times("POST /v1/webhooks/{id}/resend", resend, 200).await;
    let new = json!({ "url": receiver.url_of("/new"), "carry_over": "all" });
    let replace = admin.post("/v1/webhooks/{id}/replace").id(&id).json(&new);
    let id = id_of(&all.times("POST /v1/webhooks/{id}/replace", replace, 201).await);

    // One at a time, and few on their way: others are told to come again.
    let lines = people::ndjson(&people::vacancy_with_people("V-9", 0..3));
    all.times_or("POST /v1/import", northwind.import(&lines), 200, &[409, 429, 503]).await;
    let key = admin.post("/v1/api-keys").json(&json!({ "name": "CRM", "role": "recruiter" }));
    let key = id_of(&all.times("POST /v1/api-keys", key, 201).await);
    let revoke = admin.delete("/v1/api-keys/{id}").id(&key);
    all.times("DELETE /v1/api-keys/{id}", revoke, 204).await;
    let delete = admin.delete("/v1/webhooks/{id}").id(&id).query("cancel_pending", true);
    all.times("DELETE /v1/webhooks/{id}", delete, 204).await;
    let wishes = crate::told::wishes("in_app");
    let prefer = recruiter.put("/v1/notifications/preferences").json(&wishes);
    all.times("PUT /v1/notifications/preferences", prefer, 200).await;
    let told = "INSERT INTO notifications (organisation_id, member_id, kind, at, webhook_id)
        SELECT organisation_id, id, 'webhook_failing', now(), uuid_v7() FROM members";
    sql(&all.world, told).await;
    let see = recruiter.post("/v1/notifications/seen").json(&json!({ "up_to": uuid::Uuid::max() }));
    all.times("POST /v1/notifications/seen", see, 200).await;

    let found = admin.get("/v1/candidates").query("q", "C-1").await.items();
    let erase = admin.delete("/v1/candidates/{id}").id(&id_of(&found[0]));
    all.times("DELETE /v1/candidates/{id}", erase, 200).await;
    let erase = admin.delete("/v1/candidates").query("reference", "C-2");
    all.times("DELETE /v1/candidates", erase, 200).await;

    // A preview is told to the audit, and changes nothing.
    let changing = ACTIONS.iter().filter(|(operation, _)| !operation.ends_with("/preview"));
    let listed: BTreeSet<_> = changing.map(|(operation, _)| *operation).collect();
    assert_eq!(all.seen, listed, "each operation that changes something was repeated");
}

//! Rotation: for a while both secrets sign, so that a receiver can change over without a gap.

use serde_json::Value;

use crate::world;

pub(crate) const OPERATIONS: &[&str] = &["POST /v1/webhooks/{id}/rotate-secret"];

#[tokio::test(flavor = "multi_thread")]
async fn both_secrets_sign_until_the_old_one_is_revoked() {
    let mut world = world().covers(OPERATIONS).start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let rotate = northwind.admin.post("/v1/webhooks/{id}/rotate-secret").id(&webhook.id);
    let rotated = rotate.clone().await.expect(200);
    let secret = secret_in(&rotated);
    assert_ne!(secret, webhook.secret);

    northwind.export(&webhook, 1).await;
    let delivery = receiver.next().await;
    delivery.assert_signed_with(&webhook.secret);
    delivery.assert_signed_with(&secret);
    assert_eq!(delivery.header("webhook-signature").split(' ').count(), 2);
    rotate.clone().await.problem(409, "rotation_in_progress");

    let revoked = rotate.query("revoke_old", true).await.expect(200);
    assert_eq!(revoked["secret"], Value::Null, "the new one stays: {revoked}");
    northwind.export(&webhook, 2).await;
    let delivery = receiver.next().await;
    delivery.assert_signed_with(&secret);
    assert_eq!(delivery.header("webhook-signature").split(' ').count(), 1, "the old one is out");
    let old = standardwebhooks::Webhook::new(&webhook.secret).expect("a usable secret");
    assert!(old.verify(&delivery.body, &delivery.headers).is_err());
}

fn secret_in(rotated: &Value) -> String {
    let secret = rotated["secret"].as_str().unwrap_or_else(|| panic!("no secret: {rotated}"));
    assert!(secret.starts_with("whsec_"));
    secret.to_owned()
}

//! Rotation: for a while earlier secrets sign along, so that a receiver can change over without a
//! gap, however often an answer was lost.

use serde_json::Value;

use crate::world;

pub(crate) const OPERATIONS: &[&str] =
    &["POST /v1/webhooks/{id}/rotate-secret", "POST /v1/webhooks/{id}/end-rotation"];

#[tokio::test(flavor = "multi_thread")]
async fn earlier_secrets_sign_along_until_the_rotation_is_ended() {
    let mut world = world().covers(OPERATIONS).start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let rotate = northwind.admin.post("/v1/webhooks/{id}/rotate-secret").id(&webhook.id);
    let end = northwind.admin.post("/v1/webhooks/{id}/end-rotation").id(&webhook.id);
    let ended = end.clone().await.expect(200);
    assert_eq!(ended["rotation_ends_at"], Value::Null, "there was nothing to end");

    // The answer of each of these is lost but for the last one's.
    let mut secrets = vec![webhook.secret.clone()];
    for _ in 0..5 {
        let secret = secret_in(&rotate.clone().await.expect(200));
        assert!(!secrets.contains(&secret));
        secrets.push(secret);
    }
    northwind.export(&webhook, 1).await;
    let delivery = receiver.next().await;
    for secret in &secrets {
        delivery.assert_signed_with(secret);
    }
    assert_eq!(delivery.header("webhook-signature").split(' ').count(), 6);
    let problem = rotate.clone().await.problem(409, "rotation_in_progress");
    assert!(problem["detail"].to_string().contains("end-rotation"), "{problem:#}");

    for _ in 0..2 {
        let ended = end.clone().await.expect(200);
        assert_eq!(ended["rotation_ends_at"], Value::Null);
    }
    northwind.export(&webhook, 2).await;
    let delivery = receiver.next().await;
    let (current, earlier) = secrets.split_last().expect("six");
    delivery.assert_signed_with(current);
    assert_eq!(delivery.header("webhook-signature").split(' ').count(), 1, "earlier ones are out");
    for secret in earlier {
        let earlier = standardwebhooks::Webhook::new(secret).expect("a usable secret");
        assert!(earlier.verify(&delivery.body, &delivery.headers).is_err());
    }
    assert!(rotate.await.expect(200)["secret"].is_string(), "there is room again");
}

fn secret_in(rotated: &Value) -> String {
    let secret = rotated["secret"].as_str().unwrap_or_else(|| panic!("no secret: {rotated}"));
    assert!(secret.starts_with("whsec_"));
    secret.to_owned()
}

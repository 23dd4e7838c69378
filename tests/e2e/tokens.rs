//! Who calls: tokens that are not as they must be are refused, and never say why in detail that
//! helps to forge one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use support::World;
use support::identity::IdentityProvider;
use support::settings::identity;

use crate::world;

/// A claim to change, and the value to give it; null takes it out.
fn spoilt_claims() -> Vec<(&'static str, Value)> {
    vec![
        ("iss", json!("https://elsewhere.example.com/")),
        ("iss", Value::Null),
        ("aud", json!("another-service")),
        ("aud", Value::Null),
        ("sub", Value::Null),
        ("iat", Value::Null),
        ("exp", json!(1_700_000_000)),
        ("exp", Value::Null),
        ("exp", json!(4_000_000_000_u64)),
        ("nbf", json!(4_000_000_000_u64)),
        ("role", json!("root")),
        ("role", json!(["org_admin"])),
        ("role", Value::Null),
        ("org", Value::Null),
        ("org", json!("not-a-uuid")),
        ("role", json!("support")),
    ]
}

async fn refused(world: &World, token: &str, what: &str) {
    let reply = world.anonymous.with_token(token).get("/v1/me").await;
    assert_eq!(reply.status, 401, "{what}: {}", reply.text());
    reply.problem(401, "unauthenticated");
    let challenge = reply.header("www-authenticate").expect("a challenge");
    assert!(challenge.contains("error=\"invalid_token\""), "{what}: {challenge}");
}

#[tokio::test(flavor = "multi_thread")]
async fn spoilt_tokens() {
    let world = world().workers(0).start().await;
    let good = identity().claims("org_admin", "Ann", Some(&world.northwind.id));
    for (claim, value) in spoilt_claims() {
        let mut claims = good.clone();
        let what = format!("{claim} = {value}");
        match value {
            Value::Null => drop(claims.as_object_mut().expect("an object").remove(claim)),
            value => claims[claim] = value,
        }
        refused(&world, &identity().sign(&claims), &what).await;
    }
    let forged = IdentityProvider::generate().sign(&good);
    refused(&world, &forged, "another key under the same id").await;
    let payload = URL_SAFE_NO_PAD.encode(good.to_string());
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"e2e"}"#);
    refused(&world, &format!("{header}.{payload}."), "no signature").await;
    refused(&world, "nonsense", "not a token").await;
    let log = world.api.process.output();
    assert!(!log.contains(&payload) && !log.contains("nonsense"), "tokens stay out of the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_that_is_not_here() {
    let world = world().workers(0).start().await;
    let unknown = "019aafc6-0000-7000-8000-000000000000";
    let token = identity().token("org_admin", "Ann", Some(unknown));
    let reply = world.anonymous.with_token(token).get("/v1/webhooks").await;
    reply.problem(403, "organisation_unknown");
}

//! The sixteen kinds of caller.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use support::identity::IdentityProvider;
use support::settings::identity;
use support::{Client, World, id_of};

use crate::sql;

/// A caller, and what it is called when a cell is wrong.
pub(super) type Caller = (&'static str, Client);

/// Those whom nobody knows: one status for all of them.
pub(super) async fn unknown(world: &World) -> Vec<Caller> {
    let claims = identity().claims("org_admin", "Ann", Some(&world.northwind.id));
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "alg": "none", "kid": "e2e" });
    let tokens = [
        ("a malformed token", "nonsense".to_owned()),
        (
            "an expired token",
            identity().sign(&with("exp", json!(claims["iat"].as_u64().map(|at| at - 60)))),
        ),
        ("a token of a wrong key", IdentityProvider::generate().sign(&claims)),
        ("alg none", format!("{}.{}.", part(&header), part(&claims))),
        ("another audience", identity().sign(&with("aud", json!("another-service")))),
        ("a revoked key", revoked(world).await),
        ("an expired key", expired(world).await),
    ];
    let client = |(name, token): (_, String)| (name, world.anonymous.with_token(token));
    std::iter::once(("no token", world.anonymous.clone()))
        .chain(tokens.into_iter().map(client))
        .collect()
}

/// Those whom we know, in the order of the table.
pub(super) async fn known(world: &World) -> [Caller; 8] {
    let (northwind, contoso) = (&world.northwind, &world.contoso);
    let by_key = async |name, role| {
        let made = northwind.new_api_key(name, role).await;
        world.anonymous.with_token(secret(&made))
    };
    [
        ("admin", northwind.admin.clone()),
        ("admin's key", by_key("Admin's", "org_admin").await),
        ("recruiter", northwind.recruiter.clone()),
        ("another recruiter", northwind.other_recruiter.clone()),
        ("recruiter's key", by_key("Recruiter's", "recruiter").await),
        ("Contoso's admin", contoso.admin.clone()),
        ("Contoso's recruiter", contoso.recruiter.clone()),
        ("support", world.support.clone()),
    ]
}

fn secret(made: &Value) -> String {
    made["secret"].as_str().expect("it is shown once").to_owned()
}

async fn revoked(world: &World) -> String {
    let made = world.northwind.new_api_key("Revoked", "org_admin").await;
    world.northwind.admin.delete("/v1/api-keys/{id}").id(&id_of(&made)).await.expect(204);
    secret(&made)
}

async fn expired(world: &World) -> String {
    let made = world.northwind.new_api_key("Expired", "org_admin").await;
    let past = "UPDATE api_keys SET created_at = now() - interval '9 days', expires_at = now()
                WHERE name = 'Expired'";
    sql(world, past).await;
    secret(&made)
}
